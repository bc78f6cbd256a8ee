internal import Git
internal import Glibc
internal import HeadwayCore
internal import HeadwayEngine

/// Turns a directory into a repository that Headway runs: files, local configuration and hooks;
/// it commits nothing, overwrites nothing, and writes nothing at all if something is in its way.
struct Start: Sendable {
  let template: Template
  let directory: String
  let context: CommandContext

  /// What was done, for the report.
  struct Report: Sendable {
    var madeRepository = false
    var files: [String] = []
    var settings: [(key: String, value: String)] = []
    var hooks: [HookFolder.Step] = []
    /// Set when hooks could not be put where git looks for them.
    var foreignHooks: HookFolder?
    var creator: Creator
    /// Whether git knows a name for the user, without which it refuses to commit.
    var knowsUser = true
    var branch = "main"
  }

  func run() async throws -> Report {
    let git = try GitProgram(environment: context.environment)
    let present = try await presentSite()
    let (creator, knowsUser) = try await creator(git)
    let files = contents(creator)
    try refuseClashes(files.map(\.path))

    var report = Report(creator: creator, knowsUser: knowsUser)
    try FileSystem.makeDirectories(directory)
    let site: Site
    if let present {
      site = present
    } else {
      _ = try await git.run(["init", "--quiet"], in: directory, as: .user)
      site = try await Site.find(from: directory)
      report.madeRepository = true
    }
    try write(files)
    report.files = files.map(\.path)
    report.branch = site.settings.branch
    report.settings = try await configure(site, creator, git)
    let folder = try await HookFolder.find(site.folders, git)
    if folder.isOwn {
      report.hooks = try folder.install(program: context.program)
    } else {
      report.foreignHooks = folder
    }
    return report
  }

  /// The repository whose top `directory` is; one that lies higher up is never extended.
  private func presentSite() async throws -> Site? {
    // What does not exist yet is judged by the nearest directory that does.
    var nearest = directory
    while !FileSystem.isDirectory(nearest), let slash = nearest.lastIndex(of: "/") {
      nearest = slash == nearest.startIndex ? "/" : String(nearest[..<slash])
    }
    let site: Site
    do {
      site = try await Site.find(from: nearest)
    } catch EngineError.noRepository {
      return nil
    }
    guard let top = site.folders.working else { throw CommandError.bareRepository(nearest) }
    guard nearest == directory, FileSystem.realPath(top) == FileSystem.realPath(directory) else {
      throw CommandError.notTheTop(directory, top: top)
    }
    return site
  }

  private func creator(_ git: GitProgram) async throws -> (Creator, knowsUser: Bool) {
    let name = try await setting("user.name", git)
    let search = SigningKeySearch(
      environment: context.environment, home: context.home,
      format: try await setting("gpg.format", git),
      setting: try await setting("user.signingkey", git))
    let candidates = [name, context.environment["USER"], "creator"]
    guard let short = candidates.lazy.compactMap({ $0 }).compactMap(Creator.name(from:)).first
    else { throw CommandError.invalid("no name for the first person", hint: "set user.name") }
    return (
      Creator(
        name: short, email: try await setting("user.email", git), key: try await search.find()),
      name != nil
    )
  }

  private func setting(_ key: String, _ git: GitProgram) async throws -> String? {
    try await git.setting(key, in: FileSystem.isDirectory(directory) ? directory : "/")
  }

  private struct NewFile {
    let path: String
    let bytes: [UInt8]
    let isExecutable: Bool
  }

  private func contents(_ creator: Creator) -> [NewFile] {
    let fixed = template.files.map {
      NewFile(path: template.place(of: $0), bytes: $0.bytes, isExecutable: $0.isExecutable)
    }
    let person = NewFile(path: creator.path, bytes: creator.file, isExecutable: false)
    return (fixed + [person]).sorted { $0.path < $1.path }
  }

  private func refuseClashes(_ paths: [String]) throws(CommandError) {
    var clashes: Set<String> = []
    for path in paths {
      let parts = path.split(separator: "/")
      for end in parts.indices {
        let part = parts[...end].joined(separator: "/")
        guard let kind = FileSystem.kind(directory + "/" + part) else { break }
        // A link in the place of a folder would lead our files elsewhere.
        if case .directory = kind, end < parts.count - 1 { continue }
        clashes.insert(part)
        break
      }
    }
    guard clashes.isEmpty else { throw .clashes(clashes.sorted(), in: directory) }
  }

  /// All files or none: what was made before a failure goes again.
  private func write(_ files: [NewFile]) throws(CommandError) {
    var made: [String] = []
    do throws(CommandError) {
      for file in files {
        let path = directory + "/" + file.path
        if let slash = path.lastIndex(of: "/") {
          made += try FileSystem.makeDirectories(String(path[..<slash]))
        }
        try FileSystem.create(path, file.bytes, mode: file.isExecutable ? 0o777 : 0o666)
        made.append(path)
      }
    } catch {
      // The first failure is the one to tell about.
      for path in made.reversed() { _ = unsafe Glibc.remove(path) }
      throw error
    }
  }
}
