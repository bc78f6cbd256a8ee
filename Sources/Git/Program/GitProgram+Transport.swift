/// What became of one reference of a push.
package struct PushedReference: Hashable, Sendable {
  /// The name here; empty for a deletion.
  package let source: String
  /// The name there.
  package let destination: String
  package let outcome: Outcome

  /// As the other side answered.
  package enum Outcome: Hashable, Sendable {
    case updated
    case upToDate
    case rejected(String)
  }
}

extension GitProgram {
  /// The program's version, such as `2.39.5`.
  package func version() async throws(GitProgramError) -> String {
    let output = try await run(["version"], in: "/", as: .reading)
    guard output.text.hasPrefix("git version ") else {
      throw .unreadable(arguments: ["version"], output.text)
    }
    return String(output.text.dropFirst("git version ".count).prefix { $0 != " " })
  }

  /// Fetches exactly these refspecs, without tags, in the way the user has configured.
  package func fetch(
    from remote: String, _ refspecs: [String], in directory: String, prune: Bool = false,
    adding extra: [String: String] = [:]
  ) async throws(GitProgramError) {
    var arguments = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]
    arguments.append("--no-recurse-submodules")
    if prune { arguments.append("--prune") }
    _ = try await run(
      arguments + ["--", remote] + refspecs, in: directory, as: .user,
      adding: Self.neverAsking(extra))
  }

  /// Pushes exactly these refspecs and tells what became of each; a refusal is no error.
  package func push(
    to remote: String, _ refspecs: [String], in directory: String, atomically: Bool = false,
    options: [String] = [], adding extra: [String: String] = [:]
  ) async throws(GitProgramError) -> [PushedReference] {
    var arguments = ["push", "--porcelain", "--no-follow-tags"]
    if atomically { arguments.append("--atomic") }
    for option in options { arguments += ["-o", option] }
    arguments += ["--", remote] + refspecs
    let output = try await outcome(
      of: arguments, in: directory, as: .user, adding: Self.neverAsking(extra))
    let references = output.text.split(separator: "\n").compactMap { PushedReference(line: $0) }
    guard output.status == 0 || references.contains(where: \.isRejected) else {
      throw .failed(arguments: arguments, status: output.status, message: output.standardError)
    }
    return references
  }

  /// A child without a terminal must fail at once, not wait for an answer nobody can give.
  private static func neverAsking(_ extra: [String: String]) -> [String: String] {
    ["GIT_TERMINAL_PROMPT": "0"].merging(extra) { $1 }
  }
}

extension PushedReference {
  package var isRejected: Bool {
    if case .rejected = outcome { return true }
    return false
  }

  /// Reads `flag TAB from:to TAB summary (reason)`; other lines are none.
  init?(line: Substring) {
    let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, let flag = fields[0].first, fields[0].count == 1 else { return nil }
    let names = fields[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard names.count == 2 else { return nil }
    switch flag {
    case " ", "+", "-", "*": outcome = .updated
    case "=": outcome = .upToDate
    case "!": outcome = .rejected(String(fields[2]))
    default: return nil
    }
    (source, destination) = (String(names[0]), String(names[1]))
  }
}
