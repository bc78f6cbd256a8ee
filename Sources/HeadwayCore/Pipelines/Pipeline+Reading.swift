extension Pipeline {
  /// `nil` after an error was reported.
  package init?(_ node: Node, reading: inout FileReading) {
    guard let record = reading.record(node, Self.schema), let name = record.name("name") else {
      return nil
    }
    let before = reading.diagnostics.count { $0.severity == .error }
    let trigger = Self.trigger(record, reading: &reading)
    let parameters = Self.parameters(record, reading: &reading)
    let tasks = record.entries("tasks").compactMap { TaskTemplate($0, reading: &reading) }
    if tasks.isEmpty, record.entries("tasks").isEmpty {
      reading.report("`tasks` is empty", at: record.mark("tasks"))
    }
    let compensations = record.entries("compensations").compactMap(Self.compensation)
    let publishes = record.texts("publishes")
    for (folder, node) in zip(publishes, record["publishes"]?.elements ?? []) {
      if let fault = ProtectedPaths.fault(ofTarget: folder + "x") {
        reading.report("`publishes`: `\(folder)` \(fault)", at: node.mark)
      }
    }
    self.init(
      name: name, trigger: trigger ?? .briefs, publishes: publishes, parameters: parameters,
      tasks: tasks, compensations: compensations, limits: Self.limits(record))
    PipelineCheck(pipeline: self, node: node).run(&reading)
    guard reading.diagnostics.count(where: { $0.severity == .error }) == before else {
      return nil
    }
  }

  private static func limits(_ record: Record) -> Limits {
    let given = record.record("limits")
    return Limits(runCost: given?.money("runCost"), dayCost: given?.money("dayCost"))
  }

  private static func trigger(_ record: Record, reading: inout FileReading) -> Trigger? {
    guard let on = record.record("on") else { return .briefs }
    if let pattern = on.text("paths") { return paths(pattern, on, reading: &reading) }
    for (field, trigger) in [
      ("identity", "paths"), ("onChange", "paths"), ("settle", "paths"), ("when", "run"),
    ] where on[field] != nil && on[trigger] == nil {
      reading.report("`\(field)` belongs to `\(trigger)`", at: on.mark(field))
    }
    if let schedule = on.name("schedule") { return .schedule(schedule) }
    if let run = on.name("run") {
      return .run(run, when: on.choice("when") ?? .finished)
    }
    if on.flag("briefs") == false {
      reading.report("`briefs`: false leaves nothing that sets it going", at: on.mark("briefs"))
    }
    return .briefs
  }

  private static func paths(
    _ pattern: String, _ on: Record, reading: inout FileReading
  ) -> Trigger? {
    if let fault = FilePath.fault(of: pattern) {
      reading.report("`paths`: `\(pattern)` \(fault.rawValue)", at: on.mark("paths"))
    }
    guard let identity = on.text("identity") else {
      reading.report(
        "`identity` is missing in `on`", at: on.node.mark,
        hint: "what makes two changes one run, like `\"{{json.id}}\"` or `\"{{path}}\"`")
      return nil
    }
    do { try Template(identity).requireNames(among: PathTrigger.names) } catch {
      reading.report("`identity`: \(error.message)", at: on.mark("identity"), hint: error.hint)
    }
    return .paths(
      PathTrigger(
        pattern: pattern, identity: identity, onChange: on.choice("onChange") ?? .ignore,
        settle: on.span("settle")))
  }

  private static func parameters(
    _ record: Record, reading: inout FileReading
  ) -> [Parameter] {
    var parameters: [Parameter] = []
    for entry in record.entries("parameters") {
      let fields = Record(entry.value)
      guard let type: Parameter.Kind = fields.choice("type") else { continue }
      if Scope.builtinNames.contains(entry.key) {
        reading.report(
          "`\(entry.key)`: every template has that name already", at: entry.mark,
          hint: "call the parameter something else")
        continue
      }
      var fallback: JSONValue?
      if let given = fields["default"] {
        fallback = type.value(of: given)
        if fallback == nil {
          reading.report(
            "`default`: expected \(type.noun), found \(given.kind)", at: given.mark)
        }
      }
      parameters.append(
        Parameter(name: entry.key, type: type, fallback: fallback, doc: fields.text("doc")))
    }
    return parameters
  }

  private static func compensation(_ entry: Node.Field) -> Compensation? {
    let record = Record(entry.value)
    guard let name = Name(entry.key), let executor = record.name("executor") else { return nil }
    return Compensation(
      name: name, executor: executor, intent: record.text("intent"), once: record.text("once"),
      risk: record.choice("risk"))
  }
}

extension TaskTemplate {
  init?(_ entry: Node.Field, reading: inout FileReading) {
    let record = Record(entry.value)
    guard let name = Name(entry.key), let executor = record.name("executor") else { return nil }
    self.init(name: name, executor: executor)
    each = record["each"].flatMap { EachTemplate($0, reading: &reading) }
    most = record.integer("max")
    after = record.names("after")
    when = record.choice("when") ?? .allSucceeded
    readCondition(record, reading: &reading)
    intent = record.text("intent")
    inputs = record.records("inputs").compactMap(InputTemplate.init)
    outputs = record.entries("outputs").map { OutputTemplate($0, reading: &reading) }
    propose = record.entries("propose").compactMap { field in
      field.value.text.map { ProposeTemplate(output: field.key, target: $0) }
    }
    statedEffect = record.choice("effect")
    once = record.text("once")
    compensate = record.name("compensate")
    risk = record.choice("risk")
    onExhausted = record.choice("onExhausted") ?? .hold
    priority = record.integer("priority")
    deadline = record.text("deadline")
    sla = record.record("sla")?.span("finish")
    readApproval(record, reading: &reading)
    readTimes(record)
    if let given = record.record("limits") { limits = LimitsTemplate(given) }
  }

  private mutating func readCondition(_ record: Record, reading: inout FileReading) {
    guard let text = record.text("if") else { return }
    do { condition = try Condition(text) } catch {
      reading.report(
        "`if`: `\(text)` needs the expression engine, which is not built yet",
        at: record.mark("if"),
        hint: "today it is like `words > 500` or `triage/claim.json:kind == \"refund\"`")
    }
  }

  private mutating func readApproval(_ record: Record, reading: inout FileReading) {
    if let rule = record.record("onReject"), let retry = rule.name("retry") {
      onReject = RejectionRule(retry: retry, times: rule.integer("times") ?? 1)
    }
    guard let given = record.record("approval") else { return }
    let standard = ApprovalTemplate()
    approval = ApprovalTemplate(
      role: given.name("role"), count: given.integer("count") ?? standard.count,
      within: given.span("within") ?? standard.within,
      distinctFromRequester: given.text("distinctFrom") != nil, risk: given.choice("risk"))
  }

  private mutating func readTimes(_ record: Record) {
    if let given = record.record("estimate") {
      estimate = Estimate(duration: given.span("duration"), cost: given.money("cost"))
    }
    if let given = record.record("retry") {
      let standard = RetryRule()
      retry = RetryRule(
        attempts: given.integer("attempts") ?? standard.attempts,
        base: given.span("base") ?? standard.base,
        factor: given.integer("factor") ?? standard.factor,
        cap: given.span("cap") ?? standard.cap)
    }
    if let given = record.record("timeouts") {
      let standard = Timeouts()
      timeouts = Timeouts(
        start: given.span("start"), run: given.span("run"),
        finish: given.span("finish"), grace: given.span("grace") ?? standard.grace)
    }
  }
}

extension EachTemplate {
  fileprivate init?(_ node: Node, reading: inout FileReading) {
    let record = Record(node)
    if let list = node.text {
      self = .list(list)
    } else if let text = record.text("output") {
      guard let place = OutputPlace(text) else {
        reading.report(
          "`output`: `\(text)` names no output of a task", at: record.mark("output"),
          hint: "it is like `triage/claims.json`, or `triage/claims.json:open` for a field")
        return nil
      }
      self = .output(place)
    } else {
      self = .files(record.text("files").map { [$0] } ?? record.texts("files"))
    }
  }
}

extension InputTemplate {
  fileprivate init?(_ record: Record) {
    if let output = record.text("result") {
      self = .result(output)
    } else if let query = record.text("recall") {
      self = .recall(query: query, tokens: record.integer("tokens") ?? 2_000)
    } else if let one = record.text("files") {
      self = .files([one])
    } else {
      self = .files(record.texts("files"))
    }
  }
}

extension OutputTemplate {
  fileprivate init(_ entry: Node.Field, reading: inout FileReading) {
    let record = Record(entry.value)
    self.init(
      name: entry.key, schema: record.path("schema"),
      isOptional: record.flag("optional") ?? false, kind: record.choice("kind") ?? .text)
    for (text, node) in zip(record.texts("checks"), record["checks"]?.elements ?? []) {
      do {
        checks.append(try Check(text))
      } catch {
        switch error {
        case .needsExpressions:
          reading.report(
            "`checks`: `\(text)` needs the expression engine, which is not built yet",
            at: node.mark, hint: "today a check is a name or like `words >= 600`")
        case .unknown(let name):
          reading.report(
            "`checks`: no check is called `\(name)`", at: node.mark,
            hint: Nearest.hint(for: name, among: Check.names, listing: "checks"))
        }
      }
    }
  }
}

extension LimitsTemplate {
  fileprivate init(_ record: Record) {
    self.init(
      cost: record.money("cost"),
      concurrency: record.counts("concurrency").sorted { $0.key < $1.key }
        .map { KeyLimit(key: $0.key, count: $0.value) },
      quotas: record.records("quotas").compactMap(QuotaTemplate.init))
  }
}

extension LimitsTemplate.QuotaTemplate {
  fileprivate init?(_ record: Record) {
    guard let name = record.name("name"), let limit = record.integer("limit"),
      let window = record.record("window")
    else { return nil }
    self.init(
      name: name, key: record.text("key") ?? "", amount: record.integer("amount") ?? 1,
      limit: limit, window: .sliding(.zero), onExceed: record.choice("onExceed") ?? .wait)
    if let span = window.span("sliding") {
      self.window = .sliding(span)
    } else {
      self.window = .calendar(
        window.choice("calendar") ?? .day, window.text("tz").flatMap(Zone.init))
    }
  }
}
