import HeadwayCLI
import HeadwayCore
import HeadwayTestSupport
import Testing

@Suite struct ReplayCommandTests {
  @Test func reproducesEveryDecisionByteForByte() async throws {
    let workshop = try await Workshop.open()
    try await workshop.writeArticle()
    try await workshop.sendErrand()
    await workshop.headway("retry", "milk/fetch", "--reason", "again")
    await workshop.headway("freeze")
    await workshop.headway("thaw")
    let replay = await workshop.headway("replay", "--all")
    #expect(replay.status == .success, "\(replay.output)")
    #expect(replay.output.hasSuffix("the same, byte for byte.\n"))
    let facts = try await workshop.headway("replay", "--json").json
    #expect(facts["same"] == true)
    let all = try #require(facts["compared"]?.integer)
    let some = try await workshop.headway("replay", "milk", "--json").json
    #expect(try #require(some["compared"]?.integer) < all)
    let reader = try await workshop.repository.clone("reader").repository
    #expect(await workshop.headway("replay", in: reader.path).status == .success)
    #expect(await workshop.headway("replay", "milk", "--all").status == .usage)
  }

  @Test func tellsATamperedDecisionWithTheLinesThatDiffer() async throws {
    let workshop = try await Workshop.open()
    try await workshop.sendErrand()
    let export = try await workshop.repository.git("fast-export", "headway/ledger")
    let forged = export.replacing("\"code\": \"ready\"", with: "\"code\": \"slots\"")
    #expect(forged != export)
    try await workshop.repository.git(["fast-import", "--force", "--quiet"], input: forged + "\n")
    let replay = await workshop.headway("replay")
    #expect(replay.status == .replayDiffers, "\(replay.output) \(replay.errors)")
    #expect(replay.output.contains("-           \"code\": \"slots\","))
    #expect(replay.output.contains("+           \"code\": \"ready\","))
    #expect(replay.output.contains(" different.\n"))
    let facts = try await workshop.headway("replay", "--json").json
    #expect(facts["same"] == false)
  }

  @Test func noticesADecisionThatWasChangedAfterwards() async throws {
    let workshop = try await Workshop.open()
    try await workshop.sendErrand()
    let repository = workshop.repository
    let path = try #require(
      try await repository.git("ls-tree", "-r", "--name-only", "headway/ledger", "decisions/")
        .split(separator: "\n").first.map(String.init))
    let index = ["GIT_INDEX_FILE": repository.directory + "/index"]
    try await repository.git("read-tree", "headway/ledger", adding: index)
    let blob = try await repository.git("hash-object", "-w", "--stdin", input: "{}\n")
    try await repository.git(
      "update-index", "--cacheinfo", "100644,\(blob),\(path)", adding: index)
    let tree = try await repository.git("write-tree", adding: index)
    let commit = try await repository.git(
      "commit-tree", tree, "-p", "headway/ledger", "-m", "nothing to see")
    try await repository.git("update-ref", "refs/heads/headway/ledger", commit)
    let replay = await workshop.headway("replay")
    #expect(replay.status == .replayDiffers)
    #expect(replay.output.contains("was changed after it had been written"))
  }
}
