internal import Glibc
internal import HeadwayCore

/// The words and variables that a command is started with.
struct CommandLine: Sendable {
  let words: [String]
  let environment: [String: String]

  /// Where programs are looked for; nothing of a repository can stand in for them.
  private static let tools = ["/usr/bin", "/bin", "/usr/local/bin"]

  init(
    _ setup: CommandSetup, _ order: WorkOrder, in folder: AttemptFolder, path: String,
    tools: [String] = tools
  ) throws(Failure) {
    let program = setup.arguments.map {
      $0.hasPrefix("executors/") ? "\(setup.programs)/\($0)" : $0
    }
    guard let first = program.first, !first.isEmpty, !first.hasPrefix("-") else {
      throw Failure(.invalidRequest, "`run` of \(setup.name) does not start with a program")
    }
    for argument in setup.arguments where argument.hasPrefix("executors/") {
      if let fault = FilePath.fault(of: argument) {
        throw Failure(.invalidRequest, "`\(argument.oneLine(80))` \(fault.rawValue)")
      }
    }
    environment = Self.environment(setup, order, in: folder, path: path)
    let texts = program + environment.flatMap { [$0.key, $0.value] }
    guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw Failure(.invalidRequest, "a word or variable of \(setup.name) contains a NUL")
    }
    var words = try Self.limits(order.limits, tools: tools)
    words += ["/bin/sh", "-c", Gate.script, folder.order]
    if setup.sandbox == .bwrap {
      words += try Self.sandbox(programs: setup.programs, folder: folder, tools: tools)
    }
    self.words = words + program
  }

  private static func environment(
    _ setup: CommandSetup, _ order: WorkOrder, in folder: AttemptFolder, path: String
  ) -> [String: String] {
    let own = [
      "PATH": path, "LANG": "C.UTF-8", "TZ": "UTC", "HOME": folder.home,
    ].merging(setup.environment.mapValues(\.value)) { $1 }
    // Nothing that the executor lists can stand in for what Headway says.
    return own.merging(
      [
        "HEADWAY_RUN": order.attempt.task.run.text, "HEADWAY_TASK": order.attempt.task.task.text,
        "HEADWAY_ATTEMPT": "\(order.attempt.number)", "HEADWAY_KEY": order.key,
        "HEADWAY_OUTPUT": folder.outputs, "HEADWAY_INPUTS": folder.inputs,
        "HEADWAY_INTENT": folder.intent, "HEADWAY_PROGRAMS": setup.programs,
        "HEADWAY_DEADLINE": order.deadline.description,
      ]
    ) { $1 }
  }

  private static func limits(
    _ limits: WorkOrder.Limits, tools: [String]
  ) throws(Failure) -> [String] {
    var options: [String] = []
    if let cpu = limits.cpu {
      let seconds = max(1, (cpu.milliseconds + 999) / 1_000)
      // SIGXCPU first, SIGKILL for whoever catches it.
      options.append("--cpu=\(seconds):\(seconds + 1)")
    }
    if let memory = limits.memory { options.append("--as=\(memory):\(memory)") }
    guard !options.isEmpty else { return [] }
    return [try tool("prlimit", "limits need it (package util-linux)", tools)] + options + ["--"]
  }

  /// Its own users, processes, mounts, messages and network; only the system's programs, the
  /// exported ones and the attempt's folder are there at all.
  private static func sandbox(
    programs: String, folder: AttemptFolder, tools: [String]
  ) throws(Failure) -> [String] {
    var words = [
      try tool("bwrap", "the sandbox needs it (package bubblewrap)", tools), "--unshare-user",
      "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--die-with-parent",
      "--ro-bind", "/usr", "/usr",
    ]
    let system = ["/bin", "/sbin", "/lib", "/lib32", "/lib64"]
    let settings = [
      "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
      "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/ssl/certs",
    ]
    for path in system + settings { words += ["--ro-bind-try", path, path] }
    return words + [
      "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/run",
      "--ro-bind", programs, programs, "--bind", folder.work, folder.work,
      "--bind", folder.home, folder.home, "--chdir", folder.work, "--",
    ]
  }

  private static func tool(
    _ name: String, _ need: String, _ folders: [String]
  ) throws(Failure) -> String {
    for folder in folders where unsafe access("\(folder)/\(name)", X_OK) == 0 {
      return "\(folder)/\(name)"
    }
    throw Failure(.invalidRequest, "there is no `\(name)` on this machine; \(need)")
  }
}
