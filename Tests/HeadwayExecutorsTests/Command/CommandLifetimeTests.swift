import Glibc
import HeadwayCore
import Testing

@testable import HeadwayExecutors

/// What is true of processes and folders however an attempt ends.
@Suite struct CommandLifetimeTests {
  /// Ignores SIGTERM, forks twice within the session, in a process group of its own, and holds
  /// the output open.
  static let stubborn = """
    import os, signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setpgid(0, 0)
        if os.fork() == 0:
            open("outputs/ready", "w").close()
            time.sleep(600)
        os._exit(0)
    while not os.path.exists("outputs/ready"): time.sleep(0.01)
    """

  @Test func killsGrandchildrenThatOutliveTheirLeader() async throws {
    let run = try CommandRun()
    let order = try Orders.make(
      run.setup(["/usr/bin/python3", "-c", Self.stubborn]), outputs: ["ready"])
    let clock = ContinuousClock()
    let start = clock.now
    _ = try await run.execute(order).result.get()
    #expect(clock.now - start < .seconds(400))
    #expect(run.observer.processes.count == 1)
    #expect(run.leftProcesses.isEmpty)
    #expect(run.leftFolders.isEmpty)
  }

  @Test func endsAtTheWallLimitWhateverTheProgramIgnores() async throws {
    let run = try CommandRun()
    let order = try Orders.make(
      run.setup(["/usr/bin/python3", "-c", Self.stubborn + "\ntime.sleep(600)"]),
      wall: .milliseconds(700))
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = await run.execute(order)
    #expect(clock.now - start < .seconds(400))
    #expect(outcome.failure?.kind == .timeout)
    #expect(run.leftProcesses.isEmpty)
    #expect(run.leftFolders.isEmpty)
  }

  @Test func aDeadlineThatHasPassedStartsNothing() async throws {
    let run = try CommandRun()
    let order = try Orders.make(run.shell("true"), outputs: [], deadline: Orders.now)
    #expect(await run.execute(order).failure?.kind == .timeout)
    #expect(run.observer.processes.isEmpty)
  }

  @Test func aCancelledProgramMayCleanUpWithinItsGrace() async throws {
    let (stream, started) = AsyncStream<Void>.makeStream()
    let scratch = try ScratchFolder()
    let run = try CommandRun(observer: RecordingObserver { _ in started.yield() })
    let order = try Orders.make(
      run.shell(
        """
        trap 'echo bye >\(scratch.path)/bye; exit 0' TERM; echo up >\(scratch.path)/up
        while :; do sleep 0.05; done
        """), grace: .seconds(5))
    let task = Task { await run.execute(order) }
    for await _ in stream { break }
    // The trap is set once the file is there.
    for _ in 0..<500 where !scratch.names.contains("up") {
      try await Task.sleep(for: .milliseconds(10))
    }
    task.cancel()
    #expect(await task.value.failure?.kind == .cancelled)
    #expect(scratch.names == ["bye", "up"])
    #expect(run.leftProcesses.isEmpty)
    #expect(run.leftFolders.isEmpty)
  }

  @Test func nothingRunsBeforeItsProcessIsOnRecord() async throws {
    struct DiskFull: Error {}
    let scratch = try ScratchFolder()
    let run = try CommandRun(
      observer: RecordingObserver { process in
        #expect(ProcessIdentity.current(of: process.pid) == process)
        // Long enough for a program that is not held back.
        try await Task.sleep(for: .milliseconds(200))
        #expect(scratch.names.isEmpty)
        throw DiskFull()
      })
    let outcome = await run.execute(
      try Orders.make(run.shell("touch \(scratch.path)/ran"), outputs: []))
    #expect(outcome.failure?.kind == .internal)
    #expect(outcome.failure?.message.contains("could not be recorded") == true)
    #expect(scratch.names.isEmpty)
    #expect(run.leftProcesses.isEmpty)
    #expect(run.leftFolders.isEmpty)
  }

  @Test func theRecordedProcessIsTheProgram() async throws {
    let run = try CommandRun()
    let order = try Orders.make(run.shell("echo $$ >outputs/out.txt"), cpu: .seconds(10))
    let text = try await run.execute(order).text()
    #expect(text == "\(run.observer.processes[0].pid)\n")
  }

  @Test func removesFoldersThatResistRemoval() async throws {
    let run = try CommandRun()
    let order = try Orders.make(
      run.setup([
        "/usr/bin/python3", "-c",
        """
        import os
        for i in range(3000):
            os.mkdir("d"); os.chdir("d")
        open("file", "w").close()
        os.symlink("/etc", "link")
        os.chmod(".", 0)
        """,
      ]), outputs: [])
    _ = try await run.execute(order).result.get()
    #expect(run.leftFolders.isEmpty)
  }

  @Test func refusesACacheThatOthersCanWriteTo() async throws {
    let run = try CommandRun()
    mkdir(run.cache, 0o777)
    chmod(run.cache, 0o777)
    let outcome = await run.execute(try Orders.make(run.shell("true"), outputs: []))
    #expect(outcome.failure?.message.contains("only you can write") == true)
  }

  @Test func sweepsOnlyOldFoldersOfAttemptsThatAreDead() async throws {
    let run = try CommandRun()
    mkdir(run.cache, 0o700)
    let alive = try AttemptFolder(in: run.cache)
    for name in ["attempt-dead", "attempt-young", "programs"] {
      mkdir("\(run.cache)/\(name)", 0o700)
      mkdir("\(run.cache)/\(name)/work", 0o700)
    }
    let old = timespec(tv_sec: 1_700_000_000, tv_nsec: 0)
    for path in [alive.path, "\(run.cache)/attempt-dead", "\(run.cache)/programs"] {
      #expect(utimensat(AT_FDCWD, path, [old, old], 0) == 0)
    }
    let now = timespec(tv_sec: Int(Orders.now.milliseconds / 1_000), tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, "\(run.cache)/attempt-young", [now, now], 0) == 0)
    _ = try await run.execute(try Orders.make(run.shell("true"), outputs: [])).result.get()
    let name = String(try #require(alive.path.split(separator: "/").last))
    #expect(run.leftFolders.sorted() == [name, "attempt-young", "programs"].sorted())
    #expect(alive.remove())
  }
}
