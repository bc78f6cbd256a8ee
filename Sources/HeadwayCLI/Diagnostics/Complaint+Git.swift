internal import Git

extension Complaint {
  init(_ error: GitError) {
    switch error.reason {
    case .notOwned:
      self.init(
        "the repository belongs to another user, and git trusts it only when told to",
        hint: "git config --global --add safe.directory DIRECTORY")
    case .unsupportedRepository(let feature): self.init(feature)
    case .locked:
      self.init(
        "another process holds git's lock: \(error.message)",
        hint: "if no git is running, remove the lock file that it names")
    case .notFound where error.operation == .openRepository:
      self.init("no git repository here or above", hint: Self.startHint)
    default:
      self.init("git (\(error.operation.rawValue)): \(Self.text(of: error))")
    }
  }

  static let startHint = "`headway init` makes one; `-C DIR` looks elsewhere"

  private static func text(of error: GitError) -> String {
    error.message.isEmpty ? "\(error.reason)" : error.message
  }

  private init(_ feature: GitError.Unsupported) {
    switch feature {
    case .objectFormat(let name):
      self.init(
        "this repository names its objects by \(name), which Headway cannot read yet",
        hint: "git init --object-format=sha1 makes one that it can")
    case .referenceStorage(let name):
      self.init(
        "this repository keeps its branches as \(name), which Headway cannot read yet",
        hint: "git refs migrate --ref-format=files (git 2.46 and newer) changes that")
    case .partialClone:
      self.init(
        "this is a partial clone: objects are missing that Headway must read",
        hint: "clone again without --filter")
    case .extension(let name):
      self.init("this repository uses the extension `\(name)`, which Headway cannot read yet")
    case .version:
      self.init("this repository's format is newer than Headway can read")
    }
  }

  init(_ error: GitProgramError) {
    switch error {
    case .notFound(let folders):
      self.init(
        "the git program is not in PATH (\(folders.joined(separator: ":")))",
        hint: "apt-get install git")
    case .notRun(let arguments, let reason):
      self.init("could not run git \(arguments.first ?? ""): \(reason)")
    case .failed(let arguments, let status, let message):
      let said = message.isEmpty ? "" : ":\n" + message
      self.init("git \(arguments.first ?? "") ended with status \(status)\(said)")
    case .tooMuchOutput(let arguments, let limit):
      self.init("git \(arguments.first ?? "") printed more than \(limit) bytes")
    case .unreadable(let arguments, let text):
      self.init("git \(arguments.first ?? "") printed something unexpected: \(text)")
    }
  }
}
