internal import Glibc
package import HeadwayCore

/// This machine and process, as lineage names it: `studio-mac/4121`.
package struct RunnerName: Hashable, Sendable, CustomStringConvertible {
  package let host: String
  package let pid: Int32

  package init(host: String, pid: Int32) {
    self.host = host
    self.pid = pid
  }

  /// The host's own name, with what cannot stand in an address replaced.
  package static func current() -> RunnerName {
    var buffer = [CChar](repeating: 0, count: 256)
    _ = unsafe gethostname(&buffer, 255)
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let name = String(decoding: bytes, as: UTF8.self).map { character -> Character in
      character.isASCII && (character.isLetter || character.isNumber || "-.".contains(character))
        ? character : "-"
    }
    return RunnerName(host: name.isEmpty ? "localhost" : String(name), pid: getpid())
  }

  package var description: String { "\(host)/\(pid)" }
}

/// Something that happened while the scheduler was waiting.
enum Wakeup: Sendable {
  case finished(Settlement)
  /// What a look for an effect came to; `nil` when it was stopped.
  case answered(AttemptID, Finding?)
  case nudged
  case due
  case stop
}

/// What a tick tells whoever watches it; every line is already durable.
package enum Progress: Hashable, Sendable {
  case opened(CommitID)
  case observed(CommitID)
  case admitted(RunID, title: String)
  case expanded(TaskID, count: Int)
  case refused(path: String, messages: [String])
  case started(AttemptID, executor: Name)
  case settled(AttemptID, outcome: TaskRecord.OutcomeKind, failure: Failure?)
  case proposed(AttemptID, branch: String)
  case judged(AttemptID, JudgementRecord.Judgement)
  case held(TaskID, Reason)
  case reconciled(AttemptID, Inquiry)
  case warned(TaskID, DeadlineWarning)
  case incident(IncidentRecord)
  case finished(RunID, RunRecord.State)
  case verb(String)
  case notified(count: Int, failure: Failure?)
}

/// What a tick left behind.
package struct TickReport: Hashable, Sendable {
  /// People are asked for something.
  package var waits = false
  package var holdsOrFailures = false
  /// All dispatch is stopped: freeze, rewritten main, second writer.
  package var isStopped = false
  package var next: Instant?

  package init() {}
}
