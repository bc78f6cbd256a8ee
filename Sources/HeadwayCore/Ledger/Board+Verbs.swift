extension Board {
  /// The one entry that carries all of `verbs` out, or none of them, each on the board that the
  /// ones before it leave.
  ///
  /// `nil` where everything is so already.
  package func carryingOut(
    all verbs: [Verb], _ cause: VerbCause, blobs: [String: BlobID] = [:]
  ) throws(VerbRefusal) -> LedgerEntry? {
    var (next, done, refusals): (Board, [(verb: Verb, entry: LedgerEntry)], [String]) = (
      self, [], []
    )
    for verb in verbs {
      do {
        let entry = try next.carryingOut(verb, cause, blobs: blobs)
        next.fold(entry.files)
        done.append((verb, entry))
      } catch {
        if !error.isSoAlready { refusals.append(error.description) }
      }
    }
    guard refusals.isEmpty else { throw VerbRefusal(refusals.joined(separator: "\n")) }
    guard done.count > 1 else { return done.first?.entry }
    return LedgerEntry(joining: done, cause)
  }
}

extension LedgerEntry {
  /// Several verbs as one event that names every run and task; a record that more than one of
  /// them changed stands as the last one left it.
  fileprivate init?(joining done: [(verb: Verb, entry: LedgerEntry)], _ cause: VerbCause) {
    guard let first = done.first else { return nil }
    var (order, files): ([String], [String: LedgerFile]) = ([], [:])
    for file in done.flatMap(\.entry.files) {
      if files.updateValue(file, forKey: file.path) == nil { order.append(file.path) }
    }
    let words = done.map(\.verb).words
    var trailers = words.map { LedgerTrailer(.verb, $0) } + [.init(.person, cause.by)]
    var run: RunID?
    for (verb, _) in done {
      switch verb.subject {
      case .task(let id):
        if run != id.run { trailers.append(.init(.run, id.run)) }
        trailers.append(.init(.task, id.task))
        run = id.run
      case .run(let id): trailers.append(.init(.run, id))
      case .incident(let id): trailers.append(.init(.incident, id))
      case .finding, .everything: break
      }
    }
    trailers.append(.init(.runner, cause.runner))
    let counts = words.map { word in "\(word) \(done.count { $0.verb.word == word })" }
    let isOneKind = words.count == 1
    let lines = done.map { (isOneKind ? "" : "\($0.verb.word) ") + $0.verb.subject.description }
    self.init(
      isOneKind ? first.entry.event : .verb,
      subject: "\(counts.joined(separator: ", ")) by \(cause.by)",
      body: ([cause.reason] + lines).filter { !$0.isEmpty }.joined(separator: "\n"),
      trailers: trailers, files: order.compactMap { files[$0] },
      attachments: done.flatMap(\.entry.attachments))
  }
}
