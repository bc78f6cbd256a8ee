internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// What people have written and not yet committed, as the next commit could hold it.
struct WorkingTree: Sendable {
  let top: String
  let git: GitProgram

  /// Reads the files that git knows or would add; what is ignored is nobody's business.
  func project() async throws -> Project {
    let listed = try await git.run(
      ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], in: top, as: .reading,
      limit: 256 << 20)
    var listing: [HeadwayCore.FilePath: ListedFile] = [:]
    var files: [HeadwayCore.FilePath: FileEntry] = [:]
    for bytes in listed.standardOutput.split(separator: 0) {
      guard let text = String(validating: bytes, as: UTF8.self),
        let path = HeadwayCore.FilePath(checked: text), let mode = mode(of: text)
      else { continue }
      listing[path] = ListedFile(mode: mode, blob: Self.unnamed)
      if ProjectFile(at: path) != nil, mode == .regular {
        files[path] = FileEntry(
          blob: Self.unnamed, bytes: try FileSystem.read(top + "/" + text))
      }
    }
    return Project.read(files: files, listing: listing)
  }

  /// No object has been made of these files, and no check asks for one.
  private static let unnamed = BlobID(unchecked: String(repeating: "0", count: 40))

  /// `nil` for a file that was removed and not yet committed.
  private func mode(of path: String) -> HeadwayCore.FileMode? {
    switch FileSystem.kind(top + "/" + path) {
    case .file(let mode): mode & 0o100 == 0 ? .regular : .executable
    case .link: .symlink
    case .directory: .gitlink
    case .other, nil: nil
    }
  }
}
