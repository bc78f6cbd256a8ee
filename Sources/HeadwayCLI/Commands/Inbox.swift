package import ArgumentParser
internal import HeadwayCore
internal import HeadwayEngine

package struct Inbox: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "List what waits for your signature, oldest first, with the command that gives it.",
    discussion: """
      You are the person in people/ whose key your git signs with. Where that is nobody, \
      everything that waits is listed.
      """)

  @Flag(help: "List what waits for others too.") package var all = false

  @OptionGroup(title: "Everywhere") package var options: GlobalOptions

  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let view = try await LedgerView.open(try await context.site())
    let people = try await view.project().map { Array($0.people.values) } ?? []
    let me = try await Me.find(context, view.site, among: people)
    let waits = try await WaitingApproval.all(in: view, for: me).filter { all || $0.isMine }
    context.print(
      ["me": .optional(me?.name.text), "waits": .array(waits.map(\.facts))]
    ) {
      write(waits, for: me, in: context)
    }
    return .success
  }

  private func write(
    _ waits: [WaitingApproval], for me: Me?, in context: CommandContext
  ) {
    var page = Page(context)
    if me == nil {
      page.line("Your git signs with no key of people/, so this is what waits for anybody.", .dim)
    }
    guard !waits.isEmpty else {
      page.line("Nothing waits for \(me.map { "you, \($0.name)" } ?? "anybody").")
      return
    }
    for approval in waits {
      page.line("\(approval.proposal.attempt)", .bold)
      if !approval.task.specification.intent.isEmpty {
        page.paragraph(approval.task.specification.intent, indent: 2)
      }
      var rows = approval.inboxRows(at: context.now())
      rows.add("decide", .init(approval.command, .cyan))
      rows.add("or", .init("headway reject \(approval.task.id) --message …", .dim))
      rows.write(to: page.output, on: page.terminal, indent: 2)
    }
  }
}

extension WaitingApproval {
  fileprivate func inboxRows(at now: Instant) -> Columns {
    let requirement = proposal.requirement
    var rows = Columns()
    rows.add("risk", .init(proposal.risk.rawValue))
    if requirement.count > 1 || !approvers.isEmpty {
      let have = approvers.isEmpty ? "nobody" : approvers.map(\.text).joined(separator: ", ")
      rows.add("needs", .init("\(requirement.count) of role \(requirement.role); so far \(have)"))
    }
    for path in proposal.content.keys.sorted() { rows.add("content", .init(path.text)) }
    rows.add("since", .init("\(proposal.proposed.minute) (\(proposal.proposed.relative(to: now)))"))
    rows.add(
      "expires", .init("\(proposal.expires.minute) (\(proposal.expires.relative(to: now)))"))
    rows.add("branch", .init(proposal.branch))
    if let landed { rows.add("landed", .init("unapproved: \(landed)", .red)) }
    return rows
  }
}
