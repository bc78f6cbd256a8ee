import Glibc
import HeadwayCore
import HeadwayEngine
import HeadwayExecutors
import Subprocess
import SystemPackage
import Testing

@Suite struct OrphanedProcessTests {
  /// Starts a program in a session of its own that nobody waits for, with a child that ignores
  /// SIGTERM in a process group of its own.
  private static func orphan() async throws -> ProcessIdentity {
    let script = """
      import os, sys, signal, time
      told, tells = os.pipe()
      if os.fork():
          # What the leader prints is read only while this process, its starter, is there.
          print(os.read(told, 20).decode(), flush=True)
          os._exit(0)
      os.setsid()
      if os.fork() == 0:
          os.setpgid(0, 0); signal.signal(signal.SIGTERM, signal.SIG_IGN)
      else:
          os.write(tells, str(os.getpid()).encode())
      os.close(1); os.close(2)
      time.sleep(600)
      """
    let result = try await run(
      .name("sh"), arguments: ["-c", #"exec /usr/bin/python3 -c "$0""#, script],
      output: .string(limit: 100))
    let text = result.standardOutput.split(separator: "\n").first ?? ""
    let pid = try #require(Int32(text))
    return try #require(ProcessIdentity.current(of: pid))
  }

  @Test func endsTheWholeSessionOfAMark() async throws {
    let process = try await Self.orphan()
    #expect(await OrphanedProcess.end(process) == .killed)
    #expect(await OrphanedProcess.end(process) == .gone)
  }

  @Test func leavesAProcessAloneThatOnlyHasTheNumber() async throws {
    let process = try await Self.orphan()
    let earlier = ProcessIdentity(pid: process.pid, startTicks: process.startTicks - 1)
    #expect(await OrphanedProcess.end(earlier) == .gone)
    #expect(kill(process.pid, 0) == 0)
    #expect(await OrphanedProcess.end(process) == .killed)
    #expect(await OrphanedProcess.end(ProcessIdentity(pid: 1, startTicks: 0)) == .gone)
  }
}
