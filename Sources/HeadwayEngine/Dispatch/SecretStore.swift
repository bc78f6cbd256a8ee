internal import Glibc
package import HeadwayCore
internal import Subprocess
internal import SystemPackage

/// Names and values that never reach the repository: the same in a hook, in cron and in the
/// daemon, because they come from one file; the environment only overrides it.
package struct SecretStore: Sendable {
  private let environment: [String: String]
  /// The file, once it is known whose secrets these are.
  private var path: String?
  /// The file is `secrets` in the folder of the anchor's name below this one.
  private let folder: String?
  private var entries: [String: Entry]
  private var stamp: Stamp?
  /// Why the file cannot be used now, although it could before: nothing of it is handed out, but
  /// what it held is still kept out of everything.
  package private(set) var fault: Fault?

  private enum Entry: Hashable, Sendable {
    case value(String)
    /// Run by a shell; its first line is the secret.
    case command(String)
  }

  package enum Origin: String, Hashable, Sendable {
    case environment, file, command
  }

  /// What is wrong with the secrets' file.
  package enum Fault: Error, Hashable, Sendable {
    /// Others can read it.
    case permissions(path: String)
    case line(path: String, number: Int)
    case unreadable(path: String, code: Int32)
  }

  /// What changes whenever somebody writes the file.
  private struct Stamp: Hashable, Sendable {
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
    let changed: Int
    let changedNanoseconds: Int

    init(_ status: stat) {
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
      // A change of mode moves this one only.
      (changed, changedNanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
    }
  }

  package init(environment: [String: String]) {
    self.environment = environment
    (path, folder) = (nil, nil)
    entries = [:]
  }

  /// The secrets of the repository that began with `anchor`; without one there are none yet.
  package init(
    environment: [String: String], below folder: String, anchor: CommitID?
  ) throws(Fault) {
    self.environment = environment
    self.folder = folder
    path = anchor.map { Self.file(of: $0, below: folder) }
    (entries, stamp) = try path.map(Self.read) ?? ([:], nil)
  }

  package static func file(of anchor: CommitID, below folder: String) -> String {
    "\(folder)/headway/\(anchor)/secrets"
  }

  /// Reads `NAME=value` and `NAME=!command` lines; a missing file is an empty one.
  package init(environment: [String: String], path: String) throws(Fault) {
    self.environment = environment
    self.path = path
    folder = nil
    (entries, stamp) = try Self.read(path)
  }

  /// The same secrets as they are now: a daemon lives longer than a key, and may have been started
  /// before anything was trusted.
  package func refreshed(anchor: CommitID? = nil) -> SecretStore {
    let own = folder.flatMap { folder in anchor.map { Self.file(of: $0, below: folder) } }
    guard let path = path ?? own else { return self }
    var status = stat()
    let isThere = unsafe lstat(path, &status) == 0
    guard fault != nil || (isThere ? Stamp(status) : nil) != stamp else { return self }
    var next = self
    next.path = path
    do throws(Fault) {
      (next.entries, next.stamp) = try Self.read(path)
      next.fault = nil
    } catch { next.fault = error }
    return next
  }

  private static func read(
    _ path: String
  ) throws(Fault) -> (entries: [String: Entry], stamp: Stamp?) {
    guard let (text, stamp) = try contents(of: path) else { return ([:], nil) }
    var entries: [String: Entry] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let line = line.drop { $0 == " " || $0 == "\t" }
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
        throw .line(path: path, number: index + 1)
      }
      let value = line[line.index(after: equals)...]
      entries[String(line[..<equals])] =
        value.hasPrefix("!") ? .command(String(value.dropFirst())) : .value(String(value))
    }
    return (entries, stamp)
  }

  private static func contents(
    of path: String
  ) throws(Fault) -> (text: String, stamp: Stamp)? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .unreadable(path: path, code: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, code: errno)
    }
    guard status.st_mode & 0o077 == 0 else { throw .permissions(path: path) }
    var bytes = [UInt8](repeating: 0, count: Int(min(status.st_size, 1 << 20)))
    let count = bytes.count
    let read = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe Glibc.read(descriptor, buffer.baseAddress, count)
    }
    guard read >= 0 else { throw .unreadable(path: path, code: errno) }
    return (String(decoding: bytes.prefix(read), as: UTF8.self), Stamp(status))
  }

  /// Whether the environment hides what the file says.
  package func isOverridden(_ name: String) -> Bool {
    environment[name] != nil && entries[name] != nil
  }

  package func origin(of name: String) -> Origin? {
    if environment[name] != nil { return .environment }
    switch entries[name] {
    case .value: return .file
    case .command: return .command
    case nil: return nil
    }
  }

  /// The value of `name`, or `nil` where nothing gives one.
  package func value(of name: String) async -> String? {
    if let value = environment[name] { return value }
    guard fault == nil else { return nil }
    switch entries[name] {
    case nil: return nil
    case .value(let value): return value
    case .command(let command): return await output(of: command)
    }
  }

  /// Somebody who is asked for a passphrase where nobody sits would wait for ever.
  private static let commandLimit = Duration.seconds(30)

  /// The same variables whoever starts Headway: a hook, cron and a daemon have different ones.
  private var commandEnvironment: [Environment.Key: String] {
    var variables: [Environment.Key: String] = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
    ]
    variables["HOME"] = environment["HOME"]
    return variables
  }

  private func output(of command: String) async -> String? {
    let variables = commandEnvironment
    return await withTaskGroup(of: String?.self) { group in
      group.addTask { await Self.output(of: command, variables) }
      group.addTask {
        // Cancelled once the command has answered, and then nobody asks for this.
        do { try await Task.sleep(for: Self.commandLimit) } catch {}
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }

  private static func output(
    of command: String, _ variables: [Environment.Key: String]
  ) async -> String? {
    do {
      let result = try await run(
        .path("/bin/sh"), arguments: ["-c", command], environment: .custom(variables),
        output: .string(limit: 64 << 10), error: .discarded)
      guard result.terminationStatus.isSuccess else { return nil }
      return result.standardOutput.split(separator: "\n").first.map(String.init)
    } catch {
      // A secret that cannot be had is a secret that is missing: the executor says which.
      return nil
    }
  }

  /// Values that must not be committed: all of the file's, and the environment's whose names
  /// say so.
  package var known: [(name: String, value: String)] {
    var known: [(name: String, value: String)] = []
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      if case .value(let value) = entry { known.append((name, value)) }
    }
    let words = ["KEY", "TOKEN", "SECRET", "PASSWORD"]
    for (name, value) in environment.sorted(by: { $0.key < $1.key })
    where value.utf8.count >= 8 && words.contains(where: name.uppercased().contains) {
      known.append((name, value))
    }
    return known
  }
}
