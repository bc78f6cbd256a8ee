extension Rules {
  /// What `project` says, with prices as they are at `time`; `nil` without settings.
  package init?(_ project: Project, at time: Instant) {
    guard let settings = project.settings else { return nil }
    var executors: [Name: ExecutorRule] = [:]
    for (name, file) in project.executors {
      executors[name] = ExecutorRule(
        isPerson: file.isPerson, effect: file.effect, concurrency: file.concurrency,
        cost: Self.cost(of: file, in: project, at: time), rate: file.rate,
        routes: Self.routes(of: file, in: project))
    }
    var pipelines: [Name: PipelineRule] = [:]
    for (name, pipeline) in project.pipelines {
      let limits = pipeline.limits
      guard limits.runCost != nil || limits.dayCost != nil else { continue }
      pipelines[name] = PipelineRule(runCost: limits.runCost, dayCost: limits.dayCost)
    }
    self.init(
      currency: settings.currency, concurrency: settings.limits.concurrency,
      runCost: settings.limits.runCost, dayCost: settings.limits.dayCost, settle: settings.settle,
      executors: executors, keys: settings.limits.keys, fairness: settings.fairness,
      pipelines: pipelines)
  }

  private static func routes(of file: ExecutorFile, in project: Project) -> [Route] {
    switch file.kind {
    case .person: []
    case .command(let command): [Route(keys: command.variables)]
    case .model(let executor):
      executor.models.map { name in
        guard case .openAIChat(let chat)? = project.models[name]?.provider else {
          return Route(model: name)
        }
        let reply =
          executor.output > 0 ? min(executor.output, chat.outputWindow) : chat.outputWindow
        return Route(
          model: name, keys: Set([chat.key?.from].compactMap { $0 }),
          room: max(0, Int64(chat.inputWindow) - Int64(reply)))
      }
    }
  }

  /// The most that one attempt may cost: the dearest model of the chain with a full window and
  /// a full reply, since any of them may serve.
  private static func cost(of file: ExecutorFile, in project: Project, at time: Instant) -> Cost {
    guard case .model(let executor) = file.kind else { return .free }
    var worst: Money?
    for name in executor.models where name != .extractive {
      guard let model = project.models[name], case .openAIChat(let chat) = model.provider else {
        return .unknown
      }
      switch model.price(at: time) {
      case .free: continue
      case .unknown: return .unknown
      case .priced(let price):
        let usage = Usage(
          uncachedInput: Int64(chat.inputWindow),
          output: Int64(min(executor.output, chat.outputWindow)))
        let cost = price.cost(of: usage)
        worst = worst.map { $0.micros < cost.micros ? cost : $0 } ?? cost
      }
    }
    return worst.map(Cost.upTo) ?? .free
  }
}
