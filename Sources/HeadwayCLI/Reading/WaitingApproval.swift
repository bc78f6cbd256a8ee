internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// A proposal that people have not decided yet, and the command that decides it.
struct WaitingApproval: Sendable {
  let task: TaskRecord
  let proposal: ProposalRecord
  /// Whose approval counts so far.
  let approvers: [Name]
  /// Why what landed on main does not approve; `nil` while nothing has landed.
  let landed: String?
  let command: String
  /// Whether the reader could decide it; also where nobody knows who the reader is.
  let isMine: Bool

  /// Oldest first.
  static func all(in view: LedgerView, for me: Me?) async throws -> [WaitingApproval] {
    var found: [WaitingApproval] = []
    for task in view.board.tasksInOrder where task.record.state == .waiting {
      guard let proposal = task.proposal else { continue }
      let approvers = task.judged?.approvers ?? []
      let landed = task.record.reason?.values["landed"]?.text
      let isDone = me.map { approvers.contains($0.name) } ?? false
      found.append(
        WaitingApproval(
          task: task.record, proposal: proposal, approvers: approvers, landed: landed,
          command: try await command(
            for: proposal, hasLanded: landed != nil || !approvers.isEmpty, in: view),
          isMine: !isDone && (me?.roles.contains(proposal.requirement.role) ?? true)))
    }
    return found.sorted {
      ($0.proposal.proposed, $0.task.id) < ($1.proposal.proposed, $1.task.id)
    }
  }

  /// A merge where a merge would count and can be made here; else `headway approve`.
  private static func command(
    for proposal: ProposalRecord, hasLanded: Bool, in view: LedgerView
  ) async throws -> String {
    let approve = "headway approve \(proposal.attempt.task)"
    let site = view.site
    guard proposal.risk <= .medium, !hasLanded, site.folders.working != nil else {
      return approve
    }
    let name = try await site.store.perform { (repository) throws(GitError) -> String? in
      guard try repository.symbolicTarget(of: .head)?.branch == site.settings.branch else {
        return nil
      }
      if try repository.resolve(ReferenceName(branch: proposal.branch)) != nil {
        return proposal.branch
      }
      let remote = site.settings.remote ?? "origin"
      let tracking = try ReferenceName("refs/remotes/\(remote)/\(proposal.branch)")
      return try repository.resolve(tracking) == nil ? nil : "\(remote)/\(proposal.branch)"
    }
    return name.map { "git merge --no-ff -S \($0)" } ?? approve
  }

  var facts: JSONValue {
    [
      "task": .string(task.id.description), "attempt": .integer(proposal.attempt.number),
      "intent": .string(task.specification.intent), "branch": .string(proposal.branch),
      "commit": .string(proposal.commit.hex), "record": .string(proposal.record.path.text),
      "content": .object(
        Dictionary(
          uniqueKeysWithValues: proposal.content.map { ($0.key.text, .string($0.value.hex)) })),
      "risk": .string(proposal.risk.rawValue),
      "role": .string(proposal.requirement.role.text),
      "count": .integer(proposal.requirement.count),
      "approvers": .array(approvers.map { .string($0.text) }), "landed": .optional(landed),
      "proposed": .string(proposal.proposed.description),
      "expires": .string(proposal.expires.description), "command": .string(command),
      "mine": .bool(isMine),
    ]
  }
}
