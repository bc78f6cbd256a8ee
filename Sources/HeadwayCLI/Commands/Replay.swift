package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct ReplayCommand: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Compute every decision again from the ledger and main, and compare the bytes.",
    discussion: """
      Needs nothing but the two branches, so anybody's clone will do. Exits with 3 if a decision \
      does not come out as it was written. Decisions of another version of the planner are told \
      apart: there, what this one would decide is listed.
      """)

  @Argument(help: ArgumentHelp("Only decisions about this run.", valueName: "run"))
  package var name: String?

  @Flag(help: "All decisions, which is what happens without a run too.") package var all = false

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func validate() throws {
    guard name == nil || !all else { throw ValidationError("take a run or --all") }
  }

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let site = try await context.site()
    var run: RunID?
    if let name {
      let view = try await LedgerView.open(site)
      switch try await Target(name, in: view) {
      case .run(let found), .task(let found, _), .attempt(let found, _, _): run = found.record.id
      }
    }
    let gauge = Gauge("Replaying", of: "commits", context)
    let report = try await Replay(site, of: run).report(progress: gauge.show)
    gauge.clear()
    context.print(report.facts) { report.write(in: context) }
    return report.isSame ? .success : .replayDiffers
  }
}

extension Replay.Report {
  fileprivate var facts: JSONValue {
    [
      "commits": .integer(commits), "compared": .integer(compared), "same": .bool(isSame),
      "differences": .array(differences.map(\.facts)),
      "otherPlanners": .array(otherPlanners.map(\.facts)),
    ]
  }

  /// The first ones in full: what a single change of history does to all later ones is no news.
  private static let shown = 5

  fileprivate func write(in context: CommandContext) {
    var page = Page(context)
    for difference in differences.prefix(Self.shown) {
      page.line("\(difference.path) (ledger commit \(difference.commit.short))", .red)
      difference.write(on: &page)
    }
    if differences.count > Self.shown {
      page.line("… and \(differences.count - Self.shown) more differences")
    }
    for difference in otherPlanners.prefix(Self.shown) {
      page.line("\(difference.path) (ledger commit \(difference.commit.short))", .yellow)
      difference.write(on: &page)
    }
    if otherPlanners.count > Self.shown {
      page.line("… and \(otherPlanners.count - Self.shown) more that this planner sees differently")
    }
    let decisions = "\(compared) decision\(compared == 1 ? "" : "s") in \(commits) commits"
    if isSame {
      page.line("\(decisions): the same, byte for byte.", .green)
    } else {
      page.line("\(decisions): \(differences.count) different.", .red)
    }
  }
}

extension Replay.Difference {
  private var told: (sentence: String, lines: [String]) {
    switch problem {
    case .content(let lines): ("written (-) and computed again (+):", lines)
    case .wrongParent(let named, let actual):
      (
        "says it was decided over ledger \(named.short), and stands on "
          + "\(actual?.short ?? "nothing")", []
      )
    case .changedLater: ("was changed after it had been written", [])
    case .misplaced(let path): ("does not hash to its name: it belongs at \(path)", [])
    case .unreadable(let reason): ("cannot be read: \(reason)", [])
    case .missingMain(let commit):
      ("was decided over \(commit.short) of main, which is not in this repository", [])
    case .consequence(let path, let lines):
      ("its commit wrote (-) to \(path) what does not follow from it (+):", lines)
    case .planner(let version, let lines):
      ("planner \(version) decided (-), planner \(Planner.version) would decide (+):", lines)
    }
  }

  fileprivate func write(on page: inout Page) {
    let (sentence, lines) = told
    page.line("  \(sentence)")
    for line in lines {
      page.line("    \(line)", line.hasPrefix("-") ? .red : line.hasPrefix("+") ? .green : nil)
    }
  }

  fileprivate var facts: JSONValue {
    let (sentence, lines) = told
    return [
      "commit": .string(commit.hex), "decision": .string(path), "problem": .string(sentence),
      "lines": .array(lines.map(JSONValue.string)),
    ]
  }
}
