internal import Git
internal import HeadwayCore

extension Scheduler {
  /// Carries out what people typed; whether there was anything.
  func carryOutRequests() async throws(EngineError) -> Bool {
    let requests = Requests(folder: site.folders.requests)
    let open = try requests.open()
    for request in open {
      let answer = try await carryOut(request)
      // Durable before anybody is told.
      try await flush()
      try checkpoint(.beforeAnswer)
      try requests.answer(request, answer)
      report(.verb("\(request.verbs.words.joined(separator: ", ")) by \(request.by)"))
      if answer == .done, request.verbs.contains(.freezeNow) { stopAll() }
    }
    if !open.isEmpty { await stopCancelled() }
    return !open.isEmpty
  }

  /// What runs is ended with grace, and settles as what it then is.
  private func stopAll() {
    for stop in running.values { stop.finish() }
  }

  private func carryOut(_ request: Requests.Request) async throws(EngineError) -> Requests.Answer {
    let now = await moment()
    for verb in request.verbs {
      switch verb {
      case .retry(let task), .adopt(let task, _): try await ledger.recall(task.run)
      case .compensate(let run, _): try await ledger.recall(run)
      default: break
      }
    }
    let cause = VerbCause(
      by: request.by, reason: request.reason, at: now, runner: runner.description)
    if request.verbs.count == 1, case .rerun(let run, let from, let seen) = request.verbs[0] {
      return try await rerun(run, from: from, seen: seen, cause)
    }
    var blobs: [String: BlobID] = [:]
    for case .adopt(let task, let outputs) in request.verbs where !outputs.isEmpty {
      guard request.verbs.count == 1 else {
        return .refused("outputs are supplied for one task at a time")
      }
      if let refusal = await refusal(of: outputs, for: task) { return .refused(refusal) }
      do {
        for (name, bytes) in outputs { blobs[name] = BlobID(try Repository.id(of: bytes)) }
      } catch { throw .git(error) }
    }
    let entry: LedgerEntry?
    do {
      entry = try await ledger.board.carryingOut(all: request.verbs, cause, blobs: blobs)
    } catch { return .refused(error.description) }
    if let entry { try await append(entry, at: now) }
    return .done
  }

  /// Outputs that a person supplies must not hold secrets either.
  private func refusal(of outputs: [String: [UInt8]], for task: TaskID) async -> String? {
    let scanner = SecretScanner(
      secrets.known.compactMap { SecretScanner.Known(name: $0.name, value: $0.value) })
    for (name, bytes) in outputs.sorted(by: { $0.key < $1.key }) {
      if let finding = scanner.findings(in: bytes).first(where: { $0.severity == .refuse }) {
        return "\(name) holds \(finding.name) in line \(finding.line)"
      }
    }
    return nil
  }
}
