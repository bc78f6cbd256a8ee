package import Git
package import HeadwayCore

extension Approver {
  /// What a person decided about one of many proposals.
  package struct Verdict: Hashable, Sendable {
    package let proposal: ProposalRecord
    package let decision: Decision
    package let nonce: Nonce

    package enum Decision: Hashable, Sendable {
      case approve
      /// The message becomes the feedback of whoever works on it next.
      case reject(message: String)
    }

    package init(_ proposal: ProposalRecord, _ decision: Decision, nonce: Nonce) {
      self.proposal = proposal
      self.decision = decision
      self.nonce = nonce
    }

    var approves: Bool { decision == .approve }
  }

  /// What one signed commit decided.
  package struct Review: Hashable, Sendable {
    package let commit: CommitID
    package let statements: [PinnedFile]
    package let pushed: [PushedReference]
  }

  /// A verdict with main as it was found for it.
  private struct Case {
    let verdict: Verdict
    let main: MainBranch

    var lands: Bool { verdict.approves && !main.hasLanded }
  }

  /// Decides all of them in one signed commit, or none.
  ///
  /// Each verdict has a signed statement of its own that binds its own record, so that none can
  /// stand for another one. Proposals of which one changes what another one writes or rests on are
  /// refused: nobody has read what would come of both.
  package func decide(
    _ verdicts: [Verdict], as person: Name, pushTo remote: String? = nil
  ) async throws(ApprovalError) -> Review {
    var cases: [Case] = []
    for verdict in verdicts {
      let main = try await main(for: verdict.proposal)
      if verdict.approves { try Self.requireUnchanged(verdict.proposal, main) }
      cases.append(Case(verdict: verdict, main: main))
    }
    guard let main = cases.first?.main else { throw .noLongerOpen("nothing was decided") }
    guard cases.allSatisfy({ $0.main.tip == main.tip }) else { throw .branchMoved(branch) }
    if let checkout = main.checkout { try Self.requireIdle(checkout) }
    try Self.requireIndependent(cases)
    var statements: [(Statement, signature: [UInt8])] = []
    for one in cases {
      let statement = statement(one, as: person)
      statements.append((statement, try await sign(statement)))
    }
    let (tree, files) = try await tree(main.tree, cases, statements)
    let commit = try await commit(tree, parents: [main.tip], message: Self.message(cases))
    try await land(commit, over: main)
    return Review(
      commit: CommitID(commit), statements: files, pushed: try await push(to: remote))
  }

  private func sign(_ statement: Statement) async throws(ApprovalError) -> [UInt8] {
    try await StatementSigner(git: git, directory: directory, environment: environment)
      .sign(statement.bytes)
  }

  private func statement(_ one: Case, as person: Name) -> Statement {
    let proposal = one.verdict.proposal
    let name = Statement.RecordName(
      attempt: proposal.attempt, blob: proposal.record.blob, sha256: one.main.recordSHA256)
    let decision: Statement.Decision =
      switch one.verdict.decision {
      case .approve: .approve(name)
      case .reject(let message): .reject(name, message: message)
      }
    return Statement(
      repository: anchor, target: branch, decision: decision, person: person,
      seen: CommitID(one.main.tip), policies: one.main.policies, expires: proposal.expires,
      nonce: one.verdict.nonce)
  }

  /// No approved proposal touches what another one of them writes or has read.
  private static func requireIndependent(_ cases: [Case]) throws(ApprovalError) {
    guard Set(cases.map(\.verdict.proposal.attempt)).count == cases.count else {
      throw .noLongerOpen("one proposal is decided twice")
    }
    var writers: [String: AttemptID] = [:]
    let approved = cases.filter(\.verdict.approves)
    for one in approved {
      let attempt = one.verdict.proposal.attempt
      for path in one.verdict.proposal.content.keys.sorted() {
        let key = PathFolding.fold(path.text.utf8)
        if let other = writers.updateValue(attempt, forKey: key) {
          throw .noLongerOpen(
            "\(other) and \(attempt) both write `\(path)`; decide one, then look at the other")
        }
      }
    }
    for one in approved {
      let attempt = one.verdict.proposal.attempt
      for path in one.main.readAgainst.sorted() {
        guard let writer = writers[PathFolding.fold(path.text.utf8)], writer != attempt else {
          continue
        }
        throw .noLongerOpen(
          "\(attempt) rests on `\(path)`, which \(writer) changes; decide one, then look again")
      }
    }
  }

  private func tree(
    _ base: ObjectID, _ cases: [Case], _ statements: [(Statement, signature: [UInt8])]
  ) async throws(ApprovalError) -> (ObjectID, [PinnedFile]) {
    let landing = cases.filter(\.lands).map(\.verdict.proposal)
    return try await store.perform { (repository) throws(ApprovalError) in
      do throws(GitError) {
        var changes: [RepositoryPath: FileChange] = [:]
        var files: [PinnedFile] = []
        for proposal in landing {
          changes[try RepositoryPath(checking: proposal.record.path.text)] =
            .existing(try ObjectID(proposal.record.blob))
          for (path, blob) in proposal.content {
            changes[try RepositoryPath(checking: path.text)] = .existing(try ObjectID(blob))
          }
        }
        for (statement, signature) in statements {
          let place = statement.place
          changes[try RepositoryPath(checking: place.path.text)] = .write(statement.bytes)
          changes[try RepositoryPath(checking: place.signaturePath.text)] = .write(signature)
          files.append(
            PinnedFile(path: place.path, blob: BlobID(try Repository.id(of: statement.bytes))))
        }
        return (
          try repository.writeTree(base, changing: changes, durability: .power), files
        )
      } catch {
        throw .git(error)
      }
    }
  }

  /// Names each record that it brings in: that is what makes it an approval of each.
  private static func message(_ cases: [Case]) -> String {
    let approved = cases.filter(\.verdict.approves)
    let rejected = cases.filter { !$0.verdict.approves }
    let counts = [(approved.count, "approve"), (rejected.count, "reject")]
      .filter { $0.0 > 0 }.map { "\($0.1) \($0.0)" }
    let lines =
      approved.map { "Approve \($0.verdict.proposal.attempt)" }
      + rejected.map { "Reject \($0.verdict.proposal.attempt)" }
    return CommitMessage(
      subject: "Review: \(counts.joined(separator: ", "))", body: lines.joined(separator: "\n"),
      trailers: cases.filter(\.lands).map {
        Trailer("Headway-Approve", $0.verdict.proposal.record.blob.hex)
      }
    ).text
  }
}
