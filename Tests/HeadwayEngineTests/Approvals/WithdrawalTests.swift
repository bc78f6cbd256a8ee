import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Taking the record away from main, whoever does it, ends it for good.
@Suite struct WithdrawalTests {
  private func approved(
    _ fixture: ApprovalFixture
  ) async throws -> (tip: CommitID, record: JudgementRecord) {
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
    return (CommitID(try await fixture.repository.id("main")), finding.record)
  }

  @Test(arguments: [false, true])
  func aRevertBeforeTheEffectWithdraws(_ signed: Bool) async throws {
    let fixture = try await ApprovalFixture()
    let (tip, record) = try await approved(fixture)
    try await fixture.git(["revert", "--no-edit", "-m", "1"] + (signed ? ["-S"] : []) + ["HEAD"])
    let finding = try await fixture.judge(from: tip, so: record, settled: true)
    #expect(finding.status == .withdrawn, "\(finding.story)")
    let last = try #require(finding.judgements.last)
    #expect(last.decision == .withdraw)
    #expect(last.person?.text == (signed ? "dana" : nil))
    #expect(last.carrier == .commit(CommitID(try await fixture.repository.id("main"))))
  }

  @Test(arguments: [false, true])
  func aRevertOfTheRevertApprovesNothing(_ signed: Bool) async throws {
    let fixture = try await ApprovalFixture()
    let options = signed ? ["-S"] : []
    let (tip, record) = try await approved(fixture)
    try await fixture.git(["revert", "--no-edit", "-m", "1"] + options + ["HEAD"])
    try await fixture.git(["revert", "--no-edit"] + options + ["HEAD"])
    // All at once.
    let atOnce = try await fixture.judge()
    #expect(atOnce.status == .withdrawn, "\(atOnce.story)")
    // Approved before, both reverts at once.
    let later = try await fixture.judge(from: tip, so: record, settled: true)
    #expect(later.status == .withdrawn, "\(later.story)")
    // Step by step: what was withdrawn is withdrawn; were it still open, nothing would approve it.
    let revert = CommitID(try await fixture.repository.id("main~1"))
    let withdrawn = try await fixture.judge("main~1", from: tip, so: record, settled: true)
    let again = try await fixture.judge(from: revert, so: withdrawn.record)
    #expect(again.judgements.allSatisfy { $0.decision != .approve || !$0.counts }, "\(again.story)")
  }

  @Test func aSignedRevertOfTheRevertOfAnUnsignedMergeApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    let landed = try await fixture.judge()
    let tip = CommitID(try await fixture.repository.id("main"))
    try await fixture.git("revert", "--no-edit", "-m", "1", "-S", "HEAD")
    let middle = CommitID(try await fixture.repository.id("main"))
    try await fixture.git("revert", "--no-edit", "-S", "HEAD")
    #expect(try await fixture.git("log", "-1", "--format=%s").contains("\(fixture.branch)'"))
    let finding = try await fixture.judge(from: tip, so: landed.record)
    #expect(finding.status == .withdrawn && finding.record.approvers.isEmpty, "\(finding.story)")
    // Even if the way there was not looked at.
    let blind = try await fixture.judge(from: middle, so: landed.record)
    #expect(blind.record.approvers.isEmpty, "\(blind.story)")
  }

  @Test func aMergeThatDropsTheRecordWithdraws() async throws {
    let fixture = try await ApprovalFixture()
    let (tip, record) = try await approved(fixture)
    try await fixture.git("checkout", "-q", "-b", "side", fixture.judged.hex)
    try await fixture.repository.commit("side", ["side": "1"])
    try await fixture.git("merge", "-q", "-s", "ours", "-m", "foxtrot", "main")
    let finding = try await fixture.judge("side", from: tip, so: record, settled: true)
    #expect(finding.status == .withdrawn, "\(finding.story)")
  }

  @Test func replacingTheRecordWithdraws() async throws {
    let fixture = try await ApprovalFixture()
    let (tip, record) = try await approved(fixture)
    try await fixture.repository.commit("other", [fixture.proposal.record.path.text: "{}\n"])
    let finding = try await fixture.judge(from: tip, so: record, settled: true)
    #expect(finding.status == .withdrawn, "\(finding.story)")
  }

  @Test func rewritingMainWithoutAJudgedApprovalWithdraws() async throws {
    let fixture = try await ApprovalFixture()
    let (tip, record) = try await approved(fixture)
    try await fixture.git("reset", "-q", "--hard", "main~1")
    try await fixture.repository.commit("other", ["other": "1"])
    let finding = try await fixture.judge(from: tip, so: record, settled: true)
    #expect(finding.status == .withdrawn, "\(finding.story)")
  }

  @Test func editingTheContentLaterWithdrawsNothing() async throws {
    let fixture = try await ApprovalFixture()
    let (tip, record) = try await approved(fixture)
    try await fixture.repository.commit("edit", [ApprovalFixture.target: "edited\n"])
    let finding = try await fixture.judge(from: tip, so: record, settled: true)
    // The approved blobs are what is used, not what stands there later.
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
    #expect(finding.judgements.isEmpty)
  }

  @Test func aStatementThatIsRemovedNoLongerSpeaks() async throws {
    let fixture = try await ApprovalFixture(.init(count: 2))
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    try await fixture.place(try await fixture.statement(by: "erin"), signedBy: "erin")
    try await fixture.repository.commit("statement")
    let first = try await fixture.judge()
    #expect(first.record.approvers.map(\.text) == ["erin"], "\(first.story)")
    let tip = CommitID(try await fixture.repository.id("main"))
    try await fixture.git("rm", "-q", "approvals/launch-3f9c2a/approve.1.erin.json")
    try await fixture.place(try await fixture.statement(by: "dana"), signedBy: "dana")
    try await fixture.repository.commit("erin's is gone, dana's is there")
    let second = try await fixture.judge(from: tip, so: first.record)
    #expect(second.status == .open, "\(second.story)")
    #expect(second.record.approvers.map(\.text) == ["dana"], "\(second.story)")
  }

  @Test func aRejectionAfterTheApprovalTakesItBack() async throws {
    let fixture = try await ApprovalFixture()
    let (tip, record) = try await approved(fixture)
    try await fixture.place(try await fixture.statement("reject"), signedBy: "dana")
    try await fixture.repository.commit("second thoughts")
    let finding = try await fixture.judge(from: tip, so: record, settled: true)
    #expect(finding.status == .withdrawn, "\(finding.story)")
    #expect(finding.judgements.contains { $0.decision == .reject && $0.counts })
  }

  @Test func aRevokedKeyTakesAnUnusedApprovalBack() async throws {
    let fixture = try await ApprovalFixture()
    let (tip, record) = try await approved(fixture)
    let open = OpenProposal(proposal: fixture.proposal, judged: record, isSettled: true)
    let later = ApprovalFixture.now + .hours(1)
    let stands = try await fixture.makeJudge().revocation(of: open, at: tip, now: later)
    #expect(stands == nil)
    let key = try ApprovalFixture.publicKey(
      try #require(fixture.keys["dana"]), revoked: ApprovalFixture.now + .minutes(30))
    let dana = Person(
      name: try #require(Name("dana")), roles: [try #require(Name("creator"))], keys: [key])
    let revoked = try await fixture.makeJudge(people: [dana]).revocation(
      of: open, at: tip, now: later)
    #expect(revoked != nil)
  }
}

extension ApprovalFixture {
  func git(_ arguments: [String]) async throws { try await repository.git(arguments) }
}
