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

  /// Options that go before the subcommand.
  var options: [String] {
    switch self {
    case .reading:
      [
        "--no-pager", "--no-replace-objects", "--literal-pathspecs",
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false",
        "-c", "core.attributesFile=/dev/null", "-c", "core.untrackedCache=false",
        "-c", "diff.external=", "-c", "log.showSignature=false", "-c", "color.ui=false",
        "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "protocol.allow=never",
      ]
    case .user: ["--no-pager"]
    }
  }

  private static func reading(_ outer: [String: String]) -> [String: String] {
    var variables = [
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_ATTR_NOSYSTEM": "1",
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
