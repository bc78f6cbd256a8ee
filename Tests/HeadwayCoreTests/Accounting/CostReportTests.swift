import HeadwayCore
import Testing

@Suite struct CostReportTests {
  private static func line(
    _ run: String, task: String = "article/draft", model: String? = "acme/large",
    person: String = "dana", day: String = "2026-11-23", _ cost: Money?
  ) throws -> CostLine {
    CostLine(
      run: try #require(RunID(run)), pipeline: "article", task: task, executor: "writer",
      model: model, person: person, basis: .signature, day: day, cost: cost)
  }

  private static func usd(_ micros: Int64) -> Money { Money(micros: micros, currency: .usd) }

  @Test func sumsByAnyCombinationDearestFirst() throws {
    let lines = [
      try Self.line("a-000001", Self.usd(100)), try Self.line("a-000001", Self.usd(50)),
      try Self.line("b-000002", model: nil, Self.usd(0)),
      try Self.line("b-000002", person: "erin", Self.usd(900)),
    ]
    let report = CostReport(lines, by: [.person, .model])
    #expect(
      report.rows.map(\.names) == [["erin", "acme/large"], ["dana", "acme/large"], ["dana", ""]])
    #expect(report.rows.map { $0.cost?.micros } == [900, 150, 0])
    #expect(report.totals.map { $0.cost?.micros } == [1_050])
    #expect(report.totals.map(\.attempts) == [4])
  }

  @Test func unknownCostIsNeverZeroAndNeverInASum() throws {
    let lines = [try Self.line("a-000001", nil), try Self.line("a-000001", Self.usd(5))]
    let report = CostReport(lines, by: [.pipeline])
    #expect(report.rows.map { $0.cost?.micros } == [5, nil])
    #expect(report.rows.map(\.unknown) == [0, 1])
  }

  @Test func currenciesNeverMix() throws {
    let euro = try #require(Currency("EUR"))
    let lines = [
      try Self.line("a-000001", Self.usd(5)),
      try Self.line("a-000001", Money(micros: 7, currency: euro)),
    ]
    let report = CostReport(lines, by: [.pipeline])
    #expect(report.rows.map { $0.cost?.currency.code } == ["EUR", "USD"])
    #expect(report.totals.count == 2)
  }

  @Test func daysStandInTheirOrder() throws {
    let lines = [
      try Self.line("a-000001", day: "2026-11-24", Self.usd(9)),
      try Self.line("a-000001", day: "2026-11-23", Self.usd(1)),
    ]
    #expect(
      CostReport(lines, by: [.day]).rows.map(\.names) == [["2026-11-23"], ["2026-11-24"]])
  }
}
