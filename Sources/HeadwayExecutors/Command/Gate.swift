internal import Glibc
internal import HeadwayCore

/// Holds a started shell back until its process is on record.
///
/// The shell waits for a line on standard input and only then becomes the program. If Headway
/// dies first, the pipe closes and the shell ends without having run anything.
struct Gate: ~Copyable {
  /// For `sh -c`, with the order's file as `$0` and the program behind it.
  ///
  /// `PWD` is what the shell itself would add to the program's environment.
  static let script =
    #"IFS= read -r go && [ "$go" = go ] || exit 125; unset go PWD OLDPWD; exec "$@" <"$0""#

  /// The shell's standard input.
  ///
  /// Our copy stays open, so that writing never meets a closed pipe.
  let shellEnd: CInt
  private let ourEnd: CInt

  init() throws(Failure) {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw Failure(.internal, "no pipe: error \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (shellEnd, ourEnd) = (ends[0], ends[1])
  }

  deinit {
    close(shellEnd)
    close(ourEnd)
  }

  borrowing func open() throws(Failure) {
    let line: [UInt8] = Array("go\n".utf8)
    guard unsafe write(ourEnd, line, line.count) == line.count else {
      throw Failure(.internal, "the program could not be let go: error \(errno)")
    }
  }
}
