import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Many decisions in one signed commit: each counts for itself, and none lends itself to another.
@Suite struct ReviewTests {
  /// Two more proposals beside the fixture's own.
  private static func fixture(
    _ options: ApprovalFixture.Options = .init(), socialReads: [String] = [],
    socialTarget: String = "content/social.md"
  ) async throws -> (ApprovalFixture, [ProposalRecord], dana: Name) {
    let fixture = try await ApprovalFixture(options)
    try await fixture.git("config", "user.name", "Dana")
    try await fixture.git("config", "user.email", "dana@example.org")
    var proposals = [fixture.proposal]
    for (number, name) in ["social", "letter"].enumerated() {
      var options = options
      if name == "social" { options.readAgainst = socialReads }
      proposals.append(
        try await ApprovalFixture.propose(
          options, in: fixture.repository, anchor: fixture.anchor,
          attempt: AttemptID("launch-3f9c2a/\(name).1"),
          target: name == "social" ? socialTarget : "content/\(name).md", text: "\(name)\n",
          nonce: UInt64(number + 2)))
    }
    return (fixture, proposals, try #require(Name("dana")))
  }

  private static func verdicts(
    _ proposals: [ProposalRecord], _ decisions: [Approver.Verdict.Decision]
  ) -> [Approver.Verdict] {
    zip(proposals, decisions).enumerated().map { index, pair in
      Approver.Verdict(pair.0, pair.1, nonce: Nonce(5, UInt64(index)))
    }
  }

  private static func open(_ proposals: [ProposalRecord]) -> [OpenProposal] {
    proposals.map { OpenProposal(proposal: $0) }
  }

  @Test func oneSignedCommitDecidesAll() async throws {
    let (fixture, proposals, dana) = try await Self.fixture()
    let review = try await fixture.approver().decide(
      Self.verdicts(proposals, [.approve, .reject(message: "Too short."), .approve]), as: dana)
    #expect(CommitID(try await fixture.repository.id("main")) == review.commit)
    #expect(
      try await fixture.git("log", "--format=%P %s", "\(fixture.judged)..main")
        == "\(fixture.judged) Review: approve 2, reject 1")
    let findings = try await fixture.judge(Self.open(proposals))
    #expect(findings[0].isApproved(by: "dana"), "\(findings[0].story)")
    #expect(findings[1].status == .rejected(by: dana, message: "Too short."))
    #expect(findings[2].isApproved(by: "dana"), "\(findings[2].story)")
    #expect(!findings[0].record.judgements.contains { $0.decision == .landed })
    #expect(try await fixture.git("ls-tree", "main", "content/social.md").isEmpty)
    #expect(try await fixture.git("status", "--porcelain").isEmpty)
  }

  @Test func allApprovedCountByTheCommitToo() async throws {
    let (fixture, proposals, dana) = try await Self.fixture()
    _ = try await fixture.approver().decide(
      Self.verdicts(proposals, [.approve, .approve, .approve]), as: dana)
    let findings = try await fixture.judge(Self.open(proposals))
    for finding in findings {
      #expect(finding.isApproved(by: "dana"), "\(finding.story)")
      let isByCommit = finding.record.judgements.contains { judgement in
        if case .commit = judgement.carrier { judgement.counts } else { false }
      }
      #expect(isByCommit)
    }
  }

  @Test func aCaseThatFailsLeavesAllUndecided() async throws {
    let (fixture, proposals, dana) = try await Self.fixture()
    try await fixture.repository.commit("meanwhile", ["content/letter.md": "somebody's\n"])
    let tip = try await fixture.repository.id("main")
    await #expect(throws: ApprovalError.self) {
      try await fixture.approver().decide(
        Self.verdicts(proposals, [.approve, .approve, .approve]), as: dana)
    }
    #expect(try await fixture.repository.id("main") == tip)
  }

  @Test func refusesCasesThatNobodyCouldHaveReadTogether() async throws {
    let (same, both, dana) = try await Self.fixture(socialTarget: ApprovalFixture.target)
    await #expect(throws: ApprovalError.self) {
      try await same.approver().decide(Self.verdicts(both, [.approve, .approve]), as: dana)
    }
    let (case_, folded, _) = try await Self.fixture(socialTarget: "content/LAUNCH.md")
    await #expect(throws: ApprovalError.self) {
      try await case_.approver().decide(Self.verdicts(folded, [.approve, .approve]), as: dana)
    }
    let (reading, chained, _) = try await Self.fixture(
      .init(before: "old\n"), socialReads: [ApprovalFixture.target])
    await #expect(throws: ApprovalError.self) {
      try await reading.approver().decide(
        Self.verdicts(chained, [.approve, .approve]), as: dana)
    }
    for fixture in [same, case_, reading] {
      #expect(CommitID(try await fixture.repository.id("main")) == fixture.judged)
    }
  }

  /// The content of one case is exchanged in somebody else's copy of the review.
  @Test func anExchangedCaseIsNotSmuggledIn() async throws {
    let (fixture, proposals, dana) = try await Self.fixture()
    let review = try await fixture.approver().decide(
      Self.verdicts(proposals, [.approve, .approve, .approve]), as: dana)
    try await fixture.become("mallory")
    try fixture.write("content/social.md", "Buy mallory's coins.\n")
    try await fixture.git("add", "-A")
    // The same message, trailers and statements, with other content, signed by somebody else.
    try await fixture.git(
      "commit", "-q", "-S", "--amend", "-C", review.commit.hex, "--no-edit")
    let findings = try await fixture.judge(Self.open(proposals))
    #expect(findings[0].isApproved(by: "dana"), "its own statement still stands")
    #expect(findings[2].isApproved(by: "dana"))
    if case .approved = findings[1].status { Issue.record("\(findings[1].story)") }
    #expect(findings[1].record.approvers.isEmpty)
  }

  /// A statement about one case is copied to the place of another.
  @Test func aStatementSpeaksForItsOwnRecordOnly() async throws {
    let (fixture, proposals, dana) = try await Self.fixture()
    _ = try await fixture.approver().decide(
      Self.verdicts([proposals[0]], [.approve]), as: dana)
    let folder = "approvals/launch-3f9c2a"
    try await fixture.git("merge", "-q", "--squash", proposals[1].branch)
    for end in ["", ".sig"] {
      let text = try ApprovalFixture.read(
        "\(fixture.repository.path)/\(folder)/approve.1.dana.json\(end)")
      try fixture.write("\(folder)/social.1.dana.json\(end)", text)
    }
    try await fixture.git("add", "-A")
    try await fixture.git("commit", "-q", "-m", "Review: 2 approve")
    let findings = try await fixture.judge(Self.open(proposals))
    #expect(findings[0].isApproved(by: "dana"), "\(findings[0].story)")
    #expect(findings[1].record.approvers.isEmpty, "\(findings[1].story)")
  }

  /// The signed commit names a record that it was not asked about: the statement is missing, and
  /// what else it brings keeps the commit itself from approving.
  @Test func aStowawayIsNotApproved() async throws {
    let (fixture, proposals, dana) = try await Self.fixture()
    _ = try await fixture.approver().decide(
      Self.verdicts([proposals[0]], [.approve]), as: dana)
    try await fixture.become("erin")
    try await fixture.git("merge", "-q", "--squash", proposals[1].branch)
    try fixture.write("content/free.md", "not asked for\n")
    try await fixture.git("add", "-A")
    try await fixture.git(
      "commit", "-q", "-S", "-m", "Review: 1 approve", "-m",
      "Headway-Approve: \(proposals[1].record.blob)")
    let findings = try await fixture.judge(Self.open(proposals))
    #expect(findings[0].isApproved(by: "dana"), "\(findings[0].story)")
    #expect(findings[1].isLanded("also changes `content/free.md`"), "\(findings[1].story)")
  }
}
