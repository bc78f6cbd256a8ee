package import Git
package import HeadwayCore

/// What `headway approve` and `headway reject` do, as the user who typed them: one signed commit
/// on main that carries a signed statement, and the proposal where it has not landed yet.
///
/// The commit is made without index or working tree; where main is checked out, `git merge
/// --ff-only` brings it in, which changes nothing when a file is in the way.
package struct Approver: Sendable {
  let store: GitStore
  let git: GitProgram
  /// The repository's common directory.
  let directory: String
  let anchor: CommitID
  /// Without `refs/heads/`.
  let branch: String
  let environment: [String: String]

  package init(
    store: GitStore, git: GitProgram, directory: String, anchor: CommitID, branch: String,
    environment: [String: String]
  ) {
    self.store = store
    self.git = git
    self.directory = directory
    self.anchor = anchor
    self.branch = branch
    self.environment = environment
  }

  /// What was done.
  package struct Act: Hashable, Sendable {
    package let commit: CommitID
    package let statement: PinnedFile
    /// The proposal came to main with this very commit.
    package let merged: Bool
    package let pushed: [PushedReference]
  }

  package func approve(
    _ proposal: ProposalRecord, as person: Name, nonce: Nonce, pushTo remote: String? = nil
  ) async throws(ApprovalError) -> Act {
    try await act(on: proposal, as: person, nonce: nonce, pushTo: remote, message: nil)
  }

  /// `message` becomes the feedback of whoever works on it next.
  package func reject(
    _ proposal: ProposalRecord, as person: Name, message: String, nonce: Nonce,
    pushTo remote: String? = nil
  ) async throws(ApprovalError) -> Act {
    try await act(on: proposal, as: person, nonce: nonce, pushTo: remote, message: message)
  }

  private func act(
    on proposal: ProposalRecord, as person: Name, nonce: Nonce, pushTo remote: String?,
    message: String?
  ) async throws(ApprovalError) -> Act {
    let main = try await main(for: proposal)
    if let checkout = main.checkout { try Self.requireIdle(checkout) }
    let merges = message == nil && !main.hasLanded
    if message == nil { try Self.requireUnchanged(proposal, main) }
    let name = Statement.RecordName(
      attempt: proposal.attempt, blob: proposal.record.blob, sha256: main.recordSHA256)
    let statement = Statement(
      repository: anchor, target: branch,
      decision: message.map { .reject(name, message: $0) } ?? .approve(name), person: person,
      seen: CommitID(main.tip), policies: main.policies, expires: proposal.expires, nonce: nonce)
    let signature = try await StatementSigner(
      git: git, directory: directory, environment: environment
    ).sign(statement.bytes)
    let base = merges ? try await mergedTree(main.tip, proposal) : main.tree
    let (tree, blob) = try await self.tree(base, statement, signature)
    let commit = try await commit(
      tree, parents: try Self.parents(main, proposal, merges: merges),
      message: Self.message(proposal, statement, merges: merges))
    try await land(commit, over: main)
    return Act(
      commit: CommitID(commit), statement: PinnedFile(path: statement.place.path, blob: blob),
      merged: merges, pushed: try await push(to: remote))
  }

  private static func parents(
    _ main: MainBranch, _ proposal: ProposalRecord, merges: Bool
  ) throws(ApprovalError) -> [ObjectID] {
    guard merges else { return [main.tip] }
    do { return [main.tip, try ObjectID(proposal.commit)] } catch { throw .git(error) }
  }

  /// The subject names the proposal as git's own would: that is what makes it an approval.
  private static func message(
    _ proposal: ProposalRecord, _ statement: Statement, merges: Bool
  ) -> String {
    if case .reject(_, let message) = statement.decision {
      return CommitMessage(subject: "Reject \(proposal.attempt)", body: message).text
    }
    guard merges else {
      return CommitMessage(subject: "Approve \(proposal.attempt) by statement").text
    }
    return CommitMessage(
      subject: "Merge branch '\(proposal.branch)'",
      trailers: [Trailer("Headway-Approve", proposal.record.blob.hex)]
    ).text
  }

  /// Git's merge of the proposal into main, in objects only.
  private func mergedTree(
    _ tip: ObjectID, _ proposal: ProposalRecord
  ) async throws(ApprovalError) -> ObjectID {
    let output: GitProgram.Output
    do {
      output = try await git.outcome(
        of: [
          "merge-tree", "--write-tree", "--no-messages", "--name-only", tip.hex,
          proposal.commit.hex,
        ], in: directory, as: .reading)
    } catch {
      throw .program(error)
    }
    let lines = output.text.split(separator: "\n").map(String.init)
    guard output.status <= 1, let tree = lines.first.flatMap({ ObjectID(hex: $0) }) else {
      throw .cannotSign("git merge-tree: \(output.standardError)")
    }
    guard output.status == 0 else { throw .conflict(Array(lines.dropFirst())) }
    return tree
  }

  private func tree(
    _ base: ObjectID, _ statement: Statement, _ signature: [UInt8]
  ) async throws(ApprovalError) -> (tree: ObjectID, statement: BlobID) {
    let (bytes, place) = (statement.bytes, statement.place)
    return try await store.perform { (repository) throws(ApprovalError) in
      do throws(GitError) {
        let tree = try repository.writeTree(
          base,
          changing: [
            try RepositoryPath(checking: place.path.text): .write(bytes),
            try RepositoryPath(checking: place.signaturePath.text): .write(signature),
          ], durability: .power)
        return (tree, BlobID(try Repository.id(of: bytes)))
      } catch {
        throw .git(error)
      }
    }
  }

  func commit(
    _ tree: ObjectID, parents: [ObjectID], message: String
  ) async throws(ApprovalError) -> ObjectID {
    let folder: PrivateFolder
    let file: String
    do {
      folder = try PrivateFolder()
      file = try folder.write("message", Array(message.utf8))
    } catch {
      throw .file(error)
    }
    let arguments =
      ["commit-tree", "-S", "-F", file] + parents.flatMap { ["-p", $0.hex] } + [tree.hex]
    let printed = try await Terminal.run(git.path, arguments, in: directory, environment)
    withExtendedLifetime(folder) {}
    guard let id = ObjectID(hex: printed.prefix { !$0.isNewline }) else {
      throw .cannotSign("git commit-tree printed `\(printed)`")
    }
    return id
  }

  func push(to remote: String?) async throws(ApprovalError) -> [PushedReference] {
    guard let remote else { return [] }
    do {
      return try await git.push(
        to: remote, ["refs/heads/\(branch):refs/heads/\(branch)"], in: directory)
    } catch {
      throw .program(error)
    }
  }
}
