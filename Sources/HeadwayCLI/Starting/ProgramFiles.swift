internal import FoundationEssentials

/// The files that travel inside the program: `templates/` and `hooks/`.
enum ProgramFiles {
  struct File: Sendable {
    let path: String
    let isExecutable: Bool
    fileprivate let encoded: String

    var bytes: [UInt8] { Data(base64Encoded: encoded).map(Array.init) ?? [] }
  }

  static var all: some Collection<File> {
    embeddedFiles.lazy.map {
      File(path: $0.path, isExecutable: $0.executable, encoded: $0.base64)
    }
  }
}
