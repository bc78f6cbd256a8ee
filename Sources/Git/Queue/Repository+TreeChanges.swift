extension Repository {
  /// Writes the tree that `changes` make of `tree`, and returns its id; no index is involved.
  package borrowing func writeTree(
    _ tree: ObjectID?, changing changes: [RepositoryPath: FileChange],
    durability: Durability = .process
  ) throws(GitError) -> ObjectID {
    var history = PendingHistory(tip: nil, tree: tree)
    let update = try history.update(changes, in: self)
    try write(update.objects, durability)
    return update.root
  }
}
