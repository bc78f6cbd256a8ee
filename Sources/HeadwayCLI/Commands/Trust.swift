package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

package struct Trust: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Show where trust begins and who may sign what; make this clone home or a reader.",
    discussion: """
      headway trust                    at home: prints ANCHOR:LEDGER, to be carried elsewhere by \
      a way that you trust
      headway trust ANCHOR:LEDGER      in another clone: pins the anchor, after checking that the \
      ledger here is that one and has not lost anything since
      headway trust --home             this clone schedules; there must be no other that does
      """)

  @Argument(help: ArgumentHelp("What home printed.", valueName: "anchor:ledger"))
  package var pair: String?

  @Flag(help: "Let this clone schedule.") package var home = false

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func validate() throws {
    guard pair == nil || !home else { throw ValidationError("take ANCHOR:LEDGER or --home") }
  }

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let site = try await context.site()
    if home {
      try await Pinning(site: site).makeHome(configHome: context.statedConfigurationHome)
      return try await finishHome(site, in: context)
    }
    if let pair {
      let (anchor, tip) = try Self.read(pair)
      try await Pinning(site: site).pin(anchor, containing: tip)
    }
    let trust = try await TrustPage(LedgerView.open(try await site.refreshed()), at: context.now())
    context.print(trust.facts) { trust.write(in: context) }
    return .success
  }

  private func finishHome(_ site: Site, in context: CommandContext) async throws -> ExitStatus {
    let settings = try await site.refreshed().settings
    context.print(["home": true, "branch": .string(settings.branch)]) {
      context.output.line("This clone is home: it schedules \(settings.branch.visible).")
      context.output.line("→ headway hooks install, so that commits and pushes wake it")
      context.output.line("→ headway tick, to look at what is there")
    }
    return .success
  }

  private static func read(_ pair: String) throws -> (anchor: CommitID, tip: CommitID) {
    let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let anchor = CommitID(String(parts[0])),
      let tip = CommitID(String(parts[1]))
    else {
      throw CommandError.invalid(
        "`\(pair)` is not ANCHOR:LEDGER, two full commit ids",
        hint: "run `headway trust` at home and copy its first line")
    }
    return (anchor, tip)
  }
}
