internal import Git
package import HeadwayCore

extension LedgerView {
  /// Whether costs are told by who asked for them.
  package enum Askers: Hashable, Sendable {
    /// Nobody is asked about, so that no signature has to be verified.
    case none
    /// By signatures whose keys are not revoked then, else by the author's address.
    case verified(at: Instant)
  }

  /// What each attempt that ended between two instants cost, `to` not included; oldest first.
  package func costs(
    from: Instant, to: Instant, askers: Askers
  ) async throws(EngineError) -> [CostLine] {
    let (attempts, runs) = try await index.costs(from: from, to: to)
    var found: [RunID: AskerSearch.Asker] = [:]
    if case .verified(let now) = askers {
      let people = try await project().map { Array($0.people.values) } ?? []
      let search = AskerSearch(store: site.store, people: people, at: now)
      for run in runs.values { found[run.id] = try await search.asker(of: origin(of: run)) }
    }
    return attempts.map { attempt in
      let asker = found[attempt.run]
      return CostLine(
        run: attempt.run, pipeline: runs[attempt.run]?.pipeline.name.text ?? "",
        task: attempt.key, executor: attempt.executor, model: attempt.model,
        person: asker?.name ?? "", basis: asker?.basis ?? .author, day: attempt.finished.day,
        cost: attempt.cost)
    }
  }

  /// The run that people asked for: a run that another one's end set going, or that undoes another
  /// one, is paid for by who asked for that.
  private func origin(of run: RunRecord) async throws(EngineError) -> RunRecord {
    var (origin, seen) = (run, Set([run.id]))
    while origin.cause.kind == .run || origin.cause.kind == .compensation,
      let parent = origin.cause.parent, seen.insert(parent).inserted,
      let earlier = try await index.run(parent)
    {
      origin = earlier
    }
    return origin
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
        attempts: attempts, committed: causes, at: now)
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

  /// When the commits were made that asked for these runs; one that is gone is left out.
  private func causes(
    of runs: some Sequence<RunRecord>
  ) async throws(EngineError) -> [CommitID: Instant] {
    let commits = Set(runs.flatMap { $0.revisions.map(\.commit) })
    do {
      return try await site.store.perform { (repository) throws(GitError) in
        var causes: [CommitID: Instant] = [:]
        for name in commits {
          let id = try ObjectID(name)
          guard repository.contains(id) else { continue }
          causes[name] = Instant(milliseconds: try repository.commit(id).committer.milliseconds)
        }
        return causes
      }
    } catch { throw .git(error) }
  }
}
