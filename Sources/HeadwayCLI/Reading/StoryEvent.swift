internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// One commit of the ledger, as a line of the story.
struct StoryEvent: Sendable {
  let commit: CommitID
  let time: Instant
  /// What happened; the value of `Headway-Event`.
  let word: String
  /// The subject without the event in front.
  let line: String
  /// What the commit says between its subject and its trailers.
  let body: [String]
  let trailers: [Trailer]

  init(_ commit: Commit) {
    self.commit = CommitID(commit.id)
    time = Instant(milliseconds: commit.committer.milliseconds)
    trailers = commit.trailers
    word = trailers.first { $0.key == "Headway-Event" }?.value ?? "commit"
    let subject = commit.subject
    let plain =
      subject.hasPrefix(word + ": ") ? String(subject.dropFirst(word.count + 2)) : subject
    body = commit.message.split(separator: "\n").dropFirst().map(String.init)
      .filter { !$0.hasPrefix("Headway-") }
    line = word == "decision" ? Self.line(deciding: body) ?? plain : plain
  }

  /// What was decided says more than how much: `start launch-3f9c2a/draft (ready)`.
  private static func line(deciding body: [String]) -> String? {
    guard !body.isEmpty else { return nil }
    let more = body.count > 3 ? ", and \(body.count - 3) more" : ""
    return body.prefix(3).joined(separator: ", ") + more
  }

  func value(_ key: LedgerTrailer.Key) -> String? {
    trailers.first { $0.key.text == LedgerTrailer(key, "").name }?.value
  }

  /// Whether the event is about this task: by its trailers, or as one line of a decision.
  func tells(of task: TaskID) -> Bool {
    if value(.run) == task.run.text, value(.task) == task.task.text { return true }
    return body.contains { $0.split(separator: " ").contains { $0 == task.description } }
  }

  var style: Terminal.Style? {
    switch word {
    case "result": value(.state) == "succeeded" ? .green : .red
    case "approval": .green
    case "incident", "rejection", "withdrawn": .red
    case "proposal", "reopened", "cancelled", "rewound": .yellow
    case "decision", "observed": .dim
    default: .blue
    }
  }

  var facts: JSONValue {
    var values: [String: [JSONValue]] = [:]
    for trailer in trailers {
      values[trailer.key.text, default: []].append(.string(trailer.value))
    }
    return [
      "commit": .string(commit.hex), "time": .string(time.description), "event": .string(word),
      "line": .string(line), "body": .array(body.map(JSONValue.string)),
      "trailers": .object(values.mapValues(JSONValue.array)),
    ]
  }
}
