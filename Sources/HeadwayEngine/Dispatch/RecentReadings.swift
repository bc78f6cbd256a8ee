internal import Git
internal import HeadwayCore
internal import Synchronization

/// What attempts read again and again, kept by the ids of the objects it was read from.
final class RecentReadings: Sendable {
  private let state = Mutex(State())
  private static let briefLimit = 1_024

  private struct State {
    var briefs: [BlobID: Brief] = [:]
    var memory: (place: MemoryPlace, documents: RecalledMemory)?
  }

  struct Brief: Sendable {
    let bytes: [UInt8]
    /// The text below the front matter.
    let body: String
  }

  /// The two folders that memory is read from.
  struct MemoryPlace: Hashable, Sendable {
    let main: CommitID
    /// The tree of `memory/` on the ledger.
    let learned: ObjectID?
  }

  /// Memory documents, and the rules of style that they set.
  struct RecalledMemory: Sendable {
    let documents: [MemoryDocument]
    let style: StyleRules

    init(_ documents: [MemoryDocument]) {
      self.documents = documents
      style = StyleRules(voices: documents.map { Array($0.text.utf8) })
    }
  }

  func brief(
    _ blob: BlobID, read: () async throws(EngineError) -> [UInt8]
  ) async throws(EngineError) -> Brief {
    if let known = state.withLock({ $0.briefs[blob] }) { return known }
    let bytes = try await read()
    let body: String
    do { body = try FrontMatterReader.read(bytes).body } catch {
      body = String(decoding: bytes, as: UTF8.self)
    }
    let brief = Brief(bytes: bytes, body: body)
    state.withLock { state in
      if state.briefs.count >= Self.briefLimit { state.briefs.removeAll(keepingCapacity: true) }
      state.briefs[blob] = brief
    }
    return brief
  }

  func memory(
    at place: MemoryPlace, read: () async throws(EngineError) -> [MemoryDocument]
  ) async throws(EngineError) -> RecalledMemory {
    if let known = state.withLock({ $0.memory }), known.place == place { return known.documents }
    let documents = RecalledMemory(try await read())
    state.withLock { $0.memory = (place, documents) }
    return documents
  }
}
