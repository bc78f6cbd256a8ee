internal import Synchronization

/// The end of what a program prints, in bounded memory; written by one task, read by another.
final class LogTail: Sendable {
  private let limit: Int
  private let kept = Mutex<[UInt8]>([])

  init(limit: Int) { self.limit = limit }

  func append(_ bytes: some Collection<UInt8>) {
    kept.withLock { kept in
      kept += bytes.suffix(limit)
      // Moving the bytes down is paid for by as many new ones.
      if kept.count > 2 * limit { kept.removeFirst(kept.count - limit) }
    }
  }

  var bytes: [UInt8] { kept.withLock { Array($0.suffix(limit)) } }
}
