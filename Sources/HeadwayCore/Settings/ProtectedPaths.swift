/// The files that decide what Headway may do: a change of them needs more than a commit.
package struct ProtectedPaths: Hashable, Sendable {
  package static let folders = [
    "people/", "policies/", "executors/", "models/", "pipelines/", "schedules/", "safety/",
    ".github/",
  ]
  package static let files = [Settings.file, ".gitattributes", ".gitmodules"]

  /// Files elsewhere that a protected file names, such as a system prompt.
  package let named: Set<FilePath>

  package init(named: Set<FilePath> = []) { self.named = named }

  package func contains(_ path: FilePath) -> Bool {
    Self.isProtected(path) || named.contains(path)
  }

  package static func isProtected(_ path: FilePath) -> Bool {
    files.contains(path.text) || folders.contains { path.isUnder($0) }
  }

  /// SHA-256 over `mode SP blob SP path NUL` of every protected file, sorted by the bytes of
  /// their paths; what accept statements sign.
  package func digest(of listing: [FilePath: ListedFile]) -> Digest {
    var bytes: [UInt8] = []
    let protected = listing.filter { contains($0.key) }
    for (path, file) in protected.sorted(by: { $0.key < $1.key }) {
      bytes += "\(file.mode.rawValue) \(file.blob) \(path)".utf8
      bytes.append(0)
    }
    return Digest(of: bytes)
  }

  /// Why nothing may be proposed at `target`, judged as a file system without case would.
  package static func fault(ofTarget target: String) -> String? {
    if let fault = FilePath.fault(of: target) { return fault.rawValue }
    let folded = target.lowercased()
    let components = FilePath.components(of: folded)
    if components.contains(where: { $0.utf8.first == UInt8(ascii: ".") }) {
      return "lies in a folder, or is a file, that starts with a dot"
    }
    if components.first == "approvals" { return "lies in `approvals/`" }
    if folded == "freeze" { return "would stop all dispatch" }
    if files.contains(folded) || folders.contains(where: { folded.utf8.starts(with: $0.utf8) }) {
      return "is a protected path"
    }
    return nil
  }
}

/// What kind of thing a tree holds at a path.
package enum FileMode: String, Hashable, Sendable, CaseIterable {
  case regular = "100644"
  case executable = "100755"
  case symlink = "120000"
  case gitlink = "160000"
}

/// One path of a commit's tree.
package struct ListedFile: Hashable, Sendable {
  package let mode: FileMode
  package let blob: BlobID

  package init(mode: FileMode = .regular, blob: BlobID) {
    self.mode = mode
    self.blob = blob
  }
}
