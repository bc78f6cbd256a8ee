import Glibc
import HeadwayCore
import Synchronization
import Testing

@testable import HeadwayEngine

/// One seed is one history; all of them must keep every promise.
@Suite struct SimulationTests {
  @Test func everyHistoryKeepsItsPromises() async throws {
    let seeds = Seeds.asked
    let season = Season(seeds)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<Seeds.width {
        group.addTask {
          while let seed = season.next() { season.note(await Self.play(seed), of: seed) }
        }
      }
    }
    let all = season.tally
    Swift.print(season.summary)
    guard seeds.count >= 500 else { return }
    for point in WritePoint.allCases {
      #expect(all.crashes[point, default: 0] > 0, "no history dies at \(point)")
    }
    for kind in RunRecord.Cause.Kind.allCases {
      #expect(all.events["run by \(kind.rawValue)", default: 0] > 0, "no run by \(kind)")
    }
  }

  /// The same seed gives the same ledger and the same main, byte for byte.
  @Test(arguments: [3, 14, 15, 20, 21, 33, 65, 92])
  func oneSeedIsOneHistory(_ seed: Int) async throws {
    var (one, other) = (try History(seed: seed), try History(seed: seed))
    try await one.live()
    try await other.live()
    #expect(one.trace == other.trace)
    #expect(!one.home.tip(Home.ledger).isEmpty)
    #expect(one.home.tip(Home.ledger) == other.home.tip(Home.ledger))
    #expect(one.home.tip(Home.main) == other.home.tip(Home.main))
  }

  private static func play(_ seed: Int) async -> (tally: History.Tally, tip: String) {
    let aloud = Seeds.single != nil
    do {
      var history = try History(seed: seed)
      do { try await history.live() } catch { history.fault("\(error)") }
      if aloud || !history.faults.isEmpty {
        let lines = aloud ? history.trace : history.trace.suffix(40)
        Swift.print("seed \(seed):\n  " + lines.joined(separator: "\n  "))
      }
      for fault in history.faults { Issue.record("seed \(seed): \(fault); \(history.how)") }
      return (history.tally, history.home.tip(Home.ledger) + history.home.tip(Home.main))
    } catch {
      Issue.record("seed \(seed): \(error)")
      return (.init(), "")
    }
  }
}

/// All histories of one test run, and what they came to.
private final class Season: Sendable {
  private struct State {
    var waiting: ArraySlice<Int>
    var tally = History.Tally()
    var tips: [Int: String] = [:]
  }

  private let state: Mutex<State>

  init(_ seeds: [Int]) { state = Mutex(State(waiting: seeds[...])) }

  func next() -> Int? { state.withLock { $0.waiting.popFirst() } }

  func note(_ play: (tally: History.Tally, tip: String), of seed: Int) {
    state.withLock { state in
      state.tally.add(play.tally)
      state.tips[seed] = play.tip
    }
  }

  var tally: History.Tally { state.withLock { $0.tally } }

  /// The digest is the same whenever the same seeds are played by the same code.
  var summary: String {
    let (tally, tips) = state.withLock { ($0.tally, $0.tips) }
    let digest = Digest(parts: tips.sorted { $0.key < $1.key }.map(\.value))
    var lines = [
      "\(tips.count) histories, \(tally.ticks) ticks, \(tally.commits) commits, "
        + "digest \(digest.hex.prefix(16))"
    ]
    for point in WritePoint.allCases {
      lines.append(
        "  \(point.rawValue): reached \(tally.reached[point, default: 0]), crashes "
          + "\(tally.crashes[point, default: 0]), failed writes "
          + "\(tally.failures[point, default: 0])")
    }
    let events = tally.events.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    lines.append("  " + events.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}

/// Which seeds the environment asks for.
enum Seeds {
  static var single: Int? { number("HEADWAY_SEED") }

  static var asked: [Int] {
    if let single { return [single] }
    let isWatched = getenv("CI") != nil
    let first = number("HEADWAY_FIRST_SEED") ?? 1
    return Array(first..<(first + (number("HEADWAY_SEEDS") ?? (isWatched ? 2_000 : 200))))
  }

  /// A history waits for its own tick most of the time; more than the cores keeps them busy.
  static let width = 4

  private static func number(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }
}
