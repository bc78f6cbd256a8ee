internal import Git
internal import HeadwayCore

extension Scheduler {
  private static let listLimit = 32 << 20

  /// Makes tasks of the items of the list that `id` waited for.
  ///
  /// The run is expanded once more as it stood at its last revision, this time with the list; a
  /// second call after a crash finds the same tasks.
  func expand(_ id: TaskID, decidedIn decision: HeadwayCore.FilePath) async throws(EngineError) {
    let board = await ledger.board
    guard let run = board.runs[id.run], let task = run.tasks[id.task]?.record,
      let fan = task.specification.fan, let anchor = board.opening?.anchor,
      let list = run.tasks[fan.place.task]?.record.standing[fan.place.output]
    else { return }
    let now = await moment()
    let snapshot = try await snapshot(of: run.record)
    let lists = try await lists(of: run, with: (fan.place, list))
    let plan = plan(of: run.record, with: lists, anchor: anchor, in: snapshot)
    let expansion = ListExpansion(
      of: id, list: list, plan: plan, decision: decision, runner: runner.description, at: now,
      cost: snapshot.project.settings.map { .zero($0.currency) })
    guard let entry = board.expanding(expansion) else { return }
    try await append(entry, at: now)
    let after = await ledger.board[id]?.record
    if let reason = after?.reason, after?.state == .held {
      announce(.held(id, reason))
    } else if case .success(let plan) = plan {
      announce(.expanded(id, count: plan.tasks.count { $0.item?.template == id.task }))
    }
    for case .run(let run) in entry.files where run.state != .active {
      announce(.finished(run.id, run.state))
    }
  }

  /// Main as it stood at the run's last revision.
  private func snapshot(of run: RunRecord) async throws(EngineError) -> MainSnapshot {
    let commit = run.revisions.last?.commit ?? run.cause.commit
    let brief = run.cause.kind == .brief ? run.cause.file : nil
    return try await reader.snapshot(commit, briefs: .only(Set([brief].compactMap { $0 })))
  }

  private func plan(
    of record: RunRecord, with lists: [Name: DeliveredList], anchor: CommitID,
    in snapshot: MainSnapshot
  ) -> Result<RunPlan, Expansion.Refusal> {
    let identity = RunIdentity(
      anchor: anchor, source: record.cause.path, generation: record.generation)
    let expansion = Expansion(
      project: snapshot.project, identity: identity, programs: snapshot.programs)
    do throws(Expansion.Refusal) {
      let occasion = try Occasion(again: record, in: snapshot.project)
      return .success(try expansion.expand(occasion, as: record.id, lists: lists))
    } catch { return .failure(error) }
  }

  /// The lists that tasks of a run were made of, and the one that has come just now.
  func lists(
    of run: BoardRun, with new: (place: OutputPlace, list: BlobID)? = nil
  ) async throws(EngineError) -> [Name: DeliveredList] {
    var lists: [Name: DeliveredList] = [:]
    for task in run.tasksInOrder.map(\.record) {
      guard let place = task.specification.fan?.place else { continue }
      let list = place == new?.place ? new?.list : task.listed
      guard let list else { continue }
      do {
        let bytes = try await site.store.perform { (repository) throws(GitError) in
          try repository.blob(ObjectID(list), limit: Self.listLimit)
        }
        lists[task.task] = DeliveredList(place: place, bytes: bytes)
      } catch { throw .git(error) }
    }
    return lists
  }
}
