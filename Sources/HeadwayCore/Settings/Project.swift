/// Everything that people wrote on main, as one commit has it.
package struct Project: Hashable, Sendable {
  /// `nil` when `headway.json` is missing or wrong: then nothing may start.
  package internal(set) var settings: Settings?
  package internal(set) var pipelines: [Name: Pipeline] = [:]
  package internal(set) var executors: [Name: ExecutorFile] = [:]
  package internal(set) var models: [ModelName: ModelFile] = [:]
  package internal(set) var people: [Name: Person] = [:]
  package internal(set) var schedules: [Name: Schedule] = [:]
  package internal(set) var briefs: [FilePath: Brief] = [:]
  /// Sorted, each once.
  package internal(set) var diagnostics: [Diagnostic] = []
  /// The whole tree.
  package let listing: [FilePath: ListedFile]
  package internal(set) var protected = ProtectedPaths()
  /// The files as they were written, for the places of later mistakes.
  var nodes: [FilePath: Node] = [:]

  init(listing: [FilePath: ListedFile]) { self.listing = listing }

  /// Where the file of a name lies.
  package static func path(ofPipeline name: Name) -> String { "\(Pipeline.folder)\(name).json" }
  package static func path(ofExecutor name: Name) -> String {
    "\(ExecutorFile.folder)\(name).json"
  }
  package static func path(ofSchedule name: Name) -> String { "\(Schedule.folder)\(name).json" }

  package func blob(at path: String) -> BlobID? {
    FilePath(checked: path).flatMap { listing[$0]?.blob }
  }

  /// The people who hold `role`.
  package func holders(of role: Name) -> [Person] {
    people.values.filter { $0.holds(role) }.sorted { $0.name < $1.name }
  }

  /// The errors of one file.
  package func errors(in path: String) -> [Diagnostic] {
    diagnostics.filter { $0.file == path && $0.severity == .error }
  }
}

extension Project {
  /// Reads what ``ProjectFile`` knows; a bad file becomes diagnostics and stops no other.
  ///
  /// Needs the whole listing of the commit, but only the contents of those files.
  package static func read(
    files: [FilePath: FileEntry], listing: [FilePath: ListedFile]
  ) -> Project {
    var reader = ProjectReader(files: files, listing: listing)
    reader.read()
    return reader.project
  }
}

/// Decodes file by file, then holds the files against each other.
struct ProjectReader {
  private(set) var project: Project
  private let files: [(path: FilePath, entry: FileEntry)]
  private var found: [Diagnostic] = []

  init(files: [FilePath: FileEntry], listing: [FilePath: ListedFile]) {
    project = Project(listing: listing)
    self.files = files.sorted { $0.key < $1.key }.map { (path: $0.key, entry: $0.value) }
  }

  mutating func read() {
    refuseOddFiles()
    read(.settings)
    if project.settings == nil, !found.contains(where: { $0.file == Settings.file }) {
      found.append(
        Diagnostic(
          file: Settings.file, mark: nil, message: "missing",
          hint: "`headway init` writes one"))
    }
    for kind in [ProjectFile.person, .model, .executor, .schedule, .pipeline, .brief] { read(kind) }
    let cross = CrossCheck(project: project)
    project.protected = cross.protectedPaths
    project.diagnostics = Array(Set(found + cross.diagnostics())).sorted()
  }

  /// Links and programs cannot be configuration, and names must differ by more than case.
  private mutating func refuseOddFiles() {
    var folded: [String: FilePath] = [:]
    let relevant = project.listing.filter {
      ProjectFile(at: $0.key) != nil || ProtectedPaths.isProtected($0.key)
    }
    for (path, file) in relevant.sorted(by: { $0.key < $1.key }) {
      if let other = folded.updateValue(path, forKey: path.text.lowercased()) {
        found.append(
          Diagnostic(
            file: path.text, mark: nil, message: "differs from `\(other)` only by case",
            hint: "some file systems cannot hold both; rename one"))
      }
      if ProjectFile(at: path) != nil, file.mode != .regular { found.append(odd(path, file.mode)) }
    }
  }

  private func odd(_ path: FilePath, _ mode: FileMode) -> Diagnostic {
    let (what, hint) =
      switch mode {
      case .symlink: ("a symbolic link", "commit the file itself")
      case .gitlink: ("a submodule", "commit the file itself")
      case .executable, .regular:
        ("an executable", "git update-index --chmod=-x \(path)" as String)
      }
    return Diagnostic(
      file: path.text, mark: nil, message: "is \(what), which this kind of file cannot be",
      hint: hint)
  }

  private mutating func read(_ kind: ProjectFile) {
    for (path, entry) in files where ProjectFile(at: path) == kind && entry.mode == .regular {
      if let listed = project.listing[path], listed.mode != .regular { continue }
      var reading = FileReading(path)
      let isRead = read(path, entry.bytes, as: kind, &reading)
      if !isRead, !reading.diagnostics.hasErrors {
        reading.report("this \(kind.noun) could not be read", at: nil)
      }
      found += reading.diagnostics
    }
  }

  /// Whether the file was understood.
  private mutating func read(
    _ path: FilePath, _ bytes: [UInt8], as kind: ProjectFile, _ reading: inout FileReading
  ) -> Bool {
    do {
      if kind == .brief {
        let matter = try FrontMatterReader.read(bytes)
        project.nodes[path] = matter.node
        let settings = project.settings ?? Self.standIn
        guard let settings, let brief = Brief(matter, settings: settings, reading: &reading)
        else { return false }
        project.briefs[path] = brief
        return true
      }
      let node = try JSONReader.read(bytes, maximumSize: 1 << 20)
      project.nodes[path] = node
      return decode(node, as: kind, &reading)
    } catch {
      reading.report(error)
      return false
    }
  }

  /// Lets briefs and schedules be checked although the settings could not be read.
  private static let standIn = Name("project").map { Settings(name: $0) }

  private mutating func decode(
    _ node: Node, as kind: ProjectFile, _ reading: inout FileReading
  ) -> Bool {
    switch kind {
    case .settings:
      project.settings = Settings(node, reading: &reading)
      return project.settings != nil
    case .pipeline:
      guard let pipeline = Pipeline(node, reading: &reading) else { return false }
      return keep(pipeline, pipeline.name.text, node, \.pipelines, pipeline.name, &reading)
    case .executor:
      guard let executor = ExecutorFile(node, reading: &reading) else { return false }
      return keep(executor, executor.name.text, node, \.executors, executor.name, &reading)
    case .person:
      guard let person = Person(node, reading: &reading) else { return false }
      return keep(person, person.name.text, node, \.people, person.name, &reading)
    case .model:
      guard let model = ModelFile(node, reading: &reading) else { return false }
      return keep(model, model.name.text, node, \.models, model.name, &reading)
    case .schedule:
      guard let settings = project.settings ?? Self.standIn,
        let schedule = Schedule(node, settings: settings, reading: &reading)
      else { return false }
      return keep(schedule, schedule.name.text, node, \.schedules, schedule.name, &reading)
    case .brief: return false
    }
  }

  private mutating func keep<Key: Hashable, File>(
    _ file: File, _ name: String, _ node: Node,
    _ place: WritableKeyPath<Project, [Key: File]>, _ key: Key, _ reading: inout FileReading
  ) -> Bool {
    let path = reading.file.text
    let stem = path.split(separator: "/").dropFirst().joined(separator: "/").dropLast(5)
    guard stem == name || (stem == name.replacing("/", with: "-") && name.contains("/")) else {
      reading.report(
        "`name`: `\(name)` is not the file's name", at: node.mark(at: ["name"]),
        hint:
          "call the file `\(name.replacing("/", with: "-")).json`, or change `name` to `\(stem)`")
      return false
    }
    guard project[keyPath: place][key] == nil else {
      reading.report("`name`: another file has the name `\(name)`", at: node.mark(at: ["name"]))
      return false
    }
    project[keyPath: place][key] = file
    return true
  }
}
