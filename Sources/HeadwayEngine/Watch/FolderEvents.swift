internal import Dispatch
internal import Glibc

/// Tells that something changed in some folders: inotify, with what it cannot see left to polling.
///
/// A system lets each user have so many of them (128, often); where none is left, nothing is told.
struct FolderEvents: ~Copyable {
  private let source: (any DispatchSourceRead)?
  private let telling: AsyncStream<Void>.Continuation
  let changes: AsyncStream<Void>

  /// Watches the folders that exist; a missing one is skipped, since polling covers it.
  init(_ folders: [String], open: () -> CInt = Self.open) {
    (changes, telling) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let descriptor = folders.isEmpty ? -1 : open()
    source = descriptor < 0 ? nil : Self.source(descriptor, folders, telling)
    source?.resume()
  }

  private static func open() -> CInt { inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK)) }

  private static func source(
    _ descriptor: CInt, _ folders: [String], _ telling: AsyncStream<Void>.Continuation
  ) -> any DispatchSourceRead {
    let interest = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_ATTRIB
    for folder in folders {
      _ = unsafe inotify_add_watch(descriptor, folder, UInt32(interest))
    }
    let source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: "headway.watch"))
    source.setEventHandler {
      // What happened does not matter, only that something did: the refs say the rest.
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      while unsafe buffer.withUnsafeMutableBytes({
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }) > 0 {}
      telling.yield()
    }
    source.setCancelHandler { close(descriptor) }
    return source
  }

  deinit {
    source?.cancel()
    telling.finish()
  }
}
