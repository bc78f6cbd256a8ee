internal import HeadwayCore

extension AttemptPlan {
  /// The order of an attempt turned into the question whether its effect has happened.
  ///
  /// It goes by the number of that attempt, since a person may start the next one meanwhile. It has
  /// the same inputs, and may deliver what the attempt should have delivered; `nil` for an
  /// executor that is no program.
  func asking(_ words: [String], about doubt: Doubt, isSameWork: Bool) -> AttemptPlan? {
    guard case .command(let setup) = order.executor else { return nil }
    var environment = setup.environment
    for (name, value) in [
      ("HEADWAY_ONCE", task.specification.once ?? ""), ("HEADWAY_SINCE", "\(doubt.since)"),
    ] { environment[name] = SecretText(value, isSecret: false) }
    let program = CommandSetup(
      name: setup.name, arguments: words, programs: setup.programs, environment: environment,
      sandbox: setup.sandbox)
    var limits = order.limits
    limits.wall = min(limits.wall, Self.patience)
    limits.output += Self.answerSize
    var plan = self
    plan.order = WorkOrder(
      attempt: doubt.attempt, key: doubt.key, intent: order.intent, brief: order.brief,
      title: order.title, parameters: order.parameters, inputs: order.inputs,
      recalled: order.recalled,
      outputs: [.init(name: EffectAnswer.file, schema: nil)]
        + order.outputs.map { .init(name: $0.name, schema: $0.schema, isOptional: true) },
      deadline: order.deadline, limits: limits, executor: .command(program))
    plan.reconciles = doubt.attempt.number
    // What it worked on otherwise is not what stands now.
    if !isSameWork { plan.parts = WorkParts() }
    return plan
  }

  /// Looking takes a moment, or whoever was to be looked at does not answer.
  private static let patience = Span.minutes(2)
  private static let answerSize = 64 << 10
}

extension AttemptRunner {
  /// Asks once; `nil` when it was stopped before there was an answer.
  func ask(_ plan: AttemptPlan, about doubt: Doubt) async -> Finding? {
    let started = max(timekeeper.now(), plan.dispatch.at)
    let mark = RunningMark(
      folder: runningFolder, attempt: plan.order.attempt, checkpoint: checkpoint)
    let outcome = await adapters.adapter(for: plan.order.executor)
      .execute(plan.order, observer: mark)
    if Task.isCancelled { return nil }
    return finding(
      plan, outcome, about: doubt, started: started, finished: max(timekeeper.now(), started))
  }

  private func finding(
    _ plan: AttemptPlan, _ outcome: Outcome, about doubt: Doubt, started: Instant,
    finished: Instant
  ) -> Finding {
    var result: Settlement?
    var inquiry: Inquiry
    do throws(GivenAnswer.Fault) {
      let (given, delivered) = try answer(outcome, about: doubt)
      if given.answer == .done {
        let settled = settle(
          plan, Outcome(.success(delivered), report: outcome.report), started: started,
          finished: finished)
        if let failure = settled.attempt.failure {
          throw GivenAnswer.Fault("it says done, but \(failure.message)")
        }
        result = settled
      }
      inquiry = .init(
        attempt: doubt.attempt.number, answer: given.answer,
        message: redacted(given.message, plan), at: finished)
    } catch {
      inquiry = .init(
        attempt: doubt.attempt.number, answer: nil,
        message: redacted(error.description.oneLine(500), plan), at: finished)
    }
    return Finding(
      doubt: doubt, executor: plan.task.specification.executor, inquiry: inquiry, result: result,
      cause: plan.cause, runner: runner)
  }

  private func answer(
    _ outcome: Outcome, about doubt: Doubt
  ) throws(GivenAnswer.Fault) -> (GivenAnswer, delivered: [String: [UInt8]]) {
    switch outcome.result {
    case .failure(let failure):
      throw GivenAnswer.Fault("\(failure.kind.rawValue): \(failure.message)")
    case .success(var outputs):
      guard let bytes = outputs.removeValue(forKey: EffectAnswer.file) else {
        throw GivenAnswer.Fault("there is no \(EffectAnswer.file)")
      }
      let given = try GivenAnswer(bytes, about: doubt.key)
      if given.answer != .done, let name = outputs.keys.min() {
        throw GivenAnswer.Fault(
          "it says \(given.answer.rawValue), and delivers \(name)")
      }
      return (given, outputs)
    }
  }

  private func redacted(_ message: String, _ plan: AttemptPlan) -> String {
    let scanner = SecretScanner(knownSecrets(plan))
    return String(
      decoding: scanner.redacted(Array(message.utf8), key: redactionKey.bytes), as: UTF8.self)
  }
}
