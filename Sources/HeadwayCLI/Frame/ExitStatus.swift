/// The exit codes that scripts may rely on.
package enum ExitStatus: Int32, Sendable {
  /// Everything that could move has moved; what waits or failed is no error of Headway's.
  case success = 0
  case failed = 1
  case replayDiffers = 3
  case badFiles = 4
  /// All dispatch is stopped until a person answers.
  case stopped = 5
  /// `tick --exit-code`: something waits for a person.
  case waiting = 10
  /// `tick --exit-code`: something is held or failed.
  case held = 11
  case usage = 64
}
