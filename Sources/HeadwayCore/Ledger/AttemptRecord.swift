/// `attempt-<n>.json`: one execution, written once, when it is settled; it never changes.
package struct AttemptRecord: Hashable, Sendable {
  package let id: AttemptID
  /// `<pipeline>/<task>`, what durations and spending are counted by.
  package let taskKey: String
  /// The idempotency key that was sent outside.
  package let key: String
  /// What repeating it would do; a succeeded external key is never used again by itself.
  package let effect: Effect
  package let fingerprint: Digest.Text
  /// What it worked on, part by part; empty where nothing was executed.
  package let parts: WorkParts
  package let executor: Name
  package let isolation: String
  package let model: String?
  /// The name that the vendor's reply gave itself, where that was not asked for.
  package let servedModel: String?
  /// Models of the chain that could not serve, each with the class of its failure.
  package let fallbacks: [String]
  package let inputs: [Input]
  package let recalled: [JSONValue]
  package let rendered: BlobID?
  package let started: Instant
  package let finished: Instant
  package let outcome: TaskRecord.OutcomeKind
  package let failure: Failure?
  package let outputs: [String: BlobID]
  package let usage: Usage?
  /// `nil` means unknown, which holds budgets back; free work is zero.
  package let cost: Money?
  package let checks: [CheckFinding]
  /// In thousandths.
  package let confidence: Int?
  /// The decision file that started it.
  package let decision: FilePath
  package let runner: String
  package let log: BlobID?
  /// What it had claimed of quotas when it started.
  package let quotas: [QuotaClaim]
  /// The attempt whose effect somebody found done; nothing was executed but the question.
  package let reconciles: Int?

  package struct Input: Hashable, Sendable {
    package let name: String
    package let blob: BlobID
    /// `brief`, `main`, `memory`, `feedback`, or the task or attempt that made it.
    package let from: String

    package init(name: String, blob: BlobID, from: String) {
      self.name = name
      self.blob = blob
      self.from = from
    }
  }

  package struct CheckFinding: Hashable, Sendable {
    package let check: String
    package let pass: Bool
    package let finding: String
    /// What a person may allow, where the check failed because of a text that may be a secret: the
    /// beginning of its digest, never the text.
    package let suspect: String?

    package init(check: String, pass: Bool, finding: String, suspect: String? = nil) {
      self.check = check
      self.pass = pass
      self.finding = finding
      self.suspect = suspect
    }
  }

  package init(
    id: AttemptID, taskKey: String, key: String, effect: Effect, fingerprint: Digest.Text,
    executor: Name,
    isolation: String,
    model: String?, servedModel: String? = nil, fallbacks: [String] = [], inputs: [Input],
    recalled: [JSONValue], rendered: BlobID?, started: Instant,
    finished: Instant, outcome: TaskRecord.OutcomeKind, failure: Failure?,
    outputs: [String: BlobID], usage: Usage?, cost: Money?, checks: [CheckFinding],
    confidence: Int?, decision: FilePath, runner: String, log: BlobID?,
    quotas: [QuotaClaim] = [], parts: WorkParts = WorkParts(), reconciles: Int? = nil
  ) {
    self.parts = parts
    self.id = id
    self.taskKey = taskKey
    self.key = key
    self.effect = effect
    self.fingerprint = fingerprint
    self.executor = executor
    self.isolation = isolation
    self.model = model
    self.servedModel = servedModel
    self.fallbacks = fallbacks
    self.inputs = inputs
    self.recalled = recalled
    self.rendered = rendered
    self.started = started
    self.finished = finished
    self.outcome = outcome
    self.failure = failure
    self.outputs = outputs
    self.usage = usage
    self.cost = cost
    self.checks = checks
    self.confidence = confidence
    self.decision = decision
    self.runner = runner
    self.log = log
    self.quotas = quotas
    self.reconciles = reconciles
  }

  /// One line of it, with the fields that were `read` of its outputs.
  package func summary(
    reading read: [String: [String: JSONValue]] = [:]
  ) -> TaskRecord.AttemptSummary {
    TaskRecord.AttemptSummary(
      number: id.number, outcome: outcome, failure: failure?.kind,
      retryAfter: failure?.retryAfter, fingerprint: fingerprint, at: finished,
      outputs: outcome == .succeeded ? outputs : [:], cost: cost, read: read,
      suspects: suspects)
  }

  /// What a person may allow, where nothing else is wrong with what it delivered; in order.
  package var suspects: [String] {
    let failed = checks.filter { !$0.pass }
    let suspects = failed.compactMap(\.suspect)
    guard outcome == .failed, suspects.count == failed.count else { return [] }
    return Set(suspects).sorted()
  }
}

extension AttemptRecord {
  package var json: JSONValue {
    [
      "format": 1, "run": .text(id.task.run), "task": .text(id.task.task),
      "number": .integer(id.number), "taskKey": .string(taskKey), "key": .string(key),
      "effect": .string(effect.rawValue),
      "fingerprint": .string(fingerprint),
      "parts": .object(parts.values.mapValues(JSONValue.string)),
      "executor": .text(executor), "isolation": .string(isolation), "model": .optional(model),
      "servedModel": .optional(servedModel), "fallbacks": .texts(fallbacks),
      "inputs": .array(
        inputs.map {
          ["name": .string($0.name), "blob": .text($0.blob), "from": .string($0.from)]
        }), "recalled": .array(recalled), "rendered": .text(rendered), "started": .text(started),
      "finished": .text(finished), "outcome": .string(outcome.rawValue),
      "failure": failure.map {
        [
          "class": .string($0.kind.rawValue), "message": .string($0.message),
          "retryAfter": .text($0.retryAfter),
        ]
      } ?? .null, "outputs": .object(outputs.mapValues { .text($0) }),
      "usage": usage?.json ?? .null, "cost": cost?.json ?? .null,
      "checks": .array(
        checks.map {
          [
            "check": .string($0.check), "pass": .bool($0.pass), "finding": .string($0.finding),
            "suspect": .optional($0.suspect),
          ]
        }), "confidence": confidence.map { .integer($0) } ?? .null, "decision": .text(decision),
      "runner": .string(runner), "log": .text(log), "quotas": .array(quotas.map(\.json)),
      "reconciles": reconciles.map { .integer($0) } ?? .null,
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "attempt", format: 1)
    self.init(
      id: AttemptID(
        task: TaskID(run: try fields.run("run"), task: try fields.name("task")),
        number: try fields.count("number")), taskKey: try fields.text("taskKey"),
      key: try fields.text("key"),
      effect: try fields.choice("effect", Effect.self), fingerprint: try fields.text("fingerprint"),
      executor: try fields.name("executor"),
      isolation: try fields.text("isolation"), model: try fields.textIfAny("model"),
      servedModel: try fields.textIfAny("servedModel"),
      fallbacks: try fields.list("fallbacks", "a list of texts") { $0.text },
      inputs: try fields.objects("inputs") { (input) throws(RecordFault) in
        Input(
          name: try input.text("name"), blob: try input.blob("blob"), from: try input.text("from"))
      }, recalled: try fields.list("recalled", "a list") { $0 },
      rendered: try fields.blobIfAny("rendered"), started: try fields.instant("started"),
      finished: try fields.instant("finished"),
      outcome: try fields.choice("outcome", TaskRecord.OutcomeKind.self),
      failure: try fields.objectIfAny("failure") { (failure) throws(RecordFault) in
        Failure(
          try failure.choice("class", FailureClass.self), try failure.text("message"),
          retryAfter: try failure.spanIfAny("retryAfter"))
      },
      outputs: try fields.map("outputs", "an object of blobs") { $0.text.flatMap { BlobID($0) } },
      usage: try fields.objectIfAny("usage", Usage.init), cost: try fields.moneyIfAny("cost"),
      checks: try fields.objects("checks") { (check) throws(RecordFault) in
        CheckFinding(
          check: try check.text("check"), pass: try check.flag("pass"),
          finding: try check.text("finding"), suspect: try check.textIfAny("suspect"))
      },
      confidence: try fields.countIfAny("confidence"), decision: try fields.path("decision"),
      runner: try fields.text("runner"),
      log: try fields.blobIfAny("log"), quotas: try fields.objects("quotas", QuotaClaim.init),
      parts: try WorkParts(fields), reconciles: try fields.countIfAny("reconciles"))
  }
}

extension Usage {
  var json: JSONValue {
    [
      "uncachedInput": .integer(uncachedInput), "cacheRead": .integer(cacheRead),
      "cacheWrite": .integer(cacheWrite), "output": .integer(output),
      "reasoning": .integer(reasoning),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      uncachedInput: try fields.integer("uncachedInput"),
      cacheRead: try fields.integer("cacheRead"), cacheWrite: try fields.integer("cacheWrite"),
      output: try fields.integer("output"), reasoning: try fields.integer("reasoning"))
  }
}
