internal import Git
internal import HeadwayCore

/// Finds out who asked for runs: who signed what asks for them, else who the commit says wrote it.
struct AskerSearch: Sendable {
  private let history: RequestHistory
  private let verifier: SignatureVerifier
  private let people: [Person]
  private let now: Instant

  struct Asker: Hashable, Sendable {
    /// A person's name, or the address of an author whom nobody knows.
    let name: String
    let basis: CostLine.Basis
  }

  init(store: GitStore, people: [Person], at now: Instant) {
    history = RequestHistory(store: store)
    verifier = SignatureVerifier(roster: Roster(people))
    self.people = people.sorted { $0.name < $1.name }
    self.now = now
  }

  /// `nil` where the commit that asked for the run is gone.
  func asker(of run: RunRecord) async throws(EngineError) -> Asker? {
    let asked = run.revisions.last?.commit ?? run.cause.commit
    guard let commit = try await history.change(of: run, at: asked) else {
      return try await author(of: asked)
    }
    let raw = try await history.rawCommit(commit)
    do throws(SignatureRefusal) {
      let signer = try await verifier.signer(of: commit, raw, .notRevoked(at: now))
      return Asker(name: signer.person.text, basis: .signature)
    } catch {
      // Whatever keeps the signature from naming somebody, only the author's word is left.
      return try await author(of: CommitID(commit))
    }
  }

  private func author(of commit: CommitID) async throws(EngineError) -> Asker? {
    let email: String?
    do {
      email = try await history.store.perform { (repository) throws(GitError) in
        let id = try ObjectID(commit)
        return repository.contains(id) ? try repository.commit(id).author.email : nil
      }
    } catch { throw .git(error) }
    return email.map { email in
      // An address is a claim of the commit; here it only says under whose name costs are told.
      let person = people.first { $0.emails.contains(email) }
      return Asker(name: person?.name.text ?? email, basis: .author)
    }
  }
}
