/// `headway.json`: what holds for the whole project.
package struct Settings: Hashable, Sendable {
  package static let file = "headway.json"

  package var name: Name
  package var timeZone: Zone
  package var currency: Currency
  package var trust: Trust
  /// Whether the person who asked for something may approve it.
  package var isSolo: Bool
  package var durability: Durability
  /// How long paid work waits after a commit, so that an amended typo costs nothing.
  package var settle: Span
  /// The `command` executor that carries notices to people.
  package var notify: Name?
  package var limits: Limits
  package var fairness: Fairness

  package enum Trust: String, Hashable, Sendable, CaseIterable { case open, signed }

  package enum Durability: String, Hashable, Sendable, CaseIterable {
    /// What was reported survives a loss of power.
    case power
    /// What was reported survives the end of the process.
    case process
  }

  package struct Limits: Hashable, Sendable {
    package var concurrency: Int
    /// The same by key, such as `model:…` or `customer:…`.
    package var keys: [String: Int]
    package var tasksPerRun: Int
    /// How many runs may stand between a run and the brief that set it going.
    package var depth: Int
    package var runCost: Money
    package var dayCost: Money
    package var text: ByteCount
    package var binary: ByteCount

    package init(
      currency: Currency, concurrency: Int = 2, keys: [String: Int] = [:], tasksPerRun: Int = 500,
      depth: Int = 3,
      runCost: Money? = nil, dayCost: Money? = nil, text: ByteCount = ByteCount(256 << 10),
      binary: ByteCount = ByteCount(5 << 20)
    ) {
      self.concurrency = concurrency
      self.keys = keys
      self.tasksPerRun = tasksPerRun
      self.depth = depth
      self.runCost = runCost ?? Money(micros: 1_000_000, currency: currency)
      self.dayCost = dayCost ?? Money(micros: 5_000_000, currency: currency)
      self.text = text
      self.binary = binary
    }
  }

  package init(
    name: Name, timeZone: Zone = .utc, currency: Currency = .usd, trust: Trust = .open,
    isSolo: Bool = false, durability: Durability = .power, settle: Span = .seconds(20),
    notify: Name? = nil, limits: Limits? = nil, fairness: Fairness = Fairness()
  ) {
    self.name = name
    self.timeZone = timeZone
    self.currency = currency
    self.trust = trust
    self.isSolo = isSolo
    self.durability = durability
    self.settle = settle
    self.notify = notify
    self.limits = limits ?? Limits(currency: currency)
    self.fairness = fairness
  }
}

extension Settings {
  package static let schema = Schema.object(
    ObjectSchema([
      .schemaReference,
      .required("format", .integer(1...1), "the version of this format"),
      .required("name", .text(.name), "the project's name"),
      .optional(
        "timeZone", .text(.zone), or: "UTC", "where dates without an offset are local"),
      .optional("currency", .text(.currency), or: "USD", "the currency of every amount"),
      .optional(
        "trust", .choice(Trust.allCases.map(\.rawValue)), or: "open",
        "`open`: what lands on main is in force; `signed`: only what an admin signed"),
      .optional("solo", .flag, or: false, "whether the requester may approve"),
      .optional(
        "durability", .choice(Durability.allCases.map(\.rawValue)), or: "power",
        "what a reported result survives: a loss of power, or the end of the process"),
      .optional(
        "settle", .text(.span), or: "20s", "how long paid work waits after a commit"),
      .optional("notify", .text(.name), "the command executor that carries notices"),
      .optional("limits", limitsSchema, "upper bounds; each has a default"),
      .optional("fairness", fairnessSchema, "how starts are shared out among equals"),
    ]))

  private static let fairnessSchema = Schema.object(
    ObjectSchema([
      .optional(
        "by", .text(.variable), or: "pipeline",
        "`pipeline`, or the parameter whose values share, such as `customer`"),
      .optional(
        "weights", .map(keys: .line, of: .integer(1...1_000)),
        "how much more than 1 a value gets"),
    ]))

  private static let limitsSchema = Schema.object(
    ObjectSchema([
      .optional("concurrency", .integer(1...256), or: 2, "attempts at the same time"),
      .optional(
        "keys", .map(keys: .line, of: .integer(1...256)),
        "the same by key: `pipeline:…`, `executor:…`, `model:…`, `provider:…`, or one that tasks name"
      ),
      .optional("tasksPerRun", .integer(1...10_000), or: 500, "tasks of one run"),
      .optional("depth", .integer(0...16), or: 3, "runs that follow from a run"),
      .optional("runCost", .text(.money), or: "1.00 USD", "money for one run"),
      .optional("dayCost", .text(.money), or: "5.00 USD", "money for one day, UTC"),
      .optional("text", .text(.bytes), or: "256KiB", "size of a text output"),
      .optional("binary", .text(.bytes), or: "5MiB", "size of any other output"),
    ]))

  /// `nil` after an error was reported.
  package init?(_ node: Node, reading: inout FileReading) {
    guard let record = reading.record(node, Self.schema), let name = record.name("name") else {
      return nil
    }
    self.init(
      name: name, timeZone: record.text("timeZone").flatMap(Zone.init) ?? .utc,
      currency: record.text("currency").flatMap(Currency.init) ?? .usd,
      trust: record.choice("trust") ?? .open, isSolo: record.flag("solo") ?? false,
      durability: record.choice("durability") ?? .power,
      settle: record.span("settle") ?? .seconds(20), notify: record.name("notify"))
    if let given = record.record("fairness") {
      fairness = Fairness(
        by: given.text("by") ?? Fairness.pipeline, weights: given.counts("weights"))
    }
    if trust == .signed {
      reading.report(
        "`trust`: `signed` is not built yet", at: record.mark("trust"),
        hint: "use `open`; approvals are signed in both modes")
      return nil
    }
    guard let limits = record.record("limits") else { return }
    for field in ["runCost", "dayCost"] {
      guard let money = limits.money(field), money.currency != currency else { continue }
      reading.report(
        "`\(field)`: \(money.currency) is not the project's currency", at: limits.mark(field),
        hint: "`currency` is \(currency)")
      return nil
    }
    let standard = Limits(currency: currency)
    self.limits = Limits(
      currency: currency, concurrency: limits.integer("concurrency") ?? standard.concurrency,
      keys: limits.counts("keys"),
      tasksPerRun: limits.integer("tasksPerRun") ?? standard.tasksPerRun,
      depth: limits.integer("depth") ?? standard.depth, runCost: limits.money("runCost"),
      dayCost: limits.money("dayCost"), text: limits.bytes("text") ?? standard.text,
      binary: limits.bytes("binary") ?? standard.binary)
  }
}
