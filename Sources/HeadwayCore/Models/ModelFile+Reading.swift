extension ModelFile {
  package static let schema = Schema.variants(
    VariantSchema(
      by: "provider", [("openai-chat", chatSchema), ("builtin", builtinSchema)],
      notBuilt: ["anthropic", "openai-responses", "gemini", "ollama"]))

  private static let builtinSchema = ObjectSchema([
    .schemaReference,
    .required("name", .choice([ModelName.extractive.text]), "the built-in model"),
    .required("provider", .choice(["builtin"]), "who serves it"),
  ])

  private static let chatSchema = ObjectSchema([
    .schemaReference,
    .required("name", .text(.modelName), "the name that executors use; also the file's name"),
    .required("provider", .choice(["openai-chat"]), "the wire format that its server speaks"),
    .required(
      "endpoint", .text(.address), "the base address; `/chat/completions` is appended"),
    .optional("model", .text(.line), "the id that the server knows; else the name"),
    .optional(
      "key",
      .object(
        ObjectSchema([
          .required("from", .text(.variable), "the variable or secret that holds the key"),
          .optional(
            "header", .text(.line), "the header that carries it; else `Authorization: Bearer …`"
          ),
        ])), "how requests prove who sends them; left out for a server that asks for nothing"),
    .required(
      "windows",
      .object(
        ObjectSchema([
          .required("input", .integer(1...100_000_000), "tokens that fit in"),
          .required("output", .integer(1...100_000_000), "tokens of one reply at most"),
        ])), "how much fits"),
    .optional(
      "capabilities",
      .object(
        ObjectSchema([
          .optional("sampling", .flag, or: false, "accepts `temperature`"),
          .optional("jsonSchema", .flag, or: false, "native structured output"),
          .optional("seed", .flag, or: false, "accepts `seed`"),
          .optional("logprobs", .flag, or: false, "reports probabilities"),
          .optional(
            "maxTokensField", .choice(["max_completion_tokens", "max_tokens"]),
            or: "max_completion_tokens", "the field that bounds the reply"),
        ])), "what may be sent; nothing is sent that is not named here"),
    .optional("free", .flag, or: false, "calls cost nothing; excludes `prices`"),
    .optional("prices", .list(of: priceSchema), "prices with the dates between which they hold"),
    .optional("asOf", .text(.localTime), "when somebody last compared this with the vendor"),
  ])

  private static let priceSchema = Schema.object(
    ObjectSchema([
      .required("from", .text(.localTime), "the first moment, UTC"),
      .optional("to", .text(.localTime), "the first moment after, UTC"),
      .required("currency", .text(.currency), "the currency of the amounts"),
      .required(
        "tiers",
        .list(
          of: .object(
            ObjectSchema([
              .optional(
                "above", .integer(0...100_000_000), or: 0, "input tokens above which it holds"),
              .required("input", .text(.decimal), "per million input tokens"),
              .required("output", .text(.decimal), "per million output tokens"),
              .optional("cacheRead", .text(.decimal), "per million cached; else as `input`"),
              .optional(
                "cacheWrite", .text(.decimal), "per million written to the cache; else as `input`"),
            ])), atLeast: 1), "amounts by size of the request; one starts at 0"),
      .optional("source", .text(.line), "where the amounts were read"),
    ]))

  /// `nil` after an error was reported.
  package init?(_ node: Node, reading: inout FileReading) {
    guard let record = reading.record(node, Self.schema),
      let name = record.text("name").flatMap(ModelName.init)
    else { return nil }
    if record.text("provider") == "builtin" {
      self.init(name: name, provider: .builtin)
      return
    }
    guard let windows = record.record("windows"), let input = windows.integer("input"),
      let output = windows.integer("output"), let endpoint = record.text("endpoint"),
      let prices = Self.prices(record, reading: &reading)
    else { return nil }
    let isFree = record.flag("free") ?? false
    if isFree == !prices.isEmpty {
      reading.report(
        isFree ? "`free` and `prices` exclude each other" : "the price of this model is unknown",
        at: isFree ? record.mark("prices") : node.mark,
        hint: isFree ? nil : "add `prices`, or `\"free\": true` for a server of your own")
      return nil
    }
    let chat = OpenAIChat(
      endpoint: endpoint, model: record.text("model") ?? name.text, key: Self.key(record),
      inputWindow: input, outputWindow: output, capabilities: Self.capabilities(record),
      logprobs: record.record("capabilities")?.flag("logprobs") ?? false, prices: prices,
      isFree: isFree)
    self.init(name: name, provider: .openAIChat(chat))
  }

  private static func key(_ record: Record) -> Key? {
    guard let key = record.record("key"), let from = key.text("from") else { return nil }
    return Key(from: from, header: key.text("header"))
  }

  private static func capabilities(_ record: Record) -> ChatEndpoint.Capabilities {
    let given = record.record("capabilities")
    return ChatEndpoint.Capabilities(
      temperature: given?.flag("sampling") ?? false, jsonSchema: given?.flag("jsonSchema") ?? false,
      seed: given?.flag("seed") ?? false,
      maximumTokensField: given?.text("maxTokensField") ?? "max_completion_tokens")
  }

  private static func prices(
    _ record: Record, reading: inout FileReading
  ) -> [PricePeriod]? {
    var periods: [PricePeriod] = []
    for entry in record.records("prices") {
      guard let currency = entry.text("currency").flatMap(Currency.init),
        let price = ModelPrice(currency: currency, tiers: entry.records("tiers").compactMap(tier))
      else {
        reading.report("`tiers`: none of them starts at 0", at: entry.mark("tiers"))
        return nil
      }
      guard let from = moment(entry.text("from")) else { return nil }
      let to = moment(entry.text("to"))
      if let to, to <= from {
        reading.report("`to` is not after `from`", at: entry.mark("to"))
        return nil
      }
      if let clash = periods.first(where: { period in
        from < (period.to ?? .distant) && period.from < (to ?? .distant)
      }) {
        reading.report(
          "these prices overlap those from \(clash.from)", at: entry.mark("from"),
          hint: "end the earlier ones with `to`")
        return nil
      }
      periods.append(
        PricePeriod(from: from, to: to, price: price, source: entry.text("source")))
    }
    return periods
  }

  /// A bare date in a price list is its first moment.
  private static func moment(_ text: String?) -> Instant? {
    guard let text else { return nil }
    if text.utf8.count == 10 { return Instant(iso: text + "T00:00:00Z") }
    return LocalTime(text)?.instant(in: .utc)
  }

  private static func tier(_ record: Record) -> ModelPrice.Tier? {
    func micros(_ field: String) -> Int64? { record.text(field).flatMap { Money.micros($0[...]) } }
    guard let input = micros("input"), let output = micros("output") else { return nil }
    return ModelPrice.Tier(
      above: Int64(record.integer("above") ?? 0), input: input,
      cacheRead: micros("cacheRead") ?? input, cacheWrite: micros("cacheWrite") ?? input,
      output: output)
  }
}

extension Instant {
  fileprivate static let distant = Instant(milliseconds: .max)
}
