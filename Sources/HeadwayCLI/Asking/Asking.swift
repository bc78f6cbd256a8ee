internal import HeadwayCore
internal import HeadwayEngine

/// Hands verbs to whoever may write the ledger, and brings the answers back.
///
/// That is this very process where nobody else holds the lock; else the tick or daemon that does,
/// which looks for requests between two steps of its work.
struct Asking: Sendable {
  let site: Site
  let context: CommandContext
  let requests: Requests

  /// How long another process may take to answer.
  private static let patience = 30.0
  private static let pause = Duration.milliseconds(200)

  /// Refuses in a clone that only reads: verbs are typed at home.
  init(_ view: LedgerView, in context: CommandContext) async throws {
    site = view.site
    self.context = context
    requests = Requests(folder: site.folders.requests)
    guard site.settings.isHome else {
      let host = try await view.scheduler()
      throw Complaint.Carrier(
        Complaint(
          "this clone reads; \(host ?? "another clone") schedules",
          hint: "type the command there, in the clone that has headway.scheduler set"))
    }
  }

  /// One request: the verbs are carried out together, in one commit, or not at all.
  func carryOut(_ verbs: [Verb], reason: String) async throws -> Requests.Answer {
    let request = Requests.Request(
      id: Self.id(at: context.now()), verbs: verbs, by: try await context.typist(in: site),
      reason: reason)
    try requests.put(request)
    do {
      return try await answer(to: request)
    } catch {
      try requests.withdraw(request.id)
      throw error
    }
  }

  /// Sorts by time; the rest tells two people apart.
  private static func id(at now: Instant) -> String {
    let time = now.description.filter { $0.isNumber }
    let random = String(UInt32.random(in: .min ... .max), radix: 16)
    return "\(time)-\(random)"
  }

  private func answer(to request: Requests.Request) async throws -> Requests.Answer {
    let progress = ProgressLines(context, always: true)
    let clock = ContinuousClock()
    let limit = clock.now + .seconds(Self.patience)
    while true {
      let end = try await tick(progress)
      if let answer = try requests.takeAnswer(request.id) { return answer }
      guard end == .leftToAnother, clock.now < limit else { throw Self.unanswered() }
      progress.waiting()
      try await Task.sleep(for: Self.pause)
    }
  }

  private func tick(_ progress: ProgressLines) async throws -> Tick.End {
    let tick = Tick(
      site: site, options: Scheduler.Options(),
      surroundings: try context.surroundings(of: site) { event in
        // The answer says what came of the verb; a line that it was typed would come before it.
        if case .verb = event { return }
        progress.report(event)
      })
    return try await Interruptions.stopping { interruptions in
      try await tick.run(.leaves, whenReady: interruptions.stops)
    }
  }

  private static func unanswered() -> Complaint.Carrier {
    Complaint.Carrier(
      Complaint(
        "the tick that runs has not answered within 30 seconds; the request was taken back",
        hint: "`headway status` shows what it does; try again when it is done"))
  }
}
