import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Signed commits that bring in something else than was proposed, or into a main that is not the
/// one it was proposed for.
@Suite struct ContentAttackTests {
  /// Squashes the proposal, does something to it, and commits it signed under its name.
  private func squash(
    _ fixture: ApprovalFixture, _ change: () async throws -> Void
  ) async throws -> ApprovalFinding {
    try await fixture.git("merge", "-q", "--squash", fixture.branch)
    try await change()
    try await fixture.git("commit", "-q", "-S", "-m", fixture.branch)
    return try await fixture.judge()
  }

  @Test func changedContentInASquashApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    let finding = try await squash(fixture) {
      try fixture.write(ApprovalFixture.target, "changed\n")
      try await fixture.git("add", "--all")
    }
    #expect(finding.record.approvers.isEmpty)
    #expect(finding.record.judgements.first?.whyNot?.contains("is not what was proposed") == true)
    #expect(finding.status == .void(.targetChanged), "\(finding.story)")
  }

  @Test func missingContentApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    let finding = try await squash(fixture) {
      try await fixture.git("rm", "-q", "--cached", ApprovalFixture.target)
    }
    #expect(finding.record.approvers.isEmpty, "\(finding.story)")
    #expect(finding.record.judgements.first?.whyNot?.contains("is missing") == true)
  }

  @Test func anExtraFileBesideTheContentApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    let finding = try await squash(fixture) {
      try fixture.write("content/second.md", "extra\n")
      try await fixture.git("add", "--all")
    }
    #expect(finding.isLanded("also changes `content/second.md`"), "\(finding.story)")
  }

  @Test func anExtraFileInAMergeApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "--no-commit", fixture.branch)
    try fixture.write("people/mallory.json", "{}\n")
    try await fixture.git("add", "--all")
    try await fixture.git("commit", "-q", "-S", "--no-edit")
    let finding = try await fixture.judge()
    #expect(finding.isLanded("also changes `people/mallory.json`"), "\(finding.story)")
  }

  @Test func anOtherPersonsStatementInTheSameCommitIsNoExtraFile() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "--no-commit", fixture.branch)
    try await fixture.place(try await fixture.statement(by: "erin"), signedBy: "erin")
    try await fixture.git("add", "--all")
    try await fixture.git("commit", "-q", "-S", "--no-edit")
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana", "erin"), "\(finding.story)")
  }

  @Test(arguments: ["100755", "120000", "160000"], ["content", "record"])
  func anythingButPlainFilesApprovesNothing(_ mode: String, _ which: String) async throws {
    let fixture = try await ApprovalFixture()
    let path = which == "content" ? ApprovalFixture.target : fixture.proposal.record.path.text
    let finding = try await squash(fixture) {
      let id = try await fixture.git("rev-parse", mode == "160000" ? "HEAD" : ":\(path)")
      try await fixture.git("update-index", "--cacheinfo", "\(mode),\(id),\(path)")
    }
    #expect(finding.record.approvers.isEmpty, "\(finding.story)")
    #expect(
      finding.record.judgements.first?.whyNot?.contains("`\(path)` is not a plain file") == true,
      "\(finding.story)")
  }

  @Test func anExecutableInAMergeWithEditsApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "--no-commit", fixture.branch)
    try await fixture.git("update-index", "--chmod=+x", ApprovalFixture.target)
    try await fixture.git("commit", "-q", "-S", "--no-edit")
    let finding = try await fixture.judge()
    #expect(finding.record.approvers.isEmpty, "\(finding.story)")
  }

  @Test(arguments: ["content/Launch.md", "Content/x.md", "approvals/Launch-3f9c2a/x"])
  func aPathThatCollidesByCaseApprovesNothing(_ path: String) async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.repository.commit("collide", [path: "x\n"])
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("the same name to some file systems"), "\(finding.story)")
  }

  @Test func nothingIsProposedBesideAPathThatCollides() async throws {
    let fixture = try await ApprovalFixture()
    for target in ["content/Other.md", "content/other.md\u{301}"] {
      let proposal = try? await ApprovalFixture.propose(
        .init(), in: fixture.repository, anchor: fixture.anchor,
        attempt: AttemptID("launch-3f9c2a/approve.3"), target: target, nonce: 3)
      #expect((proposal == nil) == (target == "content/Other.md"))
    }
  }

  @Test(arguments: ["people/x.json", "approvals/x/y", ".github/x", "headway.json", "Policies/x"])
  func nothingIsProposedAtAProtectedPath(_ target: String) async throws {
    let fixture = try await ApprovalFixture()
    await #expect(throws: ApprovalError.self) {
      try await ApprovalFixture.propose(
        .init(), in: fixture.repository, anchor: fixture.anchor,
        attempt: AttemptID("launch-3f9c2a/approve.3"), target: target, nonce: 3)
    }
  }

  /// A record that says something else, at the right path, signed and named.
  @Test(arguments: ["task", "attempt", "repository", "target"])
  func aRecordOfSomethingElseApprovesNothing(_ what: String) async throws {
    let fixture = try await ApprovalFixture()
    let path = fixture.proposal.record.path.text
    let finding = try await squash(fixture) {
      let text = try await fixture.git("cat-file", "blob", fixture.proposal.record.blob.hex)
      let changed =
        switch what {
        case "task": text.replacing("\"task\": \"approve\"", with: "\"task\": \"other\"")
        case "attempt": text.replacing("\"attempt\": 1", with: "\"attempt\": 2")
        case "repository":
          text.replacing(fixture.anchor.hex, with: String(repeating: "a", count: 40))
        default: text.replacing("\"target\": \"main\"", with: "\"target\": \"other\"")
        }
      #expect(changed != text)
      try fixture.write(path, changed + "\n")
      try await fixture.git("add", "--all")
    }
    #expect(finding.record.approvers.isEmpty, "\(finding.story)")
    #expect(
      finding.record.judgements.first?.whyNot?.contains("not the one that was proposed") == true,
      "\(finding.story)")
  }

  /// The whole proposal of one repository or branch is worth nothing in another.
  @Test func aProposalOfAnotherRepositoryOrBranchIsNotJudged() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let tip = CommitID(try await fixture.repository.id("main"))
    let open = OpenProposal(proposal: fixture.proposal)
    for (anchor, branch) in [(tip, "main"), (fixture.anchor, "release")] {
      let judge = ApprovalJudge(
        store: try fixture.repository.store(),
        git: try GitProgram(environment: fixture.repository.environment),
        directory: fixture.repository.path, anchor: anchor, branch: branch,
        protected: ProtectedPaths(),
        verifier: SignatureVerifier(roster: Roster(fixture.people)))
      let finding = try #require(
        try await judge.judge([open], from: fixture.judged, to: tip, at: ApprovalFixture.now).first)
      #expect(finding.fault?.contains("not what the ledger says") == true)
      #expect(finding.status == .open && finding.judgements.isEmpty)
    }
  }

  @Test func anExpiredProposalIsNotApproved() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let late = ApprovalFixture.now + .days(7)
    let finding = try await fixture.judge(at: late)
    #expect(finding.status == .expired && finding.record.approvers.isEmpty, "\(finding.story)")
    // Nobody looked at main for a day: that day does not count.
    let open = OpenProposal(proposal: fixture.proposal, expires: late + .hours(1))
    let graced = try #require(try await fixture.judge([open], at: late).first)
    #expect(graced.isApproved(by: "dana"), "\(graced.story)")
  }

  @Test func aChangedTargetVoidsTheProposal() async throws {
    let fixture = try await ApprovalFixture(.init(before: "one\n"))
    try await fixture.repository.commit("edit", [ApprovalFixture.target: "two\n"])
    let before = try await fixture.judge()
    #expect(before.status == .void(.targetChanged), "\(before.story)")
  }

  @Test func aMergeIntoAChangedTargetApprovesNothing() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.repository.commit("same", [ApprovalFixture.target: "somebody's\n"])
    #expect(await fixture.gitFails("merge", "-q", "--no-ff", "-S", fixture.branch))
    try fixture.write(ApprovalFixture.target, ApprovalFixture.article)
    try await fixture.git("add", "--all")
    try await fixture.git("commit", "-q", "-S", "--no-edit")
    let finding = try await fixture.judge()
    #expect(finding.status == .void(.targetChanged), "\(finding.story)")
    #expect(
      finding.record.judgements.first?.whyNot?.contains("had changed on main since") == true,
      "\(finding.story)")
  }

  @Test func aChangedInputVoidsTheProposal() async throws {
    let fixture = try await ApprovalFixture(.init(readAgainst: ["sources/notes.md"]))
    try await fixture.repository.commit("edit", ["sources/notes.md": "other\n"])
    let open = try await fixture.judge()
    #expect(open.status == .void(.inputsChanged), "\(open.story)")
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let merged = try await fixture.judge()
    #expect(merged.status == .void(.inputsChanged) && merged.record.approvers.isEmpty)
  }

  @Test func aChangeOfAnInputAfterTheApprovalChangesNothing() async throws {
    let fixture = try await ApprovalFixture(.init(readAgainst: ["sources/notes.md"]))
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    try await fixture.repository.commit("edit", ["sources/notes.md": "other\n"])
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  /// What git merges by itself out of two texts is a third one, which nobody read.
  @Test func aTextThatGitMergedByItselfApprovesNothing() async throws {
    let lines = (1...12).map { "line \($0)" }
    func text(_ changes: [Int: String]) -> String {
      lines.enumerated().map { changes[$0.offset + 1] ?? $0.element }.joined(separator: "\n") + "\n"
    }
    let fixture = try await ApprovalFixture(.init(commits: 1, before: text([:])))
    try await fixture.repository.commit("edit", [ApprovalFixture.target: text([1: "edited"])])
    try await fixture.repository.commit("more", ["more": "1"])
    let tip = CommitID(try await fixture.repository.id("main"))
    let proposal = try await ApprovalFixture.propose(
      .init(), in: fixture.repository, anchor: fixture.anchor,
      attempt: AttemptID("launch-3f9c2a/approve.2"), text: text([12: "proposed"]), nonce: 2,
      onto: tip)
    // A history of its own in which the same edit was made, so that git sees two changes.
    try await fixture.git("checkout", "-q", "-b", "other", "main~2")
    try await fixture.repository.commit(
      "again", [ApprovalFixture.target: text([1: "edited"])], at: 9)
    try await fixture.git("merge", "-q", "--no-ff", "-S", proposal.branch)
    let finding = try await fixture.judge("other", from: fixture.judged, of: proposal)
    #expect(finding.record.approvers.isEmpty, "\(finding.story)")
    #expect(
      finding.record.judgements.first?.whyNot?.contains("git merged by itself") == true,
      "\(finding.story)")
  }
}
