/// What a `git` child may see of the world it is started from.
package enum GitEnvironment: Hashable, Sendable {
  /// For reading and verifying: nobody's configuration, hooks or rewritten history has a say.
  case reading
  /// For fetch, push, merge and signing, which are done as the user has set them up.
  case user

  /// The variables for a child, made from the caller's own.
  package func variables(from outer: [String: String]) -> [String: String] {
    switch self {
    case .reading: Self.reading(outer)
    case .user: Self.user(outer)
    }
  }

  /// The whole command line for `arguments`, which begin with a subcommand.
  func commandLine(_ arguments: [String]) -> [String] {
    guard self == .reading, let subcommand = arguments.first else {
      return ["--no-pager"] + arguments
    }
    // Attributes of a tree may name a driver that the repository's configuration defines; older
    // versions of git have no way to turn attributes off, so the drivers are.
    let harmless = Self.differing.contains(subcommand) ? ["--no-ext-diff", "--no-textconv"] : []
    return Self.readingOptions + [subcommand] + harmless + arguments.dropFirst()
  }

  private static let differing: Set<String> = [
    "diff", "diff-files", "diff-index", "diff-tree", "format-patch", "log", "show", "whatchanged",
  ]

  private static let readingOptions =
    ["--no-pager", "--no-replace-objects", "--literal-pathspecs"]
    + [
      "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null",
      "core.untrackedCache=false", "log.showSignature=false", "color.ui=false", "gc.auto=0",
      "maintenance.auto=false", "protocol.allow=never", "core.sshCommand=false",
    ].flatMap { ["-c", $0] }

  private static func reading(_ outer: [String: String]) -> [String: String] {
    var variables = [
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_ATTR_NOSYSTEM": "1",
      "GIT_ATTR_SOURCE": TreeFormat.emptyTree.hex,
      "GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": "/dev/null",
      "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat",
      "GIT_ASKPASS": "/bin/false", "SSH_ASKPASS": "/bin/false", "LC_ALL": "C", "TZ": "UTC",
    ]
    for name in ["PATH", "TMPDIR", "HOME"] { variables[name] = outer[name] }
    return variables
  }

  private static func user(_ outer: [String: String]) -> [String: String] {
    // Set by whoever runs us inside a hook: they would point the child at the wrong repository,
    // index or author. What a user sets by hand (GIT_SSH_COMMAND, GIT_ASKPASS, …) stays.
    var variables = outer.filter { name, _ in
      !name.hasPrefix("GIT_") || usersOwn.contains(name)
    }
    variables["LC_ALL"] = "C"
    return variables
  }

  private static let usersOwn: Set<String> = [
    "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT",
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_PROXY_COMMAND",
    "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY", "GIT_SSL_NO_VERIFY",
    "GIT_HTTP_PROXY_AUTHMETHOD", "GIT_ALLOW_PROTOCOL",
  ]
}
