import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// A forecast of a real ledger, and what then happens in real ticks under a clock that only the
/// work turns.
@Suite(.timeLimit(.minutes(10))) struct ForecastTests {
  private static let settings = Project.settings.replacing(
    #""concurrency": 2"#, with: #""concurrency": 1"#)

  private static func length(of task: String) -> Span {
    switch task {
    case "draft": .minutes(12)
    case "edit": .minutes(4)
    case "gather": .minutes(2)
    default: .minutes(1)
    }
  }

  private func shop() async throws -> Workshop {
    let shop = try await Workshop(adding: ["headway.json": Self.settings])
    for executor in ["writer", "editor", "publish"] {
      shop.staff.script(executor) { order in
        shop.clock.advance(by: Self.length(of: order.attempt.task.task.text))
        return shop.staff.usual(order)
      }
    }
    return shop
  }

  /// A tick that takes in what was committed and starts nothing.
  private func observe(_ shop: Workshop) async throws {
    let tick = Tick(
      site: try await Site.find(from: shop.repository.path),
      options: .init(patience: .zero, skipsSettling: true, dispatchUntil: shop.clock.now),
      surroundings: try shop.surroundings())
    _ = try await tick.run(.waits)
  }

  private func view(_ shop: Workshop) async throws -> LedgerView {
    try await LedgerView.open(.find(from: shop.repository.path))
  }

  @Test func aPipelineGoesAsItWasForetold() async throws {
    let shop = try await shop()
    // The first runs teach the ledger how long everything takes.
    try await shop.submit("old", Project.brief("article", "Old"))
    try await shop.submit("older", Project.brief("note", "Older"))
    shop.clock.advance(by: .minutes(30))
    try await shop.merge(try await shop.proposal("old/approve"))
    try await shop.tick()
    #expect(try await shop.state(of: "old/publish") == "succeeded")

    shop.clock.advance(by: .hours(1))
    try await shop.repository.commit(
      "Briefs",
      [
        "briefs/new.md": Project.brief("article", "New"),
        "briefs/aside.md": Project.brief("note", "Aside"),
      ])
    try await observe(shop)
    let view = try await view(shop)
    let forecasts = try #require(
      try await view.forecasts(at: shop.clock.now, signing: .minutes(45)))
    let forecast = try #require(forecasts[.usual])
    #expect(try await self.view(shop).tip == view.tip)
    #expect(forecast.tasks.count == 6 && forecast.isComplete)
    #expect(forecast.tasks.allSatisfy { $0.finish != nil })

    try await shop.tick()
    let asked = try #require(try await shop.task("new/approve").proposal).proposed
    shop.clock.advance(by: asked + .minutes(45) - shop.clock.now)
    try await shop.merge(try await shop.proposal("new/approve"))
    try await shop.tick()

    var real: [TaskID: (begun: Instant, ended: Instant)] = [:]
    for slug in ["new", "aside"] {
      for task in try await shop.run(slug).tasksInOrder {
        let attempt = try #require(try await self.view(shop).attempts(of: task).last)
        real[task.record.id] = (attempt.started, attempt.finished)
      }
    }
    func order(_ begins: (TaskID) -> Instant?) -> [String] {
      real.keys.sorted { (begins($0) ?? .max, $0) < (begins($1) ?? .max, $1) }
        .map(\.task.text)
    }
    let foretold = Dictionary(uniqueKeysWithValues: forecast.tasks.map { ($0.id, $0) })
    #expect(order { foretold[$0]?.begins } == order { real[$0]?.begun })
    for (id, course) in real {
      #expect(foretold[id]?.begins == course.begun, "\(id)")
      #expect(foretold[id]?.finish == course.ended, "\(id)")
    }
  }
}

extension Instant {
  fileprivate static let max = Instant(milliseconds: .max)
}
