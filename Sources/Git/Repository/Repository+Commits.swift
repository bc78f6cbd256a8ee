extension Repository {
  package borrowing func commit(_ id: ObjectID) throws(GitError) -> Commit {
    Commit(id: id, raw: try rawCommit(id))
  }

  /// The commit taken apart for verifying its signature.
  package borrowing func rawCommit(_ id: ObjectID) throws(GitError) -> RawCommit {
    let bytes = try commitBytes(id)
    do {
      return try RawCommit(bytes)
    } catch {
      throw GitError(.readCommit, .damaged, "commit \(id): \(error.rawValue)")
    }
  }

  /// The commit's bytes as stored.
  package borrowing func commitBytes(_ id: ObjectID) throws(GitError) -> [UInt8] {
    try content(of: id, as: .commit, .readCommit)
  }
}
