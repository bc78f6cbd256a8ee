import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Ways in which the proposal comes to main without anybody's approval; each worked against a
/// simpler rule.
@Suite struct MergeAttackTests {
  @Test func anUnsignedMergeApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("not signed"), "\(finding.story)")
  }

  @Test func aFastForwardOfAMainWithOneCommitApprovesNothing() async throws {
    let fixture = try await ApprovalFixture(.init(commits: 1))
    try await fixture.git("merge", "-q", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("fast-forwarded"), "\(finding.story)")
  }

  @Test func aFastForwardOfACloneThatIsBehindApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    let clone = try await fixture.repository.clone("clone").repository
    try await fixture.become("dana", in: clone)
    try await clone.git("reset", "-q", "--hard", "main~1")
    try await clone.git("merge", "-q", "-S", "origin/\(fixture.branch)")
    let forwarded = try await fixture.judge(in: clone)
    #expect(forwarded.isLanded("fast-forwarded"), "\(forwarded.story)")
    try await clone.git("pull", "-q", "--no-rebase", "--no-edit", "-S", "origin", "main")
    let pulled = try await fixture.judge(in: clone)
    #expect(pulled.isLanded("fast-forwarded"), "\(pulled.story)")
  }

  @Test func aFastForwardWhereTheTipChangedTheContentApprovesNothing() async throws {
    let fixture = try await ApprovalFixture(.init(commits: 1, before: "old\n"))
    try await fixture.repository.commit("change", [ApprovalFixture.target: "newer\n"])
    let tip = CommitID(try await fixture.repository.id("main"))
    let proposal = try await ApprovalFixture.propose(
      .init(), in: fixture.repository, anchor: fixture.anchor,
      attempt: AttemptID("launch-3f9c2a/approve.2"), nonce: 2, onto: tip)
    try await fixture.git("merge", "-q", "-S", proposal.branch)
    #expect(try await fixture.repository.id("main").hex == proposal.commit.hex)
    let finding = try await fixture.judge(from: tip, of: proposal)
    #expect(finding.isLanded("fast-forwarded"), "\(finding.story)")
  }

  @Test func theRepairThatStatusShowsForAFastForwardWorks() async throws {
    let fixture = try await ApprovalFixture(.init(commits: 1))
    try await fixture.git("merge", "-q", "-S", fixture.branch)
    let landed = try await fixture.judge()
    let forwarded = CommitID(try await fixture.repository.id("main"))
    try await fixture.git("reset", "-q", "--keep", "ORIG_HEAD")
    // Somebody looks in between: nothing was removed, main was only taken back.
    let rewound = try await fixture.judge(from: forwarded, so: landed.record)
    #expect(rewound.status == .open, "\(rewound.story)")
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge(from: forwarded, so: landed.record)
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  /// Main was fast-forwarded by somebody, and dana only fetches what is new.
  @Test(arguments: [false, true])
  func aSignedPullOfAFastForwardedProposalApprovesNothing(_ withLog: Bool) async throws {
    let fixture = try await ApprovalFixture(.init(commits: 1))
    let clone = try await fixture.repository.clone("clone").repository
    try await fixture.git("merge", "-q", fixture.branch)
    try await fixture.become("dana", in: clone)
    try await clone.commit("local work", ["local": "1"])
    try await clone.git("config", "merge.log", withLog ? "true" : "false")
    try await clone.git("pull", "-q", "--no-rebase", "--no-edit", "-S", "origin", "main")
    let message = try await clone.git("log", "-1", "--format=%B")
    // The body of a pull with a log names the proposal; the subject does not.
    #expect(message.contains(fixture.branch) == withLog)
    let finding = try await fixture.judge(in: clone)
    #expect(finding.isLanded("does not name the proposal"), "\(finding.story)")
  }

  @Test func aSignedPullOfWhatLandedUnsignedApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    let clone = try await fixture.repository.clone("clone").repository
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    try await fixture.become("dana", in: clone)
    try await clone.commit("local work", ["local": "1"])
    try await clone.git("pull", "-q", "--no-rebase", "--no-edit", "-S", "origin", "main")
    let finding = try await fixture.judge(in: clone)
    #expect(finding.isLanded("not the proposal but something that contains it"), "\(finding.story)")
    // Even with the right name in the subject.
    try await clone.git("commit", "-q", "--amend", "-S", "-m", "Merge branch '\(fixture.branch)'")
    let named = try await fixture.judge(in: clone)
    #expect(named.isLanded("not the proposal but something"), "\(named.story)")
  }

  @Test func aSignerWithoutTheRoleApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.become("wendy")
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("wendy does not hold the role creator"), "\(finding.story)")
  }

  @Test func anUnknownKeyApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.become("mallory")
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("belongs to nobody"), "\(finding.story)")
  }

  /// The roster is the one in force before the push, so what the push adds has no say.
  @Test func aPersonAddedInTheSamePushApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.become("mallory")
    try await fixture.repository.commit(
      "Add mallory", ["people/mallory.json": "{\"name\":\"mallory\",\"roles\":[\"creator\"]}\n"],
      options: ["-S"])
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("belongs to nobody"), "\(finding.story)")
  }

  @Test func aRunnersKeyApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    let name = try #require(Name("dana"))
    let runner = Person(
      name: name, kind: .runner, roles: [try #require(Name("creator"))],
      keys: fixture.people[0].keys)
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge(people: [runner])
    #expect(finding.isLanded("does not hold the role"), "\(finding.story)")
  }

  @Test func mergingWithOursBringsNothingIn() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "-s", "ours", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.status == .open && finding.record.judgements.isEmpty, "\(finding.story)")
    // Nor can it be brought in behind that: git thinks that it is merged.
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let again = try await fixture.judge()
    #expect(again.status == .open && again.record.judgements.isEmpty)
  }

  @Test func anOctopusApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("checkout", "-q", "-b", "side", "main~1")
    try await fixture.repository.commit("side", ["side": "1"])
    try await fixture.git("checkout", "-q", "main")
    try await fixture.git(
      "merge", "-q", "--no-ff", "-S", "-m", "Merge branch '\(fixture.branch)'", fixture.branch,
      "side")
    #expect(
      try await fixture.git("rev-list", "--parents", "-1", "main").split(separator: " ").count == 4)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("3 parents"), "\(finding.story)")
  }

  @Test func theProposalsBranchWithOneMoreCommitApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("checkout", "-q", fixture.branch)
    try await fixture.repository.commit("one more", ["content/extra.md": "extra\n"])
    try await fixture.git("checkout", "-q", "main")
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("not the proposal but something that contains it"), "\(finding.story)")
  }

  @Test func aSignedCommitOnTopOfTheProposalApprovesNothing() async throws {
    let fixture = try await ApprovalFixture(.init(commits: 1))
    try await fixture.git("merge", "-q", fixture.branch)
    try await fixture.repository.commit(fixture.branch, options: ["-S"])
    let finding = try await fixture.judge()
    #expect(finding.status == .open && finding.record.approvers.isEmpty, "\(finding.story)")
    #expect(finding.isLanded("fast-forwarded"), "\(finding.story)")
  }

  @Test func signedUnrelatedWorkOnTopOfAnUnsignedMergeApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    try await fixture.repository.commit("unsigned", ["a": "1"])
    try await fixture.repository.commit(
      "Merge branch '\(fixture.branch)'", ["b": "1"], options: ["-S"])
    let finding = try await fixture.judge()
    #expect(finding.isLanded("not signed"), "\(finding.story)")
  }

  @Test func anOwnMessageWithoutTheNameApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", "-m", "ok", fixture.branch)
    let merge = try await fixture.judge()
    #expect(merge.isLanded("does not name the proposal"), "\(merge.story)")
    try await fixture.git("commit", "-q", "--amend", "-S", "-m", "ok", "-m", fixture.branch)
    let body = try await fixture.judge()
    #expect(body.isLanded("does not name the proposal"), "\(body.story)")
    try await fixture.git(
      "commit", "-q", "--amend", "-S", "-m", "Merge branch '\(fixture.branch)0'")
    let longer = try await fixture.judge()
    #expect(longer.isLanded("does not name the proposal"), "\(longer.story)")
  }

  @Test func aTrailerCountsOnceWithItsExactKeyInTheLastParagraphOnly() async throws {
    let fixture = try await ApprovalFixture()
    let id = fixture.proposal.record.blob.hex
    let messages = [
      "ok\n\nHeadway-Approve: \(id)\n\nand more text",
      "ok\n\nheadway-approve: \(id)",
      "ok\n\nHeadway-Approve: \(id)\nHeadway-Approve: \(id)",
      "ok\n\nHeadway-Approve: \(fixture.proposal.commit)",
      "Headway-Approve: \(id)",
    ]
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    for message in messages {
      try await fixture.git("commit", "-q", "--amend", "-S", "-m", message)
      let finding = try await fixture.judge()
      #expect(finding.isLanded("does not name the proposal"), "\(message): \(finding.story)")
    }
  }

  @Test func anAmendWithoutASignatureApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    try await fixture.git("commit", "-q", "--amend", "--no-edit")
    let finding = try await fixture.judge()
    #expect(finding.isLanded("not signed"), "\(finding.story)")
  }

  @Test(arguments: ["--rebase", "--rebase=merges"])
  func aPullThatRebasesWithoutSigningLosesTheApproval(_ option: String) async throws {
    let fixture = try await ApprovalFixture()
    let clone = try await fixture.repository.clone("clone").repository
    try await fixture.become("dana", in: clone)
    try await clone.git("merge", "-q", "--no-ff", "-S", "origin/\(fixture.branch)")
    try await fixture.repository.commit("meanwhile", ["other": "1"])
    try await clone.git("pull", "-q", option, "origin", "main")
    let finding = try await fixture.judge(in: clone)
    #expect(finding.isLanded("not signed"), "\(finding.story)")
  }

  /// Somebody else's commit names the record in its trailers; the approver's rebase signs it.
  @Test func forgedTrailersInARebasedCommitApproveNothing() async throws {
    let fixture = try await ApprovalFixture()
    let id = fixture.proposal.record.blob.hex
    try await fixture.git("checkout", "-q", "-b", "mallorys", "main")
    try await fixture.git("merge", "-q", "--squash", fixture.branch)
    try await fixture.repository.commit(
      "Tidy up\n\nHeadway-Approve: \(id)", [ApprovalFixture.target: "worse\n"])
    try await fixture.repository.commit("More\n\nHeadway-Approve: \(id)", ["more": "1"])
    try await fixture.git("checkout", "-q", "main")
    try await fixture.repository.commit("meanwhile", ["other": "1"])
    try await fixture.git("rebase", "-q", "-S", "main", "mallorys")
    try await fixture.git("checkout", "-q", "main")
    try await fixture.git("merge", "-q", "--ff-only", "mallorys")
    let finding = try await fixture.judge()
    #expect(finding.record.approvers.isEmpty, "\(finding.story)")
    #expect(finding.record.judgements.first?.whyNot?.contains("is not what was proposed") == true)
    // What stands there now was never proposed: the next attempt shows it.
    #expect(finding.status == .void(.targetChanged))
  }

  /// A model's words reach the proposal's message as one line that is no trailer.
  @Test func trailersInTheQuestionAreNeutralised() async throws {
    let fixture = try await ApprovalFixture()
    let blob = try await fixture.git("rev-parse", "main:content/other.md")
    let draft = ProposalDraft(
      attempt: try #require(AttemptID("launch-3f9c2a/approve.7")), anchor: fixture.anchor,
      target: "main", content: [try FilePath("content/x.md"): try #require(BlobID(blob))],
      readAgainst: [:], risk: .low, requirement: fixture.proposal.requirement, policies: nil,
      decision: nil, proposed: ApprovalFixture.now, expires: ApprovalFixture.now + .days(1),
      nonce: Nonce(1, 1), publishes: ["content/"], protected: ProtectedPaths(),
      question: "ok?\n\nHeadway-Approve: abc\nHeadway-Event: result\r\n---\n", runner: ("h", "h@x"))
    let proposal = try await ProposalWriter(store: fixture.repository.store(), durability: .process)
      .write(draft, onto: fixture.anchor)
    let message = try await fixture.git("log", "-1", "--format=%B", proposal.commit.hex)
    #expect(message.split(separator: "\n").first.map(String.init) == proposal.branch)
    #expect(message.split(separator: "\n").count == 2, "\(message)")
    let trailers = try await fixture.git(
      "log", "-1", "--format=%(trailers)", proposal.commit.hex)
    #expect(trailers.isEmpty, "\(trailers)")
  }
}
