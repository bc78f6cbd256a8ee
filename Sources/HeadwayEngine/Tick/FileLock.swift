internal import Glibc

/// The right to write the ledger: an open file description lock, which the kernel lets go with
/// the process, however it ends.
package struct FileLock: ~Copyable {
  /// `F_OFD_SETLK` of `<fcntl.h>`, a macro that Glibc's module hides behind `_GNU_SOURCE`.
  private static let setLock: CInt = 37

  private let descriptor: CInt

  /// Takes the lock, or returns `nil` when another process has it.
  package static func take(_ path: String) throws(EngineError) -> FileLock? {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .file(path: path, operation: "open", code: errno)
    }
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    let status = unsafe fcntl(descriptor, setLock, &request)
    guard status != 0 else { return FileLock(descriptor: descriptor) }
    let code = errno
    close(descriptor)
    guard code == EAGAIN || code == EACCES else {
      throw .file(path: path, operation: "lock", code: code)
    }
    return nil
  }

  private init(descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
