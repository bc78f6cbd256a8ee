import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// What `headway approve` and `headway reject` do, and that they do nothing halfway.
@Suite struct ApproverTests {
  private static let nonce = Nonce(9, 9)

  private func fixture(
    _ options: ApprovalFixture.Options = .init()
  ) async throws -> (ApprovalFixture, dana: Name) {
    let fixture = try await ApprovalFixture(options)
    try await Self.introduce(fixture.repository)
    return (fixture, try #require(Name("dana")))
  }

  /// Who the user is: git children of ours do not inherit that from a hook's environment.
  private static func introduce(_ repository: TemporaryRepository) async throws {
    try await repository.git("config", "user.name", "Dana")
    try await repository.git("config", "user.email", "dana@example.org")
  }

  @Test func approvesInAWorkingTree() async throws {
    let (fixture, dana) = try await fixture()
    try fixture.write("headway.json", "{ }\n")
    let act = try await fixture.approver().approve(
      fixture.proposal, as: dana, nonce: Self.nonce)
    #expect(act.merged)
    #expect(CommitID(try await fixture.repository.id("main")) == act.commit)
    let parents = try await fixture.git("log", "-1", "--format=%P %s")
    #expect(
      parents == "\(fixture.judged) \(fixture.proposal.commit) Merge branch '\(fixture.branch)'")
    // Unrelated work in progress stays as it was; everything else is as committed.
    #expect(try await fixture.git("status", "--porcelain") == " M headway.json")
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func approvesInABareRepository() async throws {
    let (fixture, dana) = try await fixture()
    let bare = try await fixture.repository.clone("bare.git", options: ["--bare"]).repository
    try await fixture.become("dana", in: bare)
    try await Self.introduce(bare)
    let act = try await fixture.approver(in: bare).approve(
      fixture.proposal, as: dana, nonce: Self.nonce)
    let finding = try await fixture.judge(in: bare)
    #expect(act.merged && finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func approvesWhereAnotherBranchIsCheckedOut() async throws {
    let (fixture, dana) = try await fixture()
    try await fixture.git("checkout", "-q", "-b", "work")
    try fixture.write(ApprovalFixture.target, "in nobody's way\n")
    _ = try await fixture.approver().approve(fixture.proposal, as: dana, nonce: Self.nonce)
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
    #expect(try await fixture.git("symbolic-ref", "HEAD") == "refs/heads/work")
    #expect(try await fixture.git("status", "--porcelain") == "?? content/launch.md")
  }

  @Test func approvesInACloneAndPushes() async throws {
    let (fixture, dana) = try await fixture()
    let clone = try await fixture.repository.clone("clone").repository
    try await fixture.git("checkout", "-q", "-b", "elsewhere")
    try await fixture.become("dana", in: clone)
    try await Self.introduce(clone)
    let act = try await fixture.approver(in: clone).approve(
      fixture.proposal, as: dana, nonce: Self.nonce, pushTo: "origin")
    #expect(act.pushed.map(\.outcome) == [.updated])
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func approvesHighRiskByItsStatement() async throws {
    let (fixture, dana) = try await fixture(.init(risk: .high, confirmedKeys: true))
    _ = try await fixture.approver().approve(fixture.proposal, as: dana, nonce: Self.nonce)
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func repairsWhatLandedUnapproved() async throws {
    let (fixture, dana) = try await fixture()
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    let landed = try await fixture.judge()
    let tip = CommitID(try await fixture.repository.id("main"))
    let act = try await fixture.approver().approve(
      fixture.proposal, as: dana, nonce: Self.nonce)
    #expect(!act.merged)
    let finding = try await fixture.judge(from: tip, so: landed.record)
    #expect(finding.isApproved(by: "dana"), "\(finding.story)")
  }

  @Test func theSecondApproverMakesAStatement() async throws {
    let (fixture, dana) = try await fixture(.init(count: 2))
    _ = try await fixture.approver().approve(fixture.proposal, as: dana, nonce: Self.nonce)
    try await fixture.become("erin")
    let erin = try #require(Name("erin"))
    _ = try await fixture.approver().approve(fixture.proposal, as: erin, nonce: Nonce(8, 8))
    let finding = try await fixture.judge()
    #expect(finding.isApproved(by: "dana", "erin"), "\(finding.story)")
  }

  @Test func signsWithOpenPGP() async throws {
    let (fixture, _) = try await fixture()
    let repository = fixture.repository
    let key = try await repository.makeOpenPGPKey("Gina <gina@example.org>")
    let armoured = try await TemporaryRepository.run(
      ["gpg", "--batch", "--armor", "--export", key], in: repository.directory,
      variables: repository.openPGPEnvironment)
    try await fixture.git("config", "gpg.format", "openpgp")
    try await fixture.git("config", "user.signingkey", key)
    let gina = try #require(Name("gina"))
    let approver = Approver(
      store: try repository.store(),
      git: try GitProgram(environment: repository.openPGPEnvironment),
      directory: repository.path, anchor: fixture.anchor, branch: "main",
      environment: repository.openPGPEnvironment)
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    _ = try await approver.approve(fixture.proposal, as: gina, nonce: Self.nonce)
    let person = Person(
      name: gina, roles: [try #require(Name("creator"))],
      keys: [PersonKey(material: .openPGP(armoured: armoured + "\n"))])
    let finding = try await fixture.judge(people: [person])
    #expect(finding.isApproved(by: "gina"), "\(finding.story)")
  }

  @Test func rejectsWithAMessage() async throws {
    let (fixture, dana) = try await fixture()
    _ = try await fixture.approver().reject(
      fixture.proposal, as: dana, message: "Too long.\n\nHeadway-Approve: x", nonce: Self.nonce)
    let finding = try await fixture.judge()
    #expect(
      finding.status == .rejected(by: dana, message: "Too long.\n\nHeadway-Approve: x"),
      "\(finding.story)")
    #expect(try await fixture.git("ls-tree", "main", ApprovalFixture.target).isEmpty)
  }

  @Test func namesFilesInTheWayAndChangesNothing() async throws {
    let (fixture, dana) = try await fixture()
    try fixture.write(ApprovalFixture.target, "mine\n")
    await #expect(throws: ApprovalError.self) {
      try await fixture.approver().approve(fixture.proposal, as: dana, nonce: Self.nonce)
    }
    do {
      _ = try await fixture.approver().approve(fixture.proposal, as: dana, nonce: Self.nonce)
    } catch ApprovalError.pathsInTheWay(let paths) {
      #expect(paths == [ApprovalFixture.target])
    }
    #expect(CommitID(try await fixture.repository.id("main")) == fixture.judged)
    #expect(try await fixture.git("status", "--porcelain") == "?? content/launch.md")
    #expect(
      try ApprovalFixture.read(fixture.repository.path + "/" + ApprovalFixture.target) == "mine\n")
  }

  @Test func keepsOutOfAMergeThatIsUnderWay() async throws {
    let (fixture, dana) = try await fixture()
    try await fixture.git("merge", "-q", "--no-ff", "--no-commit", fixture.branch)
    await #expect(throws: ApprovalError.self) {
      try await fixture.approver().approve(fixture.proposal, as: dana, nonce: Self.nonce)
    }
    #expect(CommitID(try await fixture.repository.id("main")) == fixture.judged)
  }

  @Test func doesNotApproveWhatChangedSince() async throws {
    let (fixture, dana) = try await fixture()
    try await fixture.repository.commit("edit", [ApprovalFixture.target: "other\n"])
    let tip = try await fixture.repository.id("main")
    await #expect(throws: ApprovalError.self) {
      try await fixture.approver().approve(fixture.proposal, as: dana, nonce: Self.nonce)
    }
    #expect(try await fixture.repository.id("main") == tip)
  }

  @Test func withoutAKeyNothingHappens() async throws {
    let (fixture, dana) = try await fixture()
    try await fixture.git("config", "--unset", "user.signingkey")
    await #expect(throws: ApprovalError.self) {
      try await fixture.approver().approve(fixture.proposal, as: dana, nonce: Self.nonce)
    }
    #expect(CommitID(try await fixture.repository.id("main")) == fixture.judged)
  }
}

/// Proposals are made once, whatever interrupts it.
@Suite struct ProposalWriterTests {
  @Test func theSameDraftIsTheSameCommit() async throws {
    let fixture = try await ApprovalFixture()
    let again = try await ApprovalFixture.propose(
      .init(), in: fixture.repository, anchor: fixture.anchor)
    #expect(again == fixture.proposal)
    await #expect(throws: ApprovalError.self) {
      try await ApprovalFixture.propose(
        .init(), in: fixture.repository, anchor: fixture.anchor, nonce: 2)
    }
    let branch = try await fixture.repository.id(fixture.branch)
    #expect(CommitID(branch) == fixture.proposal.commit)
  }

  @Test func standsOneStepBehindMainWhereTheContentIsTheSame() async throws {
    let fixture = try await ApprovalFixture()
    let parent = try await fixture.git("rev-parse", "\(fixture.branch)^")
    #expect(parent == (try await fixture.git("rev-parse", "main~1")))
    // The second parent where only that has main's content, the tip where none has.
    try await fixture.git("checkout", "-q", "-b", "side")
    try await fixture.repository.commit("side", ["content/new.md": "side\n"])
    try await fixture.git("checkout", "-q", "main")
    try await fixture.git("merge", "-q", "--no-ff", "side")
    let tip = CommitID(try await fixture.repository.id("main"))
    for (target, wanted) in [("content/new.md", "main^2"), ("content/free.md", "main^1")] {
      let proposal = try await ApprovalFixture.propose(
        .init(), in: fixture.repository, anchor: fixture.anchor,
        attempt: AttemptID("x-3f9c2a/a.\(wanted.suffix(1))"), target: target, onto: tip)
      #expect(
        try await fixture.git("rev-parse", "\(proposal.branch)^")
          == (try await fixture.git("rev-parse", wanted)))
    }
  }

  @Test func holdsTheContentAndTheRecordAndNothingElse() async throws {
    let fixture = try await ApprovalFixture()
    let changed = try await fixture.git(
      "diff-tree", "-r", "--no-commit-id", fixture.proposal.commit.hex)
    let lines = changed.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0[1] == "100644" })
    let text = try await fixture.git("cat-file", "blob", fixture.proposal.record.blob.hex)
    let record = try ApprovalRecord(bytes: Array((text + "\n").utf8))
    let content = try #require(record.content[try FilePath(ApprovalFixture.target)])
    #expect(content.sha256 == Digest(of: Array(ApprovalFixture.article.utf8)).hex)
  }
}
