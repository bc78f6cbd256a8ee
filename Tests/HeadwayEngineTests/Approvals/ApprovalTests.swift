import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// What people do with plain git, and what therefore has to count.
@Suite struct ApprovalTests {
  @Test func aSignedMergeApproves() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func aSignedMergeOfARemoteBranchApproves() async throws {
    let fixture = try await ApprovalFixture()
    let clone = try await fixture.repository.clone("clone").repository
    try await fixture.become("dana", in: clone)
    try await clone.git("merge", "-q", "--no-ff", "-S", "origin/\(fixture.branch)")
    let finding = try await fixture.judge(in: clone)
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func aSignedMergeByItsCommitsNameApproves() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.proposal.commit.hex)
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func aForgesSubjectApprovesWhenAPersonSignedIt() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git(
      "merge", "-q", "--no-ff", "-S", "-m", "Merge pull request #12 from org/\(fixture.branch)",
      fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func aSignedSquashApproves() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--squash", fixture.branch)
    try await fixture.git("commit", "-q", "-S", "--no-edit")
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func aSignedCherryPickApproves() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("cherry-pick", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func aTrailerWithTheRecordsIdIsAsGoodAsItsName() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git(
      "merge", "-q", "--no-ff", "-S", "-m", "Publish the launch article", "-m",
      "Headway-Approve: \(fixture.proposal.record.blob)", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func anOpenPGPSignatureApproves() async throws {
    let fixture = try await ApprovalFixture()
    let repository = fixture.repository
    let key = try await repository.makeOpenPGPKey("Gina <gina@example.org>")
    let armoured = try await TemporaryRepository.run(
      ["gpg", "--batch", "--armor", "--export", key], in: repository.directory,
      variables: repository.openPGPEnvironment)
    let gina = Person(
      name: try #require(Name("gina")), roles: [try #require(Name("creator"))],
      keys: [PersonKey(material: .openPGP(armoured: armoured + "\n"))])
    try await fixture.git("config", "gpg.format", "openpgp")
    try await fixture.git(
      "merge", "-q", "--no-ff", "-S\(key)", fixture.branch, adding: repository.openPGPEnvironment)
    let finding = try await fixture.judge(people: fixture.people + [gina])
    #expect(finding.isApproved(by: "gina"), "\(finding.story)")
    let unknown = try await fixture.judge()
    #expect(unknown.isLanded("its key belongs to nobody"), "\(unknown.story)")
  }

  @Test func editsWhileMergingBecomeTheContent() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "--no-commit", fixture.branch)
    try fixture.write(ApprovalFixture.target, "# Launch\n\nEdited by a person.\n")
    try await fixture.git("add", "--all")
    try await fixture.git("commit", "-q", "-S", "--no-edit")
    let finding = try await fixture.judge()
    let edited = BlobID(try await fixture.repository.id("main:\(ApprovalFixture.target)"))
    let path = try FilePath(ApprovalFixture.target)
    #expect(finding.status == .approved(content: [path: edited]), "\(finding.story)")
    #expect(edited != fixture.proposal.content[path])
  }

  @Test func twoApproversTheFirstByCommitTheSecondByStatement() async throws {
    let fixture = try await ApprovalFixture(.init(count: 2))
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let first = try await fixture.judge()
    #expect(first.status == .open && first.record.approvers.map(\.text) == ["dana"])
    let tip = CommitID(try await fixture.repository.id("main"))
    try await fixture.place(try await fixture.statement(by: "erin"), signedBy: "erin")
    // By any route: an unsigned commit of somebody else carries it.
    try await fixture.repository.commit("carry a statement")
    let second = try await fixture.judge(from: tip, so: first.record)
    #expect(second.isApproved(by: "dana", "erin"), "\(second.story)")
  }

  @Test func onePersonWithTwoKeysCountsOnce() async throws {
    let fixture = try await ApprovalFixture(.init(count: 2))
    let other = try await fixture.repository.makeSSHKey("second")
    let dana = Person(
      name: try #require(Name("dana")), roles: [try #require(Name("creator"))],
      keys: (fixture.people.first?.keys ?? []) + [try ApprovalFixture.publicKey(other)])
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let statement = try await fixture.statement(by: "dana")
    try fixture.write(statement.place.path.text, String(decoding: statement.bytes, as: UTF8.self))
    _ = try await TemporaryRepository.run(
      [
        "ssh-keygen", "-q", "-Y", "sign", "-n", Statement.namespace, "-f", other,
        fixture.repository.path + "/" + statement.place.path.text,
      ], in: fixture.repository.directory, variables: fixture.repository.environment)
    try await fixture.repository.commit("statement")
    let finding = try await fixture.judge(people: [dana] + fixture.people.dropFirst())
    #expect(finding.status == .open, "\(finding.story)")
    #expect(finding.record.approvers.map(\.text) == ["dana"])
  }

  @Test func severalRecordsInOneSignedCommitAreEachApproved() async throws {
    let fixture = try await ApprovalFixture()
    let other = try await ApprovalFixture.propose(
      .init(), in: fixture.repository, anchor: fixture.anchor,
      attempt: AttemptID("launch-3f9c2a/social.1"), target: "content/social.md", text: "Short.\n",
      nonce: 2)
    try await fixture.git("merge", "-q", "--squash", fixture.branch)
    try await fixture.git("cherry-pick", "-n", other.branch)
    try await fixture.git(
      "commit", "-q", "-S", "-m", "Two at once", "-m",
      "commit \(fixture.proposal.commit)\ncommit \(other.commit)")
    let findings = try await fixture.judge([
      OpenProposal(proposal: fixture.proposal), OpenProposal(proposal: other),
    ])
    #expect(findings.map { $0.isApproved(by: "dana") } == [true, true], "\(findings)")
    // Where the ledger knows only one of them, the commit changes more than that one.
    let alone = try await fixture.judge()
    #expect(alone.isLanded("also changes `approvals/launch-3f9c2a/social.1.json`"))
  }

  @Test func aRejectionIsAStatementWithAMessage() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.place(
      try await fixture.statement("reject", message: "Too long.\nCut it."), signedBy: "dana")
    try await fixture.repository.commit("carried by anybody")
    let finding = try await fixture.judge()
    let dana = try #require(Name("dana"))
    #expect(finding.status == .rejected(by: dana, message: "Too long.\nCut it."))
  }

  @Test func aStatementApprovesWhatLandedUnsigned() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    let landed = try await fixture.judge()
    #expect(landed.isLanded("not signed"), "\(landed.story)")
    let tip = CommitID(try await fixture.repository.id("main"))
    try await fixture.place(try await fixture.statement(), signedBy: "dana")
    try await fixture.repository.commit("statement")
    let finding = try await fixture.judge(from: tip, so: landed.record)
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func theRequesterDoesNotCountWhereSomebodyElseIsNeeded() async throws {
    let fixture = try await ApprovalFixture(.init(distinct: true))
    let dana = try #require(Name("dana"))
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let refused = try await fixture.judge(requesters: .init(persons: [dana]))
    #expect(refused.isLanded("somebody else has to approve"), "\(refused.story)")
    let alone = try await fixture.judge(requesters: .init(persons: [dana], mayApprove: true))
    #expect(alone.isApproved(by: "dana"))
    // An unsigned request could be dana's own, so that one more is needed.
    let unknown = try await fixture.judge(requesters: .init(includesUnknown: true))
    #expect(unknown.status == .open && unknown.record.approvers == [dana])
  }

  @Test func anApproversAmendStillApproves() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    try await fixture.git(
      "commit", "-q", "-S", "--amend", "-m", "Merge branch '\(fixture.branch)'", "-m", "Read twice."
    )
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test(arguments: [["--rebase"], ["--rebase=merges"]])
  func anApprovalSurvivesAPullThatRebases(_ options: [String]) async throws {
    let fixture = try await ApprovalFixture()
    let clone = try await fixture.repository.clone("clone").repository
    try await fixture.become("dana", in: clone)
    try await clone.git("merge", "-q", "--no-ff", "-S", "origin/\(fixture.branch)")
    try await fixture.repository.commit("meanwhile", ["other": "1"])
    try await clone.git(["pull", "-q"] + options + ["-S"] + ["origin", "main"])
    let signed = try await fixture.judge(in: clone)
    #expect(signed.isApproved(by: "dana"), "\(signed.story)")
  }

  @Test func unrelatedCommitsChangeNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.repository.commit("before", ["a": "1"])
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    try await fixture.repository.commit("after", ["b": "1"])
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
    let tip = CommitID(try await fixture.repository.id("main"))
    let again = try await fixture.judge(from: tip, so: finding.record, settled: true)
    #expect(!again.isNews && again.isApproved(by: "dana"), "\(again.story)")
  }

  @Test func aSignedMergeSomebodyElsePushesCounts() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("checkout", "-q", "-b", "danas")
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    try await fixture.git("checkout", "-q", "main")
    try await fixture.repository.commit("main goes on", ["a": "1"])
    try await fixture.git("merge", "-q", "--no-ff", "-m", "bring danas work", "danas")
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }
}
