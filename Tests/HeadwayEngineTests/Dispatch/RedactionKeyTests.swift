import Glibc
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

@Suite struct RedactionKeyTests {
  @Test func isRandomKeptAndForItsOwnerAlone() async throws {
    let repository = try await TemporaryRepository()
    let (one, other) = (repository.directory + "/one.key", repository.directory + "/other.key")
    let key = try RedactionKey(path: one)
    #expect(key.bytes.count == 32)
    #expect(try RedactionKey(path: one).bytes == key.bytes)
    #expect(try RedactionKey(path: other).bytes != key.bytes)
    var status = stat()
    #expect(stat(one, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func aKeyCutShortIsDrawnAnew() async throws {
    let repository = try await TemporaryRepository()
    try repository.write("short.key", "abc")
    #expect(try RedactionKey(path: repository.path + "/short.key").bytes.count == 32)
  }
}
