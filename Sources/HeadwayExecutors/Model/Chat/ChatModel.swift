internal import HeadwayCore
internal import NIOHTTP1

/// A model behind an OpenAI-compatible server.
struct ChatModel: Sendable {
  let endpoint: ChatEndpoint
  let now: @Sendable () -> Instant

  func complete(_ order: WorkOrder, setup: ModelSetup) async -> Outcome {
    var conversation = Conversation(endpoint: endpoint, order: order, setup: setup, now: now)
    let result: Result<[String: [UInt8]], Failure>
    do throws(Failure) { result = .success(try await conversation.run()) } catch {
      result = .failure(
        Failure(
          error.kind, conversation.redaction.apply(error.message), retryAfter: error.retryAfter))
    }
    return Outcome(result, report: conversation.finalReport)
  }
}

/// One attempt with one model: a call, and at most one more to mend what is not valid.
struct Conversation: Sendable {
  let endpoint: ChatEndpoint
  let order: WorkOrder
  let setup: ModelSetup
  let now: @Sendable () -> Instant
  let redaction: Redaction
  private var report: Outcome.Report
  private var calls = 0
  private var log: [UInt8] = []

  private static let logLimit = 64 << 10

  init(
    endpoint: ChatEndpoint, order: WorkOrder, setup: ModelSetup,
    now: @escaping @Sendable () -> Instant
  ) {
    self.endpoint = endpoint
    self.order = order
    self.setup = setup
    self.now = now
    redaction = Redaction([endpoint.key].compactMap { $0 })
    let currency = endpoint.price?.currency ?? .usd
    report = Outcome.Report(model: endpoint.id, cost: .zero(currency), isolation: "remote")
  }

  var finalReport: Outcome.Report {
    var final = report
    final.log = log.isEmpty ? nil : Array(redaction.apply(log).prefix(Self.logLimit))
    return final
  }

  mutating func run() async throws(Failure) -> [String: [UInt8]] {
    guard let form = ReplyForm(order.outputs) else {
      throw Failure(.invalidRequest, "a model's task needs at least one output")
    }
    let prompt = Prompt(order, setup: setup, form: form)
    report.rendered = redaction.apply(prompt.rendered)
    var messages: [ChatRequest.Message] = [
      .init(role: "system", content: prompt.system), .init(role: "user", content: prompt.user),
    ]
    let reply = try await ask(messages, form)
    let fault: ReplyForm.Fault
    switch form.reading(reply) {
    case .success(let outputs): return try bounded(outputs)
    case .failure(let found): fault = found
    }
    messages += [
      .init(role: "assistant", content: reply),
      .init(
        role: "user",
        content: "This reply cannot be used: \(fault.findings). Reply again, complete and valid."),
    ]
    switch form.reading(try await ask(messages, form)) {
    case .success(let outputs): return try bounded(outputs)
    case .failure(let found):
      throw Failure(
        .badOutput, "not valid, and not after one repair either: \(found.findings.oneLine())")
    }
  }

  private func bounded(_ outputs: [String: [UInt8]]) throws(Failure) -> [String: [UInt8]] {
    let size = outputs.values.reduce(0) { $0 + $1.count }
    guard size <= order.limits.output else {
      throw Failure(
        .badOutput, "the outputs are larger than \(order.limits.output) bytes: they have \(size)")
    }
    return outputs
  }

  private mutating func ask(
    _ messages: [ChatRequest.Message], _ form: ReplyForm
  ) async throws(Failure) -> String {
    let schema = form.portableSchema
    let output =
      setup.maximumOutput > 0
      ? min(setup.maximumOutput, endpoint.outputWindow) : endpoint.outputWindow
    try requireRoom(messages, schema, output: output)
    let left = min(order.limits.wall, order.deadline - now())
    guard left > .zero else { throw Failure(.timeout, "no time was left to ask \(endpoint.id)") }
    calls += 1
    let identity = "\(order.key).\(order.attempt.number).\(calls)"
    let request = ChatRequest(
      endpoint, messages: messages, maximumOutput: output, schema: schema,
      seed: Int64(Digest(parts: [identity]).fraction * 2_147_483_647))
    let answer: ChatConnection.Answer
    do throws(ChatConnection.Loss) {
      answer = try await ChatConnection(endpoint: endpoint).post(
        request.body.compact, idempotencyKey: identity, within: left)
    } catch {
      if error.mayHaveCost, endpoint.price != nil { report.cost = nil }
      throw error.failure
    }
    return try read(answer)
  }

  /// Refuses, before anything is spent, what cannot fit.
  private func requireRoom(
    _ messages: [ChatRequest.Message], _ schema: JSONValue?, output: Int
  ) throws(Failure) {
    let bytes = messages.reduce(schema?.compact.count ?? 0) { $0 + $1.content.utf8.count + 16 }
    let tokens = ChatEndpoint.tokens(ofBytes: bytes)
    let room = Int64(endpoint.inputWindow) - Int64(output)
    guard tokens <= room else {
      throw Failure(
        .invalidRequest,
        "the prompt has about \(tokens) tokens; \(endpoint.id) has room for \(max(0, room)) of "
          + "\(endpoint.inputWindow) beside a reply of \(output)")
    }
  }

  private mutating func read(_ answer: ChatConnection.Answer) throws(Failure) -> String {
    keep(answer)
    report.status = answer.status
    guard answer.status == 200 else {
      let hint = RetryHint(now: now()) { answer.headers.first(name: $0) }
      throw ChatError(status: answer.status, body: answer.body).failure(of: endpoint.id, hint: hint)
    }
    let reply: ChatReply
    do throws(Failure) { reply = try ChatReply(answer.body) } catch {
      count(nil)
      throw error
    }
    report.servedModel = reply.model?.oneLine(128)
    count(reply.usage)
    return try reply.text()
  }

  /// Adds what a call used, or forgets the sum when it says nothing of it.
  private mutating func count(_ used: ChatUsage?) {
    guard let used else {
      if endpoint.price != nil { report.cost = nil }
      return
    }
    report.usage = (report.usage ?? Usage()) + used.usage
    if let price = endpoint.price {
      report.cost = ModelAdapter.sum(report.cost, price.cost(of: used.usage))
    }
    if used.isInconsistent { log += Array("usage: the counts do not add up\n".utf8) }
  }

  private mutating func keep(_ answer: ChatConnection.Answer) {
    log += Array("status: \(answer.status)\n".utf8)
    for name in ["x-request-id", "retry-after"] {
      if let value = answer.headers.first(name: name) {
        log += Array("\(name): \(value.oneLine(200))\n".utf8)
      }
    }
    log += answer.body.prefix(Self.logLimit) + [0x0A]
  }
}
