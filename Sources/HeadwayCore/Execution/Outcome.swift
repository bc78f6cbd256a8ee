/// Tokens as every vendor's numbers are normalised; reasoning is a part of `output`.
package struct Usage: Hashable, Sendable {
  package var uncachedInput: Int64
  package var cacheRead: Int64
  package var cacheWrite: Int64
  package var output: Int64
  package var reasoning: Int64

  package init(
    uncachedInput: Int64 = 0, cacheRead: Int64 = 0, cacheWrite: Int64 = 0, output: Int64 = 0,
    reasoning: Int64 = 0
  ) {
    self.uncachedInput = uncachedInput
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
    self.output = output
    self.reasoning = reasoning
  }

  package var totalInput: Int64 { uncachedInput + cacheRead + cacheWrite }
}

/// How an attempt ended, before Headway's own checks have looked at its outputs.
package struct Outcome: Sendable {
  package let result: Result<[String: [UInt8]], Failure>
  /// What ran, also when it failed: a failed attempt costs money too.
  package let report: Report

  package struct Report: Hashable, Sendable {
    /// The model that served, `nil` for other kinds.
    package var model: String?
    /// The name that the vendor's reply gave itself.
    package var servedModel: String?
    package var usage: Usage?
    /// Zero is known to be free; `nil` means unknown, which is never treated as free.
    package var cost: Money?
    /// One of `none`, `sandbox`, `user` and `remote`.
    package var isolation: String
    /// The exact text a model was given.
    package var rendered: [UInt8]?
    /// The last 64 KiB of what a command printed, or a vendor's reply without its secrets.
    package var log: [UInt8]?
    /// In thousandths, where the executor can say.
    package var confidence: Int?
    /// For fallbacks: models that were tried before, each with its class.
    package var fallbacks: [String]
    /// What the other side answered with, such as 401; `nil` where it did not answer.
    package var status: Int?
    /// Models that could not serve, the last one asked included.
    package var unserved: [Unserved]

    package init(
      model: String? = nil, servedModel: String? = nil, usage: Usage? = nil, cost: Money? = nil,
      isolation: String = "none", rendered: [UInt8]? = nil, log: [UInt8]? = nil,
      confidence: Int? = nil, fallbacks: [String] = [], status: Int? = nil,
      unserved: [Unserved] = []
    ) {
      self.model = model
      self.servedModel = servedModel
      self.usage = usage
      self.cost = cost
      self.isolation = isolation
      self.rendered = rendered
      self.log = log
      self.confidence = confidence
      self.fallbacks = fallbacks
      self.status = status
      self.unserved = unserved
    }
  }

  /// One model that failed in a way that says nothing about the order.
  package struct Unserved: Hashable, Sendable {
    package let model: String
    package let failure: Failure
    package let status: Int?

    package init(model: String, failure: Failure, status: Int?) {
      self.model = model
      self.failure = failure
      self.status = status
    }
  }

  package init(_ result: Result<[String: [UInt8]], Failure>, report: Report) {
    self.result = result
    self.report = report
  }
}

/// Who does the work.
///
/// One contract suite holds every implementation to the same promises:
/// it returns rather than throws, honours cancellation within the grace, never outlives the
/// deadline by more than the grace, and never writes outside its own folders.
package protocol Executor: Sendable {
  func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome
}

/// What the engine wants to know while an attempt runs.
package protocol AttemptObserver: Sendable {
  /// Called once, before the program can do anything that matters; a failure to record it
  /// stops the attempt.
  func started(process: ProcessIdentity) async throws
}

/// A process that can be recognised after a crash: pids are reused, start times are not.
package struct ProcessIdentity: Hashable, Sendable {
  package let pid: Int32
  /// Field 22 of `/proc/<pid>/stat`, clock ticks since boot.
  package let startTicks: UInt64

  package init(pid: Int32, startTicks: UInt64) {
    self.pid = pid
    self.startTicks = startTicks
  }
}
