import Git
import HeadwayCore
import Testing

@testable import HeadwayEngine

@Suite struct DeliveryTests {
  private func name(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    guard !bytes.isEmpty else { throw GitError(refusing: "no memory") }
    return try Repository.id(of: bytes)
  }

  @Test func everyBlobHasItsName() throws {
    let delivery = Delivery(outputs: ["a.md": [65]], kept: ["log": [66]], failure: nil)
    #expect(delivery.outcome == .succeeded)
    #expect(delivery.outputBlobs == ["a.md": BlobID(try Repository.id(of: [65]))])
    #expect(delivery.keptBlobs == ["log": BlobID(try Repository.id(of: [66]))])
  }

  @Test func whatCannotBeNamedWasNotDelivered() {
    for (outputs, kept) in [(["a.md": [65], "b.md": []], ["log": [66]]), ([:], ["log": []])]
      as [([String: [UInt8]], [String: [UInt8]])]
    {
      let delivery = Delivery(outputs: outputs, kept: kept, failure: nil, naming: name)
      #expect(delivery.outcome == .failed)
      #expect(delivery.failure?.kind == .badOutput)
      #expect(delivery.outputs.isEmpty && delivery.outputBlobs.isEmpty)
      #expect(delivery.kept.isEmpty && delivery.keptBlobs.isEmpty)
    }
  }

  @Test func theFirstFailureStands() {
    let cancelled = Failure(.cancelled, "stopped")
    let delivery = Delivery(outputs: [:], kept: ["log": []], failure: cancelled, naming: name)
    #expect(delivery.failure == cancelled && delivery.outcome == .cancelled)
  }
}
