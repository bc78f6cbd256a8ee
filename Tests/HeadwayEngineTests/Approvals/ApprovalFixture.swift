import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// A repository with people, keys and one proposal, in which tests do with plain git what people
/// and attackers do, and then ask the judge.
struct ApprovalFixture: Sendable {
  let repository: TemporaryRepository
  let proposal: ProposalRecord
  /// Main's tip when the proposal was made, and up to which main has been judged.
  let judged: CommitID
  let anchor: CommitID
  let people: [Person]
  let keys: [String: String]

  static let now = Instant(milliseconds: Int64(TemporaryRepository.epoch) * 1_000)
  static let article = "# Launch\n\nWhy small teams should schedule their work.\n"
  static let target = "content/launch.md"
  static let attempt = AttemptID("launch-3f9c2a/approve.1")

  struct Options: Sendable {
    var risk = Risk.medium
    var count = 1
    var distinct = false
    /// How many commits main has before the proposal.
    var commits = 2
    /// What stands on main at the target already.
    var before: String?
    var readAgainst: [String] = []
    var confirmedKeys = false
  }

  init(_ options: Options = Options()) async throws {
    repository = try await TemporaryRepository()
    let repo = repository
    try await repo.git("config", "gpg.format", "ssh")
    var keys: [String: String] = [:]
    for name in ["dana", "erin", "wendy", "mallory"] {
      keys[name] = try await repo.makeSSHKey("key-\(name)")
    }
    self.keys = keys
    people = [
      try Self.person("dana", ["creator", "admin"], keys, confirm: options.confirmedKeys),
      try Self.person("erin", ["creator"], keys, confirm: options.confirmedKeys),
      try Self.person("wendy", [], keys),
    ]
    try await repo.git("config", "user.signingkey", keys["dana"] ?? "")
    var files = ["headway.json": "{}\n", "sources/notes.md": "notes\n", "content/other.md": "x\n"]
    files[Self.target] = options.before
    for number in 1...options.commits {
      try await repo.commit("Start \(number)", files.merging(["n": "\(number)\n"]) { $1 })
    }
    anchor = CommitID(try await repo.id("main"))
    judged = anchor
    proposal = try await Self.propose(options, in: repo, anchor: anchor)
  }

  static func person(
    _ name: String, _ roles: [String], _ keys: [String: String], confirm: Bool = false
  ) throws -> Person {
    let path = try #require(keys[name])
    return Person(
      name: try #require(Name(name)), roles: Set(roles.compactMap { Name($0) }),
      keys: [try publicKey(path, confirm: confirm)])
  }

  static func publicKey(
    _ path: String, from: Instant? = nil, until: Instant? = nil, revoked: Instant? = nil,
    confirm: Bool = false
  ) throws -> PersonKey {
    let words = try read(path + ".pub").split(separator: " ")
    return PersonKey(
      material: .ssh(type: String(words[0]), key: String(words[1])), from: from, until: until,
      revoked: revoked, confirm: confirm)
  }

  static func propose(
    _ options: Options, in repo: TemporaryRepository, anchor: CommitID,
    attempt: AttemptID? = Self.attempt, target: String = Self.target, text: String = Self.article,
    nonce: UInt64 = 1, onto main: CommitID? = nil
  ) async throws -> ProposalRecord {
    let blob = try await repo.git("hash-object", "-w", "--stdin", input: text)
    var read: [FilePath: BlobID] = [:]
    for path in options.readAgainst {
      read[try FilePath(path)] = BlobID(try await repo.id("main:\(path)"))
    }
    let draft = ProposalDraft(
      attempt: try #require(attempt), anchor: anchor, target: "main",
      content: [try FilePath(target): try #require(BlobID(blob))], readAgainst: read,
      risk: options.risk,
      requirement: ApprovalRequirement(
        role: try #require(Name("creator")), count: options.count, within: .days(7),
        distinctFromRequester: options.distinct), policies: nil, decision: nil, proposed: now,
      expires: now + .days(7), nonce: Nonce(7, nonce), publishes: ["content/"],
      protected: ProtectedPaths(), question: "May this article be published?",
      runner: ("Headway", "headway@example.org"))
    return try await ProposalWriter(store: try repo.store(), durability: .process)
      .write(draft, onto: main ?? anchor)
  }

  var branch: String { proposal.branch }

  @discardableResult
  func git(_ arguments: String..., adding extra: [String: String] = [:]) async throws -> String {
    try await repository.git(arguments, adding: extra)
  }

  /// Lets every later `-S` sign as `person`.
  func become(_ person: String, in other: TemporaryRepository? = nil) async throws {
    let repository = other ?? repository
    try await repository.git("config", "gpg.format", "ssh")
    try await repository.git("config", "user.signingkey", try #require(keys[person]))
  }

  /// Whether git refuses; some attacks are meant to end so.
  func gitFails(_ arguments: String...) async -> Bool {
    do {
      _ = try await repository.git(arguments)
      return false
    } catch {
      return true
    }
  }

  /// Plain files below the working tree.
  func write(_ path: String, _ text: String) throws { try repository.write(path, text) }

  func judge(
    _ tip: String = "main", from: CommitID? = nil, so far: JudgementRecord? = nil,
    at instant: Instant = now, requesters: ApprovalRules.Requesters = .init(),
    people: [Person]? = nil, settled: Bool = false, in other: TemporaryRepository? = nil,
    of proposal: ProposalRecord? = nil, tools: SignatureTools = .system
  ) async throws -> ApprovalFinding {
    let open = OpenProposal(
      proposal: proposal ?? self.proposal, judged: far, requesters: requesters,
      isSettled: settled)
    let findings = try await judge(
      [open], tip, from: from, at: instant, people: people, in: other, tools: tools)
    return try #require(findings.first)
  }

  func judge(
    _ open: [OpenProposal], _ tip: String = "main", from: CommitID? = nil,
    at instant: Instant = now, people: [Person]? = nil, in other: TemporaryRepository? = nil,
    tools: SignatureTools = .system
  ) async throws -> [ApprovalFinding] {
    let repository = other ?? repository
    let sitting = try makeJudge(people: people, in: repository, tools: tools)
    return try await sitting.judge(
      open, from: from ?? judged, to: CommitID(try await repository.id(tip)), at: instant)
  }

  func makeJudge(
    people: [Person]? = nil, in other: TemporaryRepository? = nil,
    tools: SignatureTools = .system
  ) throws -> ApprovalJudge {
    let repository = other ?? repository
    return ApprovalJudge(
      store: try repository.store(), git: try GitProgram(environment: repository.environment),
      directory: repository.path, anchor: anchor, branch: "main", protected: ProtectedPaths(),
      verifier: SignatureVerifier(roster: Roster(people ?? self.people), tools: tools))
  }

  func approver(in other: TemporaryRepository? = nil) throws -> Approver {
    let repository = other ?? repository
    return Approver(
      store: try repository.store(), git: try GitProgram(environment: repository.environment),
      directory: repository.path, anchor: anchor, branch: "main",
      environment: repository.environment)
  }

  /// A statement as `person` would make it, with every part open to forgery.
  func statement(
    _ decision: String = "approve", by person: String = "dana", message: String = "Too long.",
    repository: CommitID? = nil, target: String = "main", blob: BlobID? = nil,
    attempt: AttemptID? = nil, expires: Instant? = nil
  ) async throws -> Statement {
    let bytes = try await self.repository.git("cat-file", "blob", proposal.record.blob.hex) + "\n"
    let name = Statement.RecordName(
      attempt: attempt ?? proposal.attempt, blob: blob ?? proposal.record.blob,
      sha256: Digest(of: Array(bytes.utf8)).hex)
    return Statement(
      repository: repository ?? anchor, target: target,
      decision: decision == "reject"
        ? .reject(name, message: message)
        : decision == "override" ? .override(name) : .approve(name),
      person: try #require(Name(person)), seen: anchor, policies: nil,
      expires: expires ?? proposal.expires, nonce: Nonce(3, 4))
  }

  /// Signs with a key and puts both files into the working tree, uncommitted.
  func place(
    _ statement: Statement, signedBy signer: String, namespace: String = Statement.namespace,
    at place: StatementPath? = nil
  ) async throws {
    let place = place ?? statement.place
    let text = String(decoding: statement.bytes, as: UTF8.self)
    try write(place.path.text, text)
    let file = repository.path + "/" + place.path.text
    _ = try await TemporaryRepository.run(
      ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", try #require(keys[signer]), file],
      in: repository.directory, variables: repository.environment)
  }

  static func read(_ path: String) throws -> String {
    try String(decoding: FileContent.read(path), as: UTF8.self)
  }
}

extension ApprovalFinding {
  /// Approved with exactly the proposed content, by these.
  func isApproved(by people: String...) -> Bool {
    status == .approved(content: proposal.content) && record.approvers.map(\.text) == people
  }

  /// On main, but approved by nobody; `why` must say this.
  func isLanded(_ why: String) -> Bool {
    guard let landed = landedUnapproved else { return false }
    return landed.why.contains(why) && record.approvers.isEmpty
  }

  /// Everything that a failed expectation should show.
  var story: String {
    "\(status)\n"
      + record.judgements.map {
        "\($0.decision) \($0.person?.text ?? "-") \($0.whyNot ?? "counts")"
      }
      .joined(separator: "\n") + (fault.map { "\nfault: \($0)" } ?? "")
  }
}
