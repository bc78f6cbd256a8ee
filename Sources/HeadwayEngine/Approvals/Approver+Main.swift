internal import Git
internal import Glibc
internal import HeadwayCore

/// Main as the approver finds it.
struct MainBranch: Sendable {
  let name: ReferenceName
  let tip: ObjectID
  let tree: ObjectID
  let policies: TreeID?
  /// Where main is checked out, if anywhere.
  let checkout: Checkout?
  /// The files of main that the work rested on.
  let readAgainst: [HeadwayCore.FilePath]
  /// What stands at the content's paths.
  let files: [HeadwayCore.FilePath: ListedFile]
  /// Whether the record stands on main already.
  let hasLanded: Bool
  let recordSHA256: String
}

extension Approver {
  func main(for proposal: ProposalRecord) async throws(ApprovalError) -> MainBranch {
    let (branch, anchor) = (branch, anchor)
    return try await store.perform { (repository) throws(ApprovalError) in
      var lookup = TreeLookup()
      do {
        let name = try ReferenceName(branch: branch)
        guard let tip = try repository.resolve(name) else {
          throw ApprovalError.noLongerOpen("there is no branch \(branch)")
        }
        let tree = try repository.rawCommit(tip).tree
        let bytes = try repository.blob(
          try ObjectID(proposal.record.blob), limit: ApprovalRecord.maximumSize)
        let record = try ApprovalRecord(bytes: bytes)
        guard record.repository == anchor, record.target == branch,
          record.attempt == proposal.attempt
        else { throw ApprovalError.noLongerOpen("the record belongs to something else") }
        let policies = try lookup.entry(at: "policies", in: tree, repository)
        let found = try lookup.entry(at: proposal.record.path.text, in: tree, repository)
        return MainBranch(
          name: name, tip: tip, tree: tree,
          policies: policies.flatMap { $0.mode == .tree ? TreeID($0.id) : nil },
          checkout: try repository.checkedOutBranches().first { $0.branch == name },
          readAgainst: Array(record.readAgainst.keys),
          files: try lookup.files(at: Array(proposal.content.keys), in: tree, repository),
          hasLanded: found.map { ListedFile($0) } == ListedFile(blob: proposal.record.blob),
          recordSHA256: Digest(of: bytes).hex)
      } catch let error as ApprovalError {
        throw error
      } catch let error as GitError {
        throw .git(error)
      } catch {
        throw .noLongerOpen("\(error)")
      }
    }
  }

  /// Approves nothing that a person could not have read: main is what the proposal was made for,
  /// or what it became when the proposal landed.
  static func requireUnchanged(
    _ proposal: ProposalRecord, _ main: MainBranch
  ) throws(ApprovalError) {
    for (path, blob) in proposal.content.sorted(by: { $0.key < $1.key }) {
      let wanted = main.hasLanded ? blob : proposal.base[path] ?? nil
      guard main.files[path] == wanted.map({ ListedFile(blob: $0) }) else {
        throw .noLongerOpen("`\(path)` has changed on main since")
      }
    }
  }

  /// Refuses a working tree in the middle of something: its HEAD is not what it seems.
  static func requireIdle(_ checkout: Checkout) throws(ApprovalError) {
    let marks = [
      "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG",
    ]
    for mark in marks where unsafe access("\(checkout.gitDirectory)/\(mark)", F_OK) == 0 {
      throw .busyWorkingTree(checkout.workingDirectory ?? checkout.gitDirectory)
    }
  }

  /// Makes `commit` main's tip, as its only new commit.
  func land(_ commit: ObjectID, over main: MainBranch) async throws(ApprovalError) {
    if let checkout = main.checkout, let folder = checkout.workingDirectory {
      try await fastForward(commit, over: main, in: folder)
      return
    }
    let (name, tip, branch) = (main.name, main.tip, branch)
    let move = try await store.perform { (repository) throws(ApprovalError) in
      do throws(GitError) {
        return try repository.move(name, from: tip, to: commit, log: "headway: approve")
      } catch {
        throw .git(error)
      }
    }
    guard move == .moved else { throw .branchMoved(branch) }
  }

  private func fastForward(
    _ commit: ObjectID, over main: MainBranch, in folder: String
  ) async throws(ApprovalError) {
    let output: GitProgram.Output
    do {
      output = try await git.outcome(
        of: [
          "-c", "advice.diverging=false", "merge", "--quiet", "--ff-only", "--no-squash",
          "--no-verify-signatures", "--no-autostash", commit.hex,
        ], in: folder, as: .user)
    } catch {
      throw .program(error)
    }
    guard output.status != 0 else { return }
    let inTheWay = output.standardError.split(separator: "\n").filter { $0.hasPrefix("\t") }
      .map { String($0.dropFirst()) }
    guard inTheWay.isEmpty else { throw .pathsInTheWay(inTheWay) }
    let name = main.name
    let now = try await store.perform { (repository) throws(ApprovalError) in
      do throws(GitError) { return try repository.resolve(name) } catch { throw .git(error) }
    }
    guard now == main.tip else { throw .branchMoved(branch) }
    throw .program(
      .failed(arguments: ["merge"], status: output.status, message: output.standardError))
  }
}
