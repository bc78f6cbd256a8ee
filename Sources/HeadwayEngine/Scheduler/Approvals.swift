internal import Git
internal import HeadwayCore

package struct ApprovalTools: Sendable { package init() {} }
struct Approvals: Sendable {
  init(site: Site, git: GitProgram, tools: ApprovalTools) {}
  func stillStand(before task: TaskRecord, of run: BoardRun, at: Instant, board: Board)
    async throws(EngineError) -> Bool
  { true }
}
extension Scheduler {
  func supersedeProposals() async throws(EngineError) {}
  func propose(_ id: TaskID, snapshot: MainSnapshot) async throws(EngineError) {}
  func judge(_ o: Observation, main: MainRecord, snapshot: MainSnapshot, at: Instant)
    async throws(EngineError) -> Int
  { 0 }
}
