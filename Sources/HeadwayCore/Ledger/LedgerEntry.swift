/// One event, ready to become one commit of the ledger.
package struct LedgerEntry: Hashable, Sendable {
  package let event: LedgerEvent
  /// The commit's first line, without the event's name in front.
  package let subject: String
  package let body: String
  package let trailers: [LedgerTrailer]
  /// Records that the board folds; a run comes before its tasks.
  package let files: [LedgerFile]
  /// Everything else that the commit brings.
  package let attachments: [Attachment]

  /// A file that the board does not read: a brief, an output, a log, memory.
  package struct Attachment: Hashable, Sendable {
    package let path: FilePath
    package let content: Content

    package enum Content: Hashable, Sendable {
      case bytes([UInt8])
      /// An object that the repository already has.
      case blob(BlobID)
      case removed
    }

    package init(path: FilePath, content: Content) {
      self.path = path
      self.content = content
    }
  }

  package init(
    _ event: LedgerEvent, subject: String, body: String = "", trailers: [LedgerTrailer] = [],
    files: [LedgerFile], attachments: [Attachment] = []
  ) {
    self.event = event
    self.subject = subject
    self.body = body
    self.trailers = trailers
    self.files = files
    self.attachments = attachments
  }
}

/// What happened; the value of the trailer `Headway-Event`.
package enum LedgerEvent: String, Hashable, Sendable, CaseIterable {
  case genesis, observed, noticed, run, expanded, decision, result, proposal, approval, rejection,
    withdrawn,
    reopened, cancelled, rewound, incident, cleared, verb, compensation, reconciled,
    memory
}

/// One trailer of a ledger commit: an index for `git log`, never a ground to authorise anything.
package struct LedgerTrailer: Hashable, Sendable {
  package let key: Key
  package let value: String

  package enum Key: String, Hashable, Sendable, CaseIterable {
    case event = "Event"
    case cause = "Cause"
    case run = "Run"
    case task = "Task"
    case attempt = "Attempt"
    case state = "State"
    case decision = "Decision"
    case input = "Input"
    case policy = "Policy"
    case executor = "Executor"
    case model = "Model"
    case tokens = "Tokens"
    case cost = "Cost"
    case confidence = "Confidence"
    case duration = "Duration"
    case runner = "Runner"
    case person = "Person"
    case approval = "Approval"
    case effect = "Effect"
    case incident = "Incident"
    case verb = "Verb"
  }

  package init(_ key: Key, _ value: some CustomStringConvertible) {
    self.key = key
    self.value = value.description
  }

  package var name: String { "Headway-\(key.rawValue)" }
}
