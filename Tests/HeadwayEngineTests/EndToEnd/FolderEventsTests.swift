import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// What tells a tick at once that somebody typed a verb, and a daemon that somebody committed.
@Suite(.timeLimit(.minutes(10))) struct FolderEventsTests {
  @Test func aNewFileIsTold() async throws {
    let shop = try await Workshop()
    let events = FolderEvents([shop.repository.path, shop.repository.path + "/missing"])
    try shop.repository.write("new.txt", "x")
    var isTold = false
    for await _ in events.changes {
      isTold = true
      break
    }
    #expect(isTold)
    _ = consume events
  }

  @Test func whereTheSystemHasNoneLeftNothingIsToldAndNothingFails() async throws {
    let shop = try await Workshop()
    let events = FolderEvents([shop.repository.path]) { -1 }
    try shop.repository.write("new.txt", "x")
    let changes = events.changes
    _ = consume events
    for await _ in changes { Issue.record("somebody told of a change") }
  }
}
