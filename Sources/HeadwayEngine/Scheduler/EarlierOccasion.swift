package import Git
package import HeadwayCore

/// What asked for an earlier run, as main has it now: what would set the same run going again.
package struct EarlierOccasion: Sendable {
  private let store: GitStore
  private let snapshot: MainSnapshot

  /// `snapshot` has the brief of the run, where it came of one.
  package init(store: GitStore, snapshot: MainSnapshot) {
    self.store = store
    self.snapshot = snapshot
  }

  /// Which briefs a snapshot needs for it.
  package static func briefs(of earlier: RunRecord) -> MainReader.Briefs {
    .only(earlier.cause.kind == .brief ? Set([earlier.cause.file].compactMap { $0 }) : [])
  }

  /// `parent` is the run whose end set it going, where one did.
  package func find(
    of earlier: RunRecord, parent: BoardRun?
  ) async throws(EngineError) -> Result<Occasion, Expansion.Refusal> {
    let found = try await occasion(of: earlier, parent: parent)
    guard case .success(let occasion) = found, let limits = snapshot.project.settings?.limits,
      let wrong = occasion.refusal(by: limits)
    else { return found }
    return .failure(Self.refusal(wrong, in: occasion.file.path.text))
  }

  private func occasion(
    of earlier: RunRecord, parent: BoardRun?
  ) async throws(EngineError) -> Result<Occasion, Expansion.Refusal> {
    if earlier.cause.kind == .paths { return try await file(of: earlier) }
    do throws(Expansion.Refusal) {
      return .success(try plainOccasion(of: earlier, parent: parent))
    } catch { return .failure(error) }
  }

  /// Of what needs no more of the repository than the snapshot has.
  private func plainOccasion(
    of earlier: RunRecord, parent: BoardRun?
  ) throws(Expansion.Refusal) -> Occasion {
    switch earlier.cause.kind {
    case .brief: return try brief(of: earlier)
    case .schedule: return try instant(of: earlier)
    case .run: return try end(of: parent, for: earlier)
    case .compensation, .paths:
      throw Self.refusal(
        "\(earlier.id) undid what another run had done",
        in: earlier.cause.file?.text ?? earlier.pipeline.path.text,
        hint: "headway compensate \(earlier.cause.path) --dry-run")
    }
  }

  private static func refusal(
    _ message: String, in file: String, hint: String? = nil
  ) -> Expansion.Refusal {
    Expansion.Refusal([Diagnostic(file: file, mark: nil, message: message, hint: hint)])
  }

  private func brief(of earlier: RunRecord) throws(Expansion.Refusal) -> Occasion {
    guard let path = earlier.cause.file else {
      throw Self.refusal("its path is none", in: earlier.cause.path)
    }
    return try Occasion(brief: path, in: snapshot.project)
  }

  private func instant(of earlier: RunRecord) throws(Expansion.Refusal) -> Occasion {
    let parts = earlier.cause.path.split(separator: ":", maxSplits: 1).map(String.init)
    let file = earlier.cause.file?.text ?? earlier.cause.path
    guard parts.count == 2, let name = Name(parts[0]), let nominal = Instant(short: parts[1])
    else { throw Self.refusal("`\(earlier.cause.path)` names no instant", in: file) }
    guard let schedule = snapshot.project.schedules[name] else {
      throw Expansion.Refusal(file, "main has no schedule `\(name)` now", in: snapshot.project)
    }
    return try Occasion(schedule, at: nominal, in: snapshot.project)
  }

  private func end(
    of parent: BoardRun?, for earlier: RunRecord
  ) throws(Expansion.Refusal) -> Occasion {
    let file = Project.path(ofPipeline: earlier.pipeline.name)
    guard let parent else {
      throw Self.refusal("the run that set it going cannot be found", in: file)
    }
    guard parent.record.state != .active else {
      throw Self.refusal("\(parent.record.id), whose end set it going, is not finished", in: file)
    }
    guard let pipeline = snapshot.project.pipelines[earlier.pipeline.name] else {
      throw Expansion.Refusal(file, "there is no such pipeline now", in: snapshot.project)
    }
    return try Occasion(endOf: parent, for: pipeline, in: snapshot.project)
  }

  private func file(
    of earlier: RunRecord
  ) async throws(EngineError) -> Result<Occasion, Expansion.Refusal> {
    let watched: (pipeline: Pipeline, trigger: Pipeline.PathTrigger, file: PinnedFile)
    do throws(Expansion.Refusal) { watched = try self.watched(by: earlier) } catch {
      return .failure(error)
    }
    switch try await WatchedFile.read(watched.file, watched.trigger, in: store) {
    case .failure(let fault):
      return .failure(
        Self.refusal(fault.message, in: watched.file.path.text, hint: fault.hint))
    case .success(let found):
      do throws(Expansion.Refusal) {
        return .success(try occasion(of: watched.file, found, watched.pipeline, as: earlier))
      } catch { return .failure(error) }
    }
  }

  private func watched(
    by earlier: RunRecord
  ) throws(Expansion.Refusal) -> (Pipeline, Pipeline.PathTrigger, PinnedFile) {
    let text = Project.path(ofPipeline: earlier.pipeline.name)
    guard let pipeline = snapshot.project.pipelines[earlier.pipeline.name],
      case .paths(let trigger) = pipeline.trigger
    else { throw Expansion.Refusal(text, "no file sets it going now", in: snapshot.project) }
    guard let path = earlier.cause.file, let blob = snapshot.project.listing[path]?.blob else {
      throw Self.refusal(
        "there is no such file now, which \(earlier.id) was about",
        in: earlier.cause.file?.text ?? earlier.cause.path)
    }
    return (pipeline, trigger, PinnedFile(path: path, blob: blob))
  }

  private func occasion(
    of file: PinnedFile, _ watched: WatchedFile, _ pipeline: Pipeline, as earlier: RunRecord
  ) throws(Expansion.Refusal) -> Occasion {
    guard "\(pipeline.name):\(watched.identity)" == earlier.cause.path else {
      throw Self.refusal(
        "its identity is `\(watched.identity)` now, and \(earlier.id) is `\(earlier.cause.path)`",
        in: file.path.text)
    }
    var occasion = try Occasion(
      file, identity: watched.identity, of: pipeline, json: watched.json, origin: nil)
    (occasion.parent, occasion.depth) = (earlier.cause.parent, earlier.cause.depth)
    return occasion
  }
}

extension Expansion.Refusal {
  /// What the project knows of a file, or else `message`.
  fileprivate init(_ file: String, _ message: String, in project: Project) {
    let errors = project.errors(in: file)
    self.init(errors.isEmpty ? [Diagnostic(file: file, mark: nil, message: message)] : errors)
  }
}

extension WatchedFile {
  /// What a file says that it is about, and what it holds.
  static func read(
    _ file: PinnedFile, _ trigger: Pipeline.PathTrigger, in store: GitStore
  ) async throws(EngineError) -> Result<WatchedFile, TemplateFault> {
    let bytes: [UInt8]?
    do {
      bytes = try await store.perform { (repository) throws(GitError) in
        let id = try ObjectID(file.blob)
        guard try repository.blobSize(id) <= WatchedFile.limit else { return nil }
        return try repository.blob(id, limit: WatchedFile.limit)
      }
    } catch { throw .git(error) }
    guard let bytes else {
      return .failure(TemplateFault(message: "is larger than \(ByteCount(WatchedFile.limit))"))
    }
    do throws(TemplateFault) {
      return .success(try WatchedFile(file.path, bytes: bytes, identity: trigger.identity))
    } catch { return .failure(error) }
  }
}
