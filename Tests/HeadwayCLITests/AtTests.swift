import Git
import HeadwayCLI
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// The board as it was.
@Suite struct AtTests {
  @Test func showsWhatStoodThenAndChangesNothing() async throws {
    let workshop = try await Workshop.open()
    let run = try await workshop.sendErrand(body: "FAIL")
    let held = workshop.now
    let commit = try await workshop.view().tip
    workshop.advance(by: .hours(3))
    await workshop.headway("cancel", "milk")
    let tip = try await workshop.view().tip
    for point in [commit.hex, "headway/ledger~1", held.description] {
      let then = await workshop.headway("at", point)
      #expect(then.status == .success, "\(point): \(then.errors)")
      #expect(then.lines.first?.hasPrefix("As it was on ") == true)
      #expect(then.output.contains("\(run)/fetch  the executor says"), "\(point): \(then.output)")
    }
    let facts = try await workshop.headway("at", commit.hex, "--json").json
    #expect(facts["past"] == true && facts["ledger"]?.text == commit.hex)
    #expect(facts["tasks"]?.elements?.first?["state"] == "held")
    let now = await workshop.headway("at", "headway/ledger")
    #expect(!now.output.contains("\(run)/fetch"))
    #expect(try await workshop.view().tip == tip)
  }

  @Test func refusesWhatTheLedgerDoesNotHold() async throws {
    let workshop = try await Workshop.open()
    await workshop.headway("tick")
    let main = await workshop.headway("at", "main")
    #expect(main.status == .usage && main.errors.contains("is no commit of headway/ledger"))
    let early = await workshop.headway("at", "2001-01-01")
    #expect(early.status == .usage && early.errors.contains("had not begun"))
    #expect(await workshop.headway("at", "--", "-x;rm").status == .usage)
  }
}
