import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

extension Workshop {
  /// Every decision comes out again byte for byte, and the board is the same folded commit by
  /// commit, from the tip's tree, and by the index.
  func auditReplay(_ location: SourceLocation = #_sourceLocation) async throws {
    let site = try await Site.find(from: repository.path)
    let report = try await Replay(site, of: nil).report()
    #expect(
      report.isSame && report.compared > 0, "\(report.differences)", sourceLocation: location)
    var step = try await boardByCommits()
    var whole = try await board()
    var index = try await LedgerView.open(site).board
    _ = step.dropFinished()
    _ = whole.dropFinished()
    step.narrow()
    whole.narrow()
    index.narrow()
    #expect(step == whole, "commit by commit", sourceLocation: location)
    #expect(index == whole, "by the index", sourceLocation: location)
  }

  private func boardByCommits() async throws -> Board {
    let commits = try await log("%H").map { CommitID(unchecked: $0) }
    return try await repository.store().perform { (git) throws(EngineError) in
      var board = Board()
      do {
        var before: ObjectID?
        for commit in commits {
          let tree = try git.commit(ObjectID(commit)).tree
          for file in try LedgerReader.changes(from: before, to: tree, in: git) {
            board.fold(file)
          }
          before = tree
        }
      } catch let error as GitError { throw .git(error) } catch let error as EngineError {
        throw error
      } catch { throw .index("\(error)") }
      return board
    }
  }
}
