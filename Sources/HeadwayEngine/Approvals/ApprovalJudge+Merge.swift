internal import Git
internal import HeadwayCore

extension ApprovalJudge {
  /// What git makes of a merge without anybody's help; conflicts show as what git writes there.
  func automaticMerge(
    of parents: [ObjectID], at paths: [HeadwayCore.FilePath]
  ) async throws(ApprovalError) -> [HeadwayCore.FilePath: ListedFile] {
    guard parents.count == 2 else { throw .oversized("no merge of two") }
    let output: GitProgram.Output
    do {
      output = try await git.outcome(
        of: ["merge-tree", "--write-tree", "--no-messages", parents[0].hex, parents[1].hex],
        in: directory, as: .reading)
    } catch {
      throw .program(error)
    }
    let line = output.text.prefix { !$0.isNewline }
    guard output.status <= 1, let tree = ObjectID(hex: line) else {
      throw .oversized("git merge-tree: \(output.standardError)")
    }
    return try await store.perform { (repository) throws(ApprovalError) in
      var lookup = TreeLookup()
      return try lookup.files(at: paths, in: tree, repository)
    }
  }
}
