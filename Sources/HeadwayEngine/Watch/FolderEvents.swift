internal import Dispatch
internal import Glibc

/// Tells that something changed in some folders: inotify, with what it cannot see left to polling.
struct FolderEvents: ~Copyable {
  private let descriptor: CInt
  private let source: any DispatchSourceRead
  let changes: AsyncStream<Void>

  /// Watches the folders that exist; a missing one is skipped, since polling covers it.
  init(_ folders: [String]) throws(EngineError) {
    let descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
    guard descriptor >= 0 else {
      throw .file(path: "inotify", operation: "open", code: errno)
    }
    let interest = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_ATTRIB
    for folder in folders {
      _ = unsafe inotify_add_watch(descriptor, folder, UInt32(interest))
    }
    let (changes, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: "headway.watch"))
    source.setEventHandler {
      // What happened does not matter, only that something did: the refs say the rest.
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      while unsafe buffer.withUnsafeMutableBytes({
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }) > 0 {}
      continuation.yield()
    }
    source.setCancelHandler {
      close(descriptor)
      continuation.finish()
    }
    source.resume()
    self.descriptor = descriptor
    self.source = source
    self.changes = changes
  }

  deinit { source.cancel() }
}
