extension ExecutorFile {
  package static let schema = Schema.variants(
    VariantSchema(
      by: "kind",
      [("command", commandSchema), ("model", modelSchema), ("person", personSchema)],
      notBuilt: ["http", "agent", "batch", "replay"]))

  private static func common(_ kind: String) -> [FieldSchema] {
    [
      .schemaReference,
      .required("name", .text(.name), "the name that tasks use; also the file's name"),
      .required("kind", .choice([kind]), "what kind of executor this is"),
    ]
  }

  private static let effect = FieldSchema.optional(
    "effect", .choice(Effect.allCases.map(\.rawValue)), or: "none",
    "what repeating would do: nothing, the same thing, or something else again")

  private static let concurrency = FieldSchema.optional(
    "concurrency", .integer(1...256), "attempts at the same time")

  private static let rate = FieldSchema.optional(
    "rate",
    .object(
      ObjectSchema([
        .required("count", .integer(1...1_000_000), "starts"),
        .required("per", .text(.span), "in this time"),
        .optional("burst", .integer(1...10_000), or: 1, "starts that may come at once"),
      ])), "starts in a length of time")

  private static let commandSchema = ObjectSchema(
    common("command") + [
      effect, concurrency, rate,
      .required(
        "run", .list(of: .text(.free), atLeast: 1),
        "program and arguments; no shell, no templates"),
      .optional(
        "reconcile", .list(of: .text(.free), atLeast: 1),
        "like `run`: looks whether an effect of unknown fate happened"),
      .optional(
        "environment",
        .map(
          keys: .variable,
          of: .either([
            .text(.free),
            .object(
              ObjectSchema([
                .required("from", .text(.variable), "a variable or secret where Headway runs"),
                .optional("secret", .flag, or: false, "whether it must never be shown or kept"),
              ])),
          ])), "variables that the program sees besides Headway's own"),
      .optional(
        "limits",
        .object(
          ObjectSchema([
            .optional("wall", .text(.span), "time of one attempt"),
            .optional("output", .text(.bytes), "bytes of all outputs together"),
            .optional("memory", .text(.bytes), "address space"),
            .optional("cpu", .text(.span), "processor time"),
          ])), "bounds of one attempt"),
      .optional(
        "sandbox", .choice(["none", "bwrap"]), or: "none", "how the program is locked in"),
    ])

  private static let modelSchema = ObjectSchema(
    common("model") + [
      .optional(
        "effect", .choice(["none"]), or: "none", "models have no effect besides their outputs"),
      concurrency, rate,
      .required(
        "models", .list(of: .text(.modelName), atLeast: 1), "models in order of preference"),
      .optional("system", .text(.path), "the file that stands above every prompt"),
      .optional("output", .integer(1...1_000_000), or: 2_000, "tokens of one reply at most"),
    ])

  private static let personSchema = ObjectSchema(
    common("person") + [
      .required("role", .text(.role), "the role of those who may answer")
    ])

  /// `nil` after an error was reported.
  package init?(_ node: Node, reading: inout FileReading) {
    guard let record = reading.record(node, Self.schema), let name = record.name("name"),
      let kind = Self.kind(record, reading: &reading)
    else { return nil }
    self.init(
      name: name, effect: record.choice("effect") ?? .none,
      concurrency: record.integer("concurrency"), rate: Self.rate(record, reading: &reading),
      kind: kind)
  }

  private static func rate(_ record: Record, reading: inout FileReading) -> Rate? {
    guard let given = record.record("rate"), let count = given.integer("count"),
      let per = given.span("per")
    else { return nil }
    if per == .zero { reading.report("`per`: no time at all", at: given.mark("per")) }
    return Rate(count: count, per: per, burst: given.integer("burst") ?? 1)
  }

  private static func kind(_ record: Record, reading: inout FileReading) -> Kind? {
    switch record.text("kind") {
    case "command": return command(record, reading: &reading).map(Kind.command)
    case "model":
      return .model(
        ModelExecutor(
          models: record.texts("models").compactMap(ModelName.init),
          system: record.path("system"), output: record.integer("output") ?? 2_000))
    default: return record.name("role").map(Kind.person(role:))
    }
  }

  private static func command(
    _ record: Record, reading: inout FileReading
  ) -> CommandExecutor? {
    let effect: Effect = record.choice("effect") ?? .none
    guard let run = words("run", record, reading: &reading) else { return nil }
    var reconcile: [String]?
    if record["reconcile"] != nil {
      guard let words = words("reconcile", record, reading: &reading) else { return nil }
      reconcile = words
      if effect != .external {
        reading.report(
          "`reconcile` belongs to an external effect", at: record.mark("reconcile"),
          hint: "what can be repeated needs nobody to look")
      }
    }
    let limits = record.record("limits")
    return CommandExecutor(
      run: run, environment: environment(record),
      limits: CommandExecutor.Limits(
        wall: limits?.span("wall"), output: limits?.bytes("output"),
        memory: limits?.bytes("memory"), cpu: limits?.span("cpu")),
      sandbox: record.choice("sandbox") ?? .none, reconcile: reconcile)
  }

  /// A command line as it is written: never rendered, never passed through a shell.
  private static func words(
    _ field: String, _ record: Record, reading: inout FileReading
  ) -> [String]? {
    let words = record.texts(field)
    var isSound = true
    for (word, node) in zip(words, record[field]?.elements ?? []) {
      guard word.unicodeScalars.contains("\0") || (word == words.first && word.isEmpty) else {
        continue
      }
      reading.report("`\(field)`: not a word that a program can be given", at: node.mark)
      isSound = false
    }
    if let first = record[field]?.elements?.first, words.first?.contains("{{") == true {
      reading.report(
        "`\(field)` is never rendered", at: first.mark,
        hint: "the program reads its parameters from the work order on its standard input")
      isSound = false
    }
    return isSound ? words : nil
  }

  private static func environment(
    _ record: Record
  ) -> [String: CommandExecutor.EnvironmentValue] {
    var values: [String: CommandExecutor.EnvironmentValue] = [:]
    for entry in record.entries("environment") {
      if let text = entry.value.text {
        values[entry.key] = .literal(text)
      } else {
        let source = Record(entry.value)
        guard let from = source.text("from") else { continue }
        values[entry.key] = .from(from, isSecret: source.flag("secret") ?? false)
      }
    }
    return values
  }
}
