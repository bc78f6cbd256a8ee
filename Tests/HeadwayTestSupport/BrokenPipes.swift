import Glibc

/// The program ignores SIGPIPE from its first line on; the test process has to do the same, or a
/// child that does not read its input ends the whole run without a word.
enum BrokenPipes {
  static let areIgnored: Bool = {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = SIG_IGN
    return sigaction(SIGPIPE, &action, nil) == 0
  }()
}
