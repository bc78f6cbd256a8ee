internal import Glibc

/// `headway tick --detach`, which git hooks wait for.
///
/// Leaves a nudge, starts the tick in a session of its own, and is gone within milliseconds. Reads
/// the few files that say where the repository is by itself, since opening it properly would cost
/// more than all the rest.
package enum Detach {
  private static let logLimit: off_t = 1 << 20

  /// Returns the exit code.
  package static func run() -> Int32 {
    guard let common = commonDirectory() else {
      return fail("no git repository here or above")
    }
    let folder = common + "/headway"
    guard unsafe mkdir(folder, 0o777) == 0 || errno == EEXIST else { return fail(folder) }
    guard touch(folder + "/nudged") else { return fail(folder + "/nudged") }
    guard let log = openLog(folder + "/log") else { return fail(folder + "/log") }
    // The child inherits both: nothing but standard descriptors, and a directory that stays.
    for file in 3..<Int32(256) where file != log { close(file) }
    guard unsafe chdir(common) == 0 else { return fail(common) }
    return spawn(log: log) ? 0 : fail("cannot start the tick")
  }

  private static func fail(_ text: String) -> Int32 {
    let reason = unsafe errno == 0 ? "" : ": " + String(cString: strerror(errno))
    let line = Array("error: \(text)\(reason)\n".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    return 1
  }
}

extension Detach {
  /// The directory that all working trees share, as git itself finds it.
  static func commonDirectory() -> String? {
    guard let directory = gitDirectory() else { return nil }
    guard let shared = firstLine(of: directory + "/commondir") else { return directory }
    return shared.hasPrefix("/") ? shared : directory + "/" + shared
  }

  private static func gitDirectory() -> String? {
    guard let buffer = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(buffer) }
    var current = unsafe String(cString: buffer)
    if let given = unsafe getenv("GIT_DIR") {
      let path = unsafe String(cString: given)
      return path.hasPrefix("/") ? path : current + "/" + path
    }
    while true {
      let inside = current == "/" ? "/.git" : current + "/.git"
      if isGitDirectory(inside) { return inside }
      if let link = firstLine(of: inside), link.hasPrefix("gitdir: ") {
        let path = String(link.dropFirst("gitdir: ".count))
        return path.hasPrefix("/") ? path : current + "/" + path
      }
      if isGitDirectory(current) { return current }
      guard current != "/", let slash = current.lastIndex(of: "/") else { return nil }
      current = slash == current.startIndex ? "/" : String(current[..<slash])
    }
  }

  private static func isGitDirectory(_ path: String) -> Bool {
    unsafe access(path + "/HEAD", F_OK) == 0 && access(path + "/objects", F_OK) == 0
      && access(path + "/refs", F_OK) == 0
  }

  /// `nil` when the file is not there, is not a file, or is longer than any path.
  private static func firstLine(of path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4_097)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe read(file, buffer.baseAddress, buffer.count)
    }
    guard count > 0, count < bytes.count else { return nil }
    return String(decoding: bytes.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self)
  }
}

extension Detach {
  /// Gives the file the present time to the nanosecond; the kernel's own stamp is as coarse as its
  /// tick, and two nudges within one must differ.
  private static func touch(_ path: String) -> Bool {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard file >= 0 else { return false }
    defer { close(file) }
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return unsafe [time, time].withUnsafeBufferPointer { unsafe futimens(file, $0.baseAddress) }
      == 0
  }

  /// One older log is kept.
  ///
  /// Two hooks at once may rename twice, which costs an old log only.
  private static func openLog(_ path: String) -> Int32? {
    var facts = stat()
    if unsafe stat(path, &facts) == 0, facts.st_size > logLimit {
      unsafe rename(path, path + ".1")
    }
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    return file >= 0 ? file : nil
  }

  /// Spawns this program once more: own session, no terminal, no descriptor of the hook's, and no
  /// variable by which git tells its hooks which repository, index or author they are about.
  private static func spawn(log: Int32) -> Bool {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, log, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, log, 2)
    var (none, all) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    let flags = 0x80 | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF  // 0x80: own session
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

    var arguments = unsafe ["headway", "tick", "--no-wait", "--progress"].map {
      unsafe strdup($0 as String)
    }
    unsafe arguments.append(nil)
    var variables = unsafe withoutGit(environ)
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var child: pid_t = 0
    errno = unsafe posix_spawn(
      &child, "/proc/self/exe", &actions, &attributes, &arguments, &variables)
    return errno == 0
  }

  /// The entries of a C environment that a child may see, ended by `nil`.
  static func withoutGit(
    _ environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> [UnsafeMutablePointer<CChar>?] {
    var kept: [UnsafeMutablePointer<CChar>?] = unsafe []
    var entry = unsafe environment
    while let text = unsafe entry.pointee {
      if unsafe strncmp(text, "GIT_", 4) != 0 { unsafe kept.append(text) }
      unsafe entry += 1
    }
    unsafe kept.append(nil)
    return unsafe kept
  }
}
