internal import Git
package import HeadwayCore

extension LedgerView {
  /// What each attempt that ended between two instants cost, `to` not included; oldest first.
  package func costs(from: Instant, to: Instant) async throws(EngineError) -> [CostLine] {
    let (attempts, runs) = try await index.costs(from: from, to: to)
    let causes = try await causes(of: runs.values)
    let people = try await project()?.people.values.sorted { $0.name < $1.name } ?? []
    return attempts.map { attempt in
      let run = runs[attempt.run]
      let email = run.flatMap { causes[$0.asked]?.email } ?? ""
      // An address is a claim of the commit; here it only says under whose name costs are told.
      let person = people.first { $0.emails.contains(email) }?.name.text ?? email
      return CostLine(
        run: attempt.run, pipeline: run?.pipeline.name.text ?? "", task: attempt.key,
        executor: attempt.executor, model: attempt.model, person: person,
        day: attempt.finished.day, cost: attempt.cost)
    }
  }

  /// How long tasks took whose runs were worked on since `from`.
  package func serviceMeasures(
    since from: Instant, at now: Instant
  ) async throws(EngineError) -> [ServiceMeasure] {
    let records = try await index.runs(since: from)
    let causes = try await causes(of: records)
    var measures: [ServiceMeasure] = []
    for record in records {
      let (run, attempts) = try await history(of: record)
      let found = run.serviceMeasures(
        attempts: attempts, committed: causes.mapValues(\.at), at: now)
      measures += found.filter { ($0.settled ?? now) >= from }
    }
    return measures
  }

  /// A run of any age as it stands, with every attempt that was settled.
  private func history(
    of record: RunRecord
  ) async throws(EngineError) -> (run: BoardRun, attempts: [AttemptRecord]) {
    var board = Board()
    var attempts: [AttemptRecord] = []
    for file in try await records(below: record.folder) {
      board.fold(file)
      if case .attempt(let attempt, _) = file { attempts.append(attempt) }
    }
    guard let run = board.runs[record.id] else { throw .unknownRun(record.id.text, near: []) }
    return (run, attempts)
  }

  /// Who made the commits that asked for these runs, and when; one that is gone is left out.
  private func causes(
    of runs: some Sequence<RunRecord>
  ) async throws(EngineError) -> [CommitID: (email: String, at: Instant)] {
    let commits = Set(runs.flatMap { [$0.asked] + $0.revisions.map(\.commit) })
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        var causes: [CommitID: (email: String, at: Instant)] = [:]
        for name in commits {
          let id = try ObjectID(name)
          guard repository.contains(id) else { continue }
          let commit = try repository.commit(id)
          causes[name] = (
            commit.author.email, Instant(milliseconds: commit.committer.milliseconds)
          )
        }
        return causes
      }
    } catch { throw .git(error) }
  }
}

extension RunRecord {
  /// The commit that asked for what is done now.
  fileprivate var asked: CommitID { revisions.last?.commit ?? cause.commit }
}
