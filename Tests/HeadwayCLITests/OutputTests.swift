import Glibc
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayCLI

/// Half an answer is never taken for a whole one.
struct OutputTests {
  private func version(onto descriptor: CInt) async -> (HeadwayCLI.ExitStatus, String) {
    let errors = Recorder()
    let context = CommandContext(
      environment: [:], directory: "/", program: "headway", output: .descriptor(descriptor),
      errors: errors.output, now: { Instant(milliseconds: 0) })
    return (await Headway.run(["--version"], in: context), errors.text)
  }

  @Test func aFullDiskIsAnError() async throws {
    let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let (status, errors) = await version(onto: descriptor)
    #expect(status == .failed)
    #expect(errors == "error: the output could not be written: No space left on device\n")
  }

  @Test func aReaderThatHasReadEnoughIsNone() async throws {
    _ = signal(SIGPIPE, SIG_IGN)
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let (status, errors) = await version(onto: ends[1])
    #expect(status == .success && errors.isEmpty)
  }
}
