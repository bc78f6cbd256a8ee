import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Statements that are forged, borrowed or bent.
///
/// In most the proposal has landed unsigned, so that a statement is all that is missing.
@Suite struct StatementAttackTests {
  private func landed(
    _ options: ApprovalFixture.Options = .init()
  ) async throws -> ApprovalFixture {
    let fixture = try await ApprovalFixture(options)
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    return fixture
  }

  private func refused(
    _ fixture: ApprovalFixture, _ why: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await fixture.repository.commit("carry it", options: ["-S"])
    let finding = try await fixture.judge()
    #expect(
      finding.status == .open && finding.record.approvers.isEmpty, "\(finding.story)",
      sourceLocation: sourceLocation)
    #expect(
      finding.record.judgements.contains { $0.whyNot?.contains(why) == true }, "\(finding.story)",
      sourceLocation: sourceLocation)
  }

  /// Git makes signatures in this namespace all the time, over bytes that others may choose.
  @Test func aSignatureForGitIsNoStatement() async throws {
    let fixture = try await landed()
    try await fixture.place(try await fixture.statement(), signedBy: "dana", namespace: "git")
    try await refused(fixture, "made for `git`")
  }

  @Test func aStatementAboutAnotherRecordCountsForNothing() async throws {
    let fixture = try await landed()
    let other = BlobID(try await fixture.repository.id("main:headway.json"))
    try await fixture.place(try await fixture.statement(blob: other), signedBy: "dana")
    try await refused(fixture, "about another record")
  }

  /// Signed for attempt 2, and put where one about attempt 1 would stand.
  @Test func aStatementMovedToAnotherAttemptCountsForNothing() async throws {
    let fixture = try await landed()
    let attempt = AttemptID("launch-3f9c2a/approve.2")
    let place = try await fixture.statement().place
    try await fixture.place(
      try await fixture.statement(attempt: attempt), signedBy: "dana", at: place)
    try await refused(fixture, "about another record")
  }

  @Test func aStatementOfAnotherRepositoryCountsForNothing() async throws {
    let fixture = try await landed()
    let other = CommitID(try await fixture.repository.id("main~1"))
    #expect(other != fixture.proposal.commit)
    let foreign = try #require(CommitID(String(repeating: "b", count: 40)))
    try await fixture.place(try await fixture.statement(repository: foreign), signedBy: "dana")
    try await refused(fixture, "about another repository")
  }

  @Test func aStatementAboutAnotherBranchCountsForNothing() async throws {
    let fixture = try await landed()
    try await fixture.place(try await fixture.statement(target: "release"), signedBy: "dana")
    try await refused(fixture, "about the branch release")
  }

  @Test func anExpiredStatementCountsForNothing() async throws {
    let fixture = try await landed()
    try await fixture.place(
      try await fixture.statement(expires: ApprovalFixture.now), signedBy: "dana")
    try await refused(fixture, "has expired")
  }

  @Test func aStatementSignedBySomebodyElseCountsForNothing() async throws {
    let fixture = try await landed()
    try await fixture.place(try await fixture.statement(), signedBy: "erin")
    try await refused(fixture, "speaks for dana but erin signed it")
  }

  @Test func aStatementInTheFileOfSomebodyElseCountsForNothing() async throws {
    let fixture = try await landed(.init(count: 2))
    let place = try await fixture.statement(by: "erin").place
    try await fixture.place(try await fixture.statement(), signedBy: "dana", at: place)
    try await refused(fixture, "the file of erin speaks for dana")
  }

  @Test func aStatementWithoutTheRoleOrAKnownKeyCountsForNothing() async throws {
    let fixture = try await landed()
    try await fixture.place(try await fixture.statement(by: "wendy"), signedBy: "wendy")
    try await refused(fixture, "wendy does not hold the role")
    try await fixture.place(try await fixture.statement(by: "erin"), signedBy: "mallory")
    try await refused(fixture, "belongs to nobody")
  }

  @Test func aChangedStatementCountsForNothing() async throws {
    let fixture = try await landed()
    let statement = try await fixture.statement("reject", message: "No.")
    try await fixture.place(statement, signedBy: "dana")
    let approving = try await fixture.statement()
    try fixture.write(approving.place.path.text, String(decoding: approving.bytes, as: UTF8.self))
    try await refused(fixture, "its signature is wrong")
  }

  @Test(arguments: ["statement", "signature"])
  func aSymlinkCountsForNothing(_ which: String) async throws {
    let fixture = try await landed()
    let statement = try await fixture.statement()
    try await fixture.place(statement, signedBy: "dana")
    let path = (which == "statement" ? statement.place.path : statement.place.signaturePath).text
    try await fixture.git("add", "--all")
    let id = try await fixture.git("rev-parse", ":\(path)")
    try await fixture.git("update-index", "--cacheinfo", "120000,\(id),\(path)")
    try await fixture.git("commit", "-q", "-S", "-m", "link")
    let finding = try await fixture.judge()
    #expect(finding.status == .open && finding.record.approvers.isEmpty, "\(finding.story)")
  }

  @Test func aStatementWithoutItsSignatureCountsForNothing() async throws {
    let fixture = try await landed()
    let statement = try await fixture.statement()
    try fixture.write(statement.place.path.text, String(decoding: statement.bytes, as: UTF8.self))
    try await refused(fixture, "no signature beside it")
  }

  @Test func aStatementThatIsNotCanonicalCountsForNothing() async throws {
    let fixture = try await landed()
    let statement = try await fixture.statement()
    let text = String(decoding: statement.bytes, as: UTF8.self)
    let path = statement.place.path.text
    try fixture.write(path, text.replacing("\"format\": 1", with: "\"extra\": 1,\n  \"format\": 1"))
    _ = try await TemporaryRepository.run(
      [
        "ssh-keygen", "-q", "-Y", "sign", "-n", Statement.namespace, "-f",
        try #require(fixture.keys["dana"]), fixture.repository.path + "/" + path,
      ], in: fixture.repository.directory, variables: fixture.repository.environment)
    try await refused(fixture, "not written as Headway writes it")
  }

  @Test func anOverrideIsNoApproval() async throws {
    let fixture = try await landed()
    let place = try await fixture.statement().place
    try await fixture.place(
      try await fixture.statement("override"), signedBy: "dana", at: place)
    try await refused(fixture, "neither approve nor reject")
  }

  @Test func aStatementWhoseContentWasChangedSinceCountsForNothing() async throws {
    let fixture = try await landed()
    try await fixture.place(try await fixture.statement(), signedBy: "dana")
    try fixture.write(ApprovalFixture.target, "changed\n")
    try await fixture.repository.commit("change and state")
    let finding = try await fixture.judge()
    #expect(finding.record.approvers.isEmpty, "\(finding.story)")
    #expect(finding.status == .void(.targetChanged), "\(finding.story)")
  }

  @Test func highRiskNeedsAStatementByAConfirmedKey() async throws {
    let plain = try await ApprovalFixture(.init(risk: .high))
    try await plain.git("merge", "-q", "--no-ff", "-S", plain.branch)
    let merged = try await plain.judge()
    #expect(merged.isLanded("risk high needs a signed statement"), "\(merged.story)")
    try await plain.place(try await plain.statement(), signedBy: "dana")
    try await refused(plain, "touched or confirmed")
    let fixture = try await ApprovalFixture(.init(risk: .high, confirmedKeys: true))
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    try await fixture.place(try await fixture.statement(), signedBy: "dana")
    try await fixture.repository.commit("state")
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  /// A statement waits for its record: it says nothing while that is not on main.
  @Test func aStatementBeforeItsRecordCountsWhenTheRecordLands() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.place(try await fixture.statement(), signedBy: "dana")
    try await fixture.repository.commit("early")
    let early = try await fixture.judge()
    #expect(early.status == .open && early.judgements.isEmpty, "\(early.story)")
    let tip = CommitID(try await fixture.repository.id("main"))
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    let finding = try await fixture.judge(from: tip, so: early.record)
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }
}
