import HeadwayCore
import Testing

@Suite struct OverlapTests {
  static let anchor = CommitID(unchecked: String(repeating: "a", count: 40))
  static let noon = Instant(milliseconds: 1_795_608_000_000)

  private func instants(_ count: Int64, isCatchUp: Bool = false) throws
    -> [IntakeRecord.WaitingInstant]
  {
    let name = try #require(Name("s"))
    return (0..<count).map { hour in
      .init(
        schedule: name, nominal: Self.noon + .hours(hour), due: Self.noon + .hours(hour),
        commit: Self.anchor, isCatchUp: isCatchUp)
    }
  }

  @Test(arguments: Schedule.Overlap.allCases, [false, true])
  func everyInstantHasOneFate(_ rule: Schedule.Overlap, _ isActive: Bool) throws {
    for isCatchUp in [false, true] {
      for count in 0...4 {
        let due = try instants(Int64(count), isCatchUp: isCatchUp)
        let verdict = OverlapVerdict(due, rule: rule, isActive: isActive)
        let all = verdict.starts + verdict.waits + verdict.skips
        #expect(all.sorted { $0.nominal < $1.nominal } == due)
        #expect(rule == .allow || verdict.starts.count <= 1)
      }
    }
  }

  @Test func rulesSayWhatBecomesOfLaterInstants() throws {
    let due = try instants(3)
    func verdict(_ rule: Schedule.Overlap, isActive: Bool) -> [[Instant]] {
      let verdict = OverlapVerdict(due, rule: rule, isActive: isActive)
      return [verdict.starts, verdict.waits, verdict.skips].map { $0.map(\.nominal) }
    }
    let (one, two, three) = (due[0].nominal, due[1].nominal, due[2].nominal)
    #expect(verdict(.skip, isActive: true) == [[], [], [one, two, three]])
    #expect(verdict(.skip, isActive: false) == [[one], [], [two, three]])
    #expect(verdict(.queue, isActive: true) == [[], [one], [two, three]])
    #expect(verdict(.queue, isActive: false) == [[one], [two], [three]])
    #expect(verdict(.coalesce, isActive: true) == [[], [three], [one, two]])
    #expect(verdict(.coalesce, isActive: false) == [[three], [], [one, two]])
    #expect(verdict(.cancel, isActive: true) == [[three], [], [one, two]])
    #expect(verdict(.allow, isActive: true) == [[one, two, three], [], []])
    #expect(OverlapVerdict(due, rule: .cancel, isActive: true).cancels)
    #expect(!OverlapVerdict(due, rule: .cancel, isActive: false).cancels)
  }

  @Test func whatIsMadeUpForNeverGivesWay() throws {
    let due = try instants(3, isCatchUp: true)
    let verdict = OverlapVerdict(due, rule: .skip, isActive: false)
    #expect(verdict.starts == [due[0]] && verdict.waits == Array(due[1...]))
  }

  @Test func missedInstantsAreCaughtUpWithAsTheScheduleSays() throws {
    func caughtUp(_ missed: Schedule.CatchUp, hours: Int64, late: Span) throws -> [Instant] {
      let schedule = Schedule(
        name: try #require(Name("s")), rhythm: .every(.hours(1)), zone: .utc, missed: missed)
      let found = (0..<hours).map {
        Schedule.Occurrence(
          schedule: schedule, nominal: Self.noon + .hours($0), commit: Self.anchor)
      }
      let now = Self.noon + .hours(hours - 1) + late
      return Schedule.caughtUp(found, anchor: Self.anchor, at: now).map(\.nominal)
    }
    let last = Self.noon + .hours(2)
    #expect(try caughtUp(.latest, hours: 3, late: .hours(5)) == [last])
    #expect(try caughtUp(.all, hours: 3, late: .hours(5)).count == 3)
    #expect(try caughtUp(.all, hours: 90, late: .zero).count == Schedule.catchUpLimit)
    #expect(try caughtUp(.none, hours: 3, late: .hours(5)) == [])
    #expect(try caughtUp(.none, hours: 3, late: .minutes(2)) == [last])
  }
}
