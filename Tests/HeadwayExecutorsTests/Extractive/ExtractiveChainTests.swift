import Foundation
import HeadwayCore
import Testing

@testable import HeadwayExecutors

@Test func writesTheWholeChain() throws {
  let texts = try ExtractiveFixture.chain()
  if let folder = ProcessInfo.processInfo.environment["HEADWAY_SHOW"] {
    for (name, text) in texts {
      try Data(text.utf8).write(to: URL(filePath: folder).appending(path: name))
    }
  }
  #expect(texts.count == 5)
}
