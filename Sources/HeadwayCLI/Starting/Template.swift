/// A starter repository that travels inside the program.
struct Template: Sendable {
  let name: String
  let files: [ProgramFiles.File]

  static var names: [String] {
    Set(ProgramFiles.all.compactMap { split($0.path)?.template }).sorted()
  }

  init(_ name: String) throws(CommandError) {
    self.name = name
    files = ProgramFiles.all.filter { Self.split($0.path)?.template == name }
    guard !files.isEmpty else { throw .unknownTemplate(name, known: Self.names) }
  }

  /// Where a file goes, seen from the top of the repository.
  func place(of file: ProgramFiles.File) -> String { Self.split(file.path)?.rest ?? file.path }

  private static func split(_ path: String) -> (template: String, rest: String)? {
    let parts = path.split(separator: "/", maxSplits: 2)
    guard parts.count == 3, parts[0] == "templates" else { return nil }
    return (String(parts[1]), String(parts[2]))
  }
}
