import HeadwayTestSupport
import Testing

/// The promise of the order: of all ways to go, ours misses the fewest urgent deadlines.
@Suite struct LoadTests {
  @Test(arguments: [0.7, 0.9, 1.1])
  func oursMissesTheFewestUrgentDeadlines(_ load: Double) throws {
    let simulation = LoadSimulation(load: load, runs: 240, seed: 7)
    let fifo = try simulation.run(.fifo)
    let edf = try simulation.run(.edf)
    let ours = try simulation.run(.headway)
    #expect(ours.urgent == fifo.urgent && ours.standard == fifo.standard, "the same work")
    #expect(ours.urgent + ours.standard == 240, "all of it was done")
    #expect(ours.urgentMissed <= fifo.urgentMissed, "\(ours) \(fifo)")
    #expect(ours.urgentMissed <= edf.urgentMissed, "\(ours) \(edf)")
  }
}
