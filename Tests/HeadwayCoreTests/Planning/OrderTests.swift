import HeadwayCore
import HeadwayTestSupport
import Testing

/// Bands, shares, inherited deadlines, and the one in sixteen that goes by age.
@Suite struct OrderTests {
  static func entry(
    _ band: Band = .normal, _ key: String = "a", deadline: Int64 = .max, path: Int64 = 0
  ) -> DispatchOrder.Entry {
    .init(band: band, key: key, deadline: Instant(milliseconds: deadline), path: path)
  }

  static func all(_ order: DispatchOrder) -> [Int] {
    var (order, places) = (order, [Int]())
    while let place = order.next() { places.append(place) }
    return places
  }

  @Test func goesByBandThenDeadlineThenPathThenAge() {
    let order = DispatchOrder(
      [
        Self.entry(.low, deadline: 1), Self.entry(), Self.entry(path: 5), Self.entry(deadline: 9),
        Self.entry(.urgent), Self.entry(), Self.entry(.high),
      ], dispatches: Dispatches())
    #expect(Self.all(order) == [4, 6, 3, 2, 1, 5, 0])
  }

  @Test(arguments: 0..<20)
  func theOrderDoesNotDependOnTheOrderOfAsking(_ seed: Int) {
    var random = SeededGenerator(seed: seed)
    let entries = (0..<60).map { place in
      Self.entry(
        random.pick(Array(Band.allCases)), random.pick(["a", "b", "c"]),
        deadline: Int64(random.below(8)), path: Int64(place))
    }
    let sorted = DispatchOrder(entries, dispatches: Dispatches())
    let shuffled = entries.shuffled(using: &random)
    let other = DispatchOrder(shuffled, dispatches: Dispatches())
    let (one, two) = (Self.all(sorted), Self.all(other))
    #expect(one.map { entries[$0].path } == two.map { shuffled[$0].path })
    #expect(Set(one).count == entries.count, "everyone has exactly one turn")
  }

  /// Urgent work without end, and one low task that is older than all of it.
  @Test func theOldestHasItsTurnWithinSixteenStarts() {
    var (dispatches, passed) = (Dispatches(), 0)
    for _ in 0..<100 {
      var order = DispatchOrder(
        [Self.entry(.low)] + (0..<40).map { _ in Self.entry(.urgent, "b") },
        dispatches: dispatches)
      guard let place = order.next(), place != 0 else { break }
      dispatches.fold(Self.starting(order.start(place, charge: 1)))
      passed += 1
    }
    #expect(passed == DispatchOrder.oldestEvery - 1)
    #expect(dispatches.last == Turn(number: 15, passed: 15))
  }

  @Test(arguments: 0..<20)
  func ofSixteenStartsInARowOneIsTheOldest(_ seed: Int) {
    var random = SeededGenerator(seed: seed)
    var (dispatches, waiting) = (Dispatches(), [DispatchOrder.Entry]())
    var passed = 0
    for _ in 0..<400 {
      for _ in 0..<random.below(3) {
        waiting.append(Self.entry(random.pick(Array(Band.allCases)), random.pick(["a", "b"])))
      }
      var order = DispatchOrder(waiting, dispatches: dispatches)
      guard let place = order.next() else { continue }
      dispatches.fold(Self.starting(order.start(place, charge: 1)))
      waiting.remove(at: place)
      passed = place == 0 ? 0 : passed + 1
      #expect(passed < DispatchOrder.oldestEvery, "seed \(seed)")
    }
  }

  @Test func anOldestThatIsBlockedLeavesItsTurnToTheNext() {
    var dispatches = Dispatches()
    dispatches.fold(
      Self.starting(
        (
          Turn(number: 40, passed: 15),
          FairShares().claim(of: "x", in: .high, charge: 1, weight: 1)
        )))
    var order = DispatchOrder(
      [Self.entry(.low), Self.entry(.normal), Self.entry(.urgent)], dispatches: dispatches)
    #expect(order.next() == 0)
    #expect(order.next() == 1, "still the oldest: nobody has started")
    #expect(order.start(1, charge: 1).turn == Turn(number: 41, passed: 0))
    #expect(order.next() == 2)
    #expect(order.next() == nil)
  }

  static func starting(_ taken: (turn: Turn, share: ShareClaim)) -> DecisionRecord {
    let task = TaskID("launch-000001/a")
    return DecisionRecord(
      planner: 1, main: Stage.commit("m"), ledger: Stage.commit("l"),
      moment: Moment(
        time: Instant(milliseconds: 0), slots: 1, executors: [:], runners: [],
        skipsSettling: false),
      decisions: task.map {
        [
          Decision(
            task: $0, verdict: .start(attempt: 1, reserved: nil), reasons: [],
            claims: Claims(turn: taken.turn, share: taken.share, within: .zero))
        ]
      } ?? [])
  }

  // MARK: Shares

  @Test(arguments: 0..<10)
  func sharesFollowTheWeights(_ seed: Int) {
    var random = SeededGenerator(seed: seed)
    let weights = ["a": 1, "b": 2, "c": 5]
    var (dispatches, used) = (Dispatches(), [String: Int64]())
    for _ in 0..<2_000 {
      // Everyone always wants more; the floor of one in sixteen goes to whoever is listed first.
      let keys = ["a", "b", "c"].shuffled(using: &random)
      var order = DispatchOrder(
        keys.map { Self.entry(.normal, $0) }, dispatches: dispatches, weights: weights)
      guard let place = order.next() else { break }
      let charge = Int64(500 + random.below(1_000))
      dispatches.fold(Self.starting(order.start(place, charge: charge)))
      used[keys[place], default: 0] += charge
    }
    let total = Double(used.values.reduce(0, +))
    for (key, weight) in weights {
      let share = Double(used[key] ?? 0) / total
      #expect(abs(share - Double(weight) / 8) < 0.05, "\(key) of seed \(seed) got \(share)")
    }
  }

  @Test func whoWasAwayNeitherOwesNorIsOwed() {
    var shares = FairShares()
    for _ in 0..<50 { shares.take(shares.claim(of: "a", in: .normal, charge: 10, weight: 1)) }
    #expect(shares.start(of: "b", in: .normal) == 490, "not 0: that would be fifty turns at once")
    #expect(shares.start(of: "b", in: .high) == 0, "each band for itself")
  }

  @Test(arguments: 0..<20)
  func sharesAreTheSameInWhateverOrderTheyAreRead(_ seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    var dispatches = Dispatches()
    var records: [DecisionRecord] = []
    for number in 1...60 {
      let claim = dispatches.shares.claim(
        of: random.pick(["a", "b", "c", "d"]), in: random.pick([.high, .normal]),
        charge: Int64(random.below(50)), weight: 1 + random.below(3))
      records.append(Self.starting((Turn(number: number, passed: number % 16), claim)))
      dispatches.fold(Self.starting((Turn(number: number, passed: number % 16), claim)))
    }
    var other = Dispatches()
    for record in records.shuffled(using: &random) { other.fold(record) }
    #expect(other == dispatches, "seed \(seed)")
    #expect(try Dispatches(json: dispatches.json) == dispatches)
  }

  @Test func aCustomersShareIsItsOwn() throws {
    var rules = Stage.rules(concurrency: 1)
    rules.fairness = Fairness(by: "customer")
    var stage = try Stage(rules: rules)
    let customers = ["acme", "acme", "acme", "bolt"]
    for (number, customer) in customers.enumerated() {
      try stage.admit(
        [try .named("draft")], run: RunID("run-00000\(number)"),
        parameters: ["customer": .string(customer)])
    }
    var order: [String] = []
    for _ in customers {
      let next = try #require(try stage.decide().first { $0.verdict.word == "start" })
      order.append(next.claims?.share.key ?? "?")
      try stage.settle("draft", run: next.task.run)
    }
    #expect(order == ["acme", "bolt", "acme", "acme"])
  }

  // MARK: Inheritance

  @Test func urgencyGoesThroughADiamondToAllThatItNeeds() throws {
    var stage = try Stage(rules: Stage.rules(concurrency: 1))
    let soon = stage.now + .hours(1)
    try stage.admit([
      try .named("other", priority: 60), try .named("root", priority: 10),
      try .named("left", after: ["root"], priority: 10),
      try .named("right", after: ["root"], priority: 10),
      try .named("sink", after: ["left", "right"], priority: 95, deadline: soon),
    ])
    var order: [String] = []
    for _ in 0..<5 {
      let next = try #require(AdmissionTests.started(try stage.decide()).first)
      order.append(next)
      try stage.settle(next)
    }
    #expect(order == ["root", "left", "right", "sink", "other"])
  }

  @Test func aDeadlineOfWhatFollowsCountsAndAFinishedFollowerDoesNot() throws {
    var stage = try Stage(rules: Stage.rules(concurrency: 1))
    let soon = stage.now + .hours(1)
    try stage.admit([
      try .named("plain"), try .named("long"), try .named("after-long", after: ["long"]),
      try .named("needed"), try .named("due", after: ["needed"], deadline: soon),
    ])
    #expect(AdmissionTests.started(try stage.decide()) == ["needed"])
    try stage.settle("needed")
    #expect(AdmissionTests.started(try stage.decide()) == ["due"])
    try stage.settle("due")
    #expect(AdmissionTests.started(try stage.decide()) == ["long"], "the longer path")
  }

  // MARK: Estimates

  @Test(arguments: 0..<10)
  func durationsAreTheLastTwentyInWhateverOrderTheyAreRead(_ seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let samples = try (1...50).map { number in
      RecentDurations.Entry(
        finished: Instant(milliseconds: Int64(number)),
        attempt: try #require(AttemptID("run-000001/a.\(number)")),
        duration: .seconds(Int64(number)))
    }
    var durations = RecentDurations()
    for sample in samples.shuffled(using: &random) { durations.insert(sample) }
    for sample in samples.suffix(5) { durations.insert(sample) }
    #expect(durations.entries == Array(samples.suffix(20)))
    #expect(durations.percentile(80) == .seconds(46))
    #expect(durations.percentile(90) == .seconds(48))
    #expect(RecentDurations().percentile(80) == nil)
  }

  @Test func anAttemptMayRunFourTimesAsLongAsUsual() throws {
    var stage = try Stage([try .named("a")])
    #expect(try stage.decide().first?.claims?.within == .minutes(10))
    stage.wait(.minutes(30))
    try stage.settle("a")
    try stage.admit([try .named("a")], run: RunID("launch-000002"))
    #expect(try stage.decide().first?.claims?.within == .hours(2))
    try stage.settle("a", run: RunID("launch-000002"))
    try stage.admit(
      [try .named("a", timeouts: Timeouts(run: .seconds(5)))], run: RunID("launch-000003"))
    #expect(try stage.decide().first?.claims?.within == .seconds(5))
  }
}
