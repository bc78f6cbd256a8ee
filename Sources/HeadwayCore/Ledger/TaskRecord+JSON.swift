extension TaskRecord {
  package var json: JSONValue {
    var fields = specification.fields
    fields["format"] = 1
    fields["run"] = .text(run)
    fields["task"] = .text(task)
    fields["ordinal"] = .integer(ordinal)
    fields["key"] = .string(key)
    fields["revision"] = .integer(revision)
    fields["state"] = .string(state.rawValue)
    fields["reason"] = reason?.json ?? .null
    fields["accepted"] = accepted.map { .integer($0) } ?? .null
    fields["results"] = .object(results.mapValues { .text($0) })
    fields["dispatched"] = dispatched?.json ?? .null
    fields["allowance"] = allowance?.json ?? .null
    fields["registrations"] = .array(registrations.map(\.json))
    fields["holds"] = .array(holds.map(\.json))
    fields["warnings"] = .array(warnings.map(\.json))
    fields["attempts"] = .array(attempts.map(\.json))
    fields["settledBefore"] = .integer(settledBefore)
    fields["dismissed"] = .integer(dismissed)
    fields["feedback"] = .text(feedback)
    fields["rejections"] = .integer(rejections)
    fields["admitted"] = .text(admitted)
    fields["listed"] = .text(listed)
    fields["hold"] = hold?.json ?? .null
    fields["inquiries"] = .array(inquiries.map(\.json))
    fields["edits"] = .array(edits.map { .text($0) })
    return .object(fields)
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "task", format: 1)
    self.init(
      run: try fields.run("run"), task: try fields.name("task"),
      ordinal: try fields.count("ordinal"), key: try fields.text("key"),
      revision: try fields.count("revision"), specification: try Specification(fields),
      state: try fields.choice("state", TaskState.self),
      reason: try fields.objectIfAny("reason", Reason.init),
      accepted: try fields.countIfAny("accepted"),
      results: try fields.map("results", "an object of blobs") { $0.text.flatMap { BlobID($0) } },
      dispatched: try fields.objectIfAny("dispatched", Dispatch.init),
      attempts: try fields.objects("attempts", AttemptSummary.init),
      settledBefore: try fields.count("settledBefore"),
      dismissed: try fields.count("dismissed"),
      feedback: try fields.blobIfAny("feedback"), rejections: try fields.count("rejections"),
      allowance: try fields.objectIfAny("allowance", Allowance.init),
      registrations: try fields.objects("registrations", Registration.init),
      admitted: try fields.instant("admitted"),
      hold: try fields.objectIfAny("hold", Hold.init))
    inquiries = try fields.objects("inquiries", Inquiry.init)
    edits = try fields.list("edits", "a list of instants") { $0.text.flatMap(Instant.init(iso:)) }
    holds = try fields.objects("holds", HeldTime.init)
    warnings = try fields.objects("warnings", DeadlineWarning.init)
    listed = try fields.blobIfAny("listed")
  }
}

extension TaskRecord.HeldTime {
  var json: JSONValue { ["since": .text(since), "until": .text(until)] }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(since: try fields.instant("since"), until: try fields.instant("until"))
  }
}

extension TaskRecord.Dispatch {
  var json: JSONValue {
    [
      "attempt": .integer(attempt), "reserved": reserved?.json ?? .null,
      "fingerprint": .string(fingerprint), "decision": .text(decision), "at": .text(at),
      "effectKey": .optional(effectKey), "claims": claims?.json ?? .null,
      "probes": .texts(probes),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      attempt: try fields.count("attempt"), reserved: try fields.moneyIfAny("reserved"),
      fingerprint: try fields.text("fingerprint"), decision: try fields.path("decision"),
      at: try fields.instant("at"), effectKey: try fields.textIfAny("effectKey"),
      claims: try fields.objectIfAny("claims", Claims.init),
      probes: try fields.list("probes", "a list of texts") { $0.text })
  }
}

extension TaskRecord.Registration {
  var json: JSONValue {
    [
      "attempt": .integer(attempt), "compensation": compensation.json, "at": .text(at),
      "proposed": .text(proposed),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      attempt: try fields.count("attempt"),
      compensation: try fields.object("compensation", CompensationRule.init),
      at: try fields.instant("at"), proposed: try fields.runIfAny("proposed"))
  }
}

extension CompensationRule {
  var json: JSONValue {
    [
      "name": .text(name), "executor": .text(executor), "effect": .string(effect.rawValue),
      "intent": .string(intent), "once": .optional(once), "risk": .string(risk.rawValue),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      name: try fields.name("name"), executor: try fields.name("executor"),
      effect: try fields.choice("effect", Effect.self), intent: try fields.text("intent"),
      once: try fields.textIfAny("once"), risk: try fields.choice("risk", Risk.self))
  }
}

extension TaskRecord.Allowance {
  var json: JSONValue {
    ["by": .string(by), "reason": .string(reason), "at": .text(at)]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      by: try fields.text("by"), reason: try fields.text("reason"), at: try fields.instant("at"))
  }
}

extension Reason {
  package var json: JSONValue {
    var fields: [String: JSONValue] = [
      "code": .string(code.rawValue), "values": .object(values), "since": .text(since),
    ]
    switch clears {
    case .at(let instant): fields["until"] = .text(instant)
    case .event(let name): fields["event"] = .string(name)
    }
    return .object(fields)
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    let clears: Clearing
    if let until = try fields.instantIfAny("until") {
      clears = .at(until)
    } else {
      clears = .event(try fields.text("event"))
    }
    self.init(
      try fields.choice("code", ReasonCode.self),
      values: try fields.map("values", "an object") { $0 },
      since: try fields.instant("since"), clears: clears)
  }
}

extension TaskRecord.AttemptSummary {
  var json: JSONValue {
    [
      "number": .integer(number), "outcome": .string(outcome.rawValue),
      "class": .optional(failure?.rawValue), "retryAfter": .text(retryAfter),
      "fingerprint": .string(fingerprint), "at": .text(at),
      "outputs": .object(outputs.mapValues { .text($0) }),
      "cost": cost?.json ?? .null, "read": .object(read.mapValues(JSONValue.object)),
      "suspects": .texts(suspects),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      number: try fields.count("number"),
      outcome: try fields.choice("outcome", TaskRecord.OutcomeKind.self),
      failure: try fields.optional("class", "a failure class") {
        $0.text.flatMap(FailureClass.init(rawValue:))
      },
      retryAfter: try fields.spanIfAny("retryAfter"), fingerprint: try fields.text("fingerprint"),
      at: try fields.instant("at"),
      outputs: try fields.map("outputs", "an object of blobs") { $0.text.flatMap { BlobID($0) } },
      cost: try fields.moneyIfAny("cost"),
      read: try fields.map("read", "an object of objects") { $0.fields },
      suspects: try fields.list("suspects", "a list of texts") { $0.text })
  }
}

extension TaskRecord.Specification {
  fileprivate var fields: [String: JSONValue] {
    [
      "executor": .text(executor), "effect": .string(effect.rawValue), "once": .optional(once),
      "compensation": compensation?.json ?? .null, "intent": .string(intent),
      "after": .texts(after), "when": .string(when.rawValue),
      "if": condition?.json ?? .null, "each": fan?.json ?? .null,
      "inputs": .array(inputs.map(\.json)), "outputs": .object(outputs.mapValues(\.json)),
      "propose": proposal?.json ?? .null,
      "retry": [
        "attempts": .integer(retry.attempts), "base": .text(retry.base),
        "factor": .integer(retry.factor), "cap": .text(retry.cap),
      ],
      "timeouts": [
        "start": .text(timeouts.start), "run": .text(timeouts.run),
        "finish": .text(timeouts.finish), "grace": .text(timeouts.grace),
      ],
      "limits": limits.json,
      "onExhausted": .string(onExhausted.rawValue), "priority": .integer(priority),
      "deadline": .text(deadline), "sla": .text(sla), "risk": .string(risk.rawValue),
      "estimate": [
        "duration": .text(estimate.duration), "cost": estimate.cost?.json ?? .null,
      ],
      "item": item?.json ?? .null, "fingerprint": .string(fingerprint),
      "parts": .object(parts.values.mapValues(JSONValue.string)),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      executor: try fields.name("executor"), effect: try fields.choice("effect", Effect.self),
      once: try fields.textIfAny("once"),
      compensation: try fields.objectIfAny("compensation", CompensationRule.init),
      intent: try fields.text("intent"),
      after: try fields.names("after"), when: try fields.choice("when", JoinRule.self),
      inputs: try fields.objects("inputs", TaskInput.init),
      outputs: try fields.map("outputs", "an object of output rules", OutputRule.init(json:)),
      proposal: try fields.objectIfAny("propose", TaskRecord.ProposalRule.init),
      retry: try fields.object("retry") { (retry) throws(RecordFault) in
        RetryRule(
          attempts: try retry.count("attempts"), base: try retry.span("base"),
          factor: try retry.count("factor"), cap: try retry.span("cap"))
      },
      timeouts: try fields.object("timeouts") { (limits) throws(RecordFault) in
        Timeouts(
          start: try limits.spanIfAny("start"), run: try limits.spanIfAny("run"),
          finish: try limits.spanIfAny("finish"), grace: try limits.span("grace"))
      },
      limits: try fields.object("limits", TaskLimits.init),
      onExhausted: try fields.choice("onExhausted", ExhaustionRule.self),
      priority: try fields.count("priority"), deadline: try fields.instantIfAny("deadline"),
      sla: try fields.spanIfAny("sla"), risk: try fields.choice("risk", Risk.self),
      estimate: try fields.object("estimate") { (estimate) throws(RecordFault) in
        Estimate(
          duration: try estimate.spanIfAny("duration"), cost: try estimate.moneyIfAny("cost"))
      },
      item: try fields.objectIfAny("item", FanItem.init),
      condition: try fields.objectIfAny("if", TaskCondition.init),
      fan: try fields.objectIfAny("each", FanRule.init),
      fingerprint: try fields.text("fingerprint"), parts: try WorkParts(fields))
  }
}

extension WorkParts {
  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(try fields.map("parts", "an object of texts") { $0.text })
  }
}

extension FanItem {
  var json: JSONValue {
    ["template": .text(template), "instance": .string(instance), "value": value]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      template: try fields.name("template"), instance: try fields.text("instance"),
      value: try fields.required("value", "a value") { $0 })
  }
}

extension TaskRecord.ProposalRule {
  var json: JSONValue {
    [
      "content": .array(
        content.map {
          ["task": .text($0.task), "output": .string($0.output), "path": .text($0.target)]
        }),
      "role": .text(requirement.role), "count": .integer(requirement.count),
      "within": .text(requirement.within),
      "distinctFromRequester": .bool(requirement.distinctFromRequester),
      "onReject": onReject.map {
        ["retry": .text($0.retry), "times": .integer($0.times)]
      } ?? .null,
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      content: try fields.objects("content") { (part) throws(RecordFault) in
        ProposedOutput(
          task: try part.name("task"), output: try part.text("output"),
          target: try part.path("path"))
      },
      requirement: ApprovalRequirement(
        role: try fields.name("role"), count: try fields.count("count"),
        within: try fields.span("within"),
        distinctFromRequester: try fields.flag("distinctFromRequester")),
      onReject: try fields.objectIfAny("onReject") { (rule) throws(RecordFault) in
        RejectionRule(retry: try rule.name("retry"), times: try rule.count("times"))
      })
  }
}

extension TaskInput {
  var json: JSONValue {
    switch self {
    case .file(let path, let blob): ["file": .text(path), "blob": .text(blob)]
    case .recall(let query, let tokens):
      ["recall": .string(query), "tokens": .integer(tokens)]
    case .delivered(let attempt, let output, let blob):
      ["attempt": .text(attempt), "output": .string(output), "blob": .text(blob)]
    }
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    if let query = try fields.textIfAny("recall") {
      self = .recall(query: query, tokens: try fields.count("tokens"))
    } else if let attempt = try fields.textIfAny("attempt") {
      guard let attempt = AttemptID(attempt) else {
        throw fields.fault("attempt", "names no attempt")
      }
      self = .delivered(
        attempt, output: try fields.text("output"), blob: try fields.blob("blob"))
    } else {
      self = .file(path: try fields.path("file"), blob: try fields.blob("blob"))
    }
  }
}

extension OutputRule {
  var json: JSONValue {
    [
      "checks": .texts(checks),
      "schema": schema.map { ["path": .text($0.path), "blob": .text($0.blob)] } ?? .null,
      "optional": .bool(isOptional), "binary": .bool(isBinary),
      "fields": .object(fields.mapValues { .string($0.rawValue) }),
    ]
  }

  init?(json: JSONValue) {
    guard let checks = json["checks"]?.allTexts, let isOptional = json["optional"]?.flag,
      let isBinary = json["binary"]?.flag, let given = json["fields"]?.fields
    else { return nil }
    let fields = given.compactMapValues { $0.text.flatMap(ReadField.init(rawValue:)) }
    guard fields.count == given.count else { return nil }
    var schema: PinnedFile?
    if let file = json["schema"], file != .null {
      // A schema that cannot be read is a damaged record, never an output without one.
      guard let path = file["path"]?.text.flatMap(FilePath.init(reading:)),
        let blob = file["blob"]?.text.flatMap({ BlobID($0) })
      else { return nil }
      schema = PinnedFile(path: path, blob: blob)
    }
    self.init(
      checks: checks, schema: schema, isOptional: isOptional, isBinary: isBinary, fields: fields)
  }
}
