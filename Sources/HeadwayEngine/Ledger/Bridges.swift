package import Git
package import HeadwayCore

// Core may not know Git, and Git knows nothing of Headway: the two kinds of ids and paths meet
// only here. Both sides accept the same hex, and Git checks every path again.

extension BlobID {
  package init(_ id: ObjectID) { self.init(unchecked: id.hex) }
}

extension CommitID {
  package init(_ id: ObjectID) { self.init(unchecked: id.hex) }
}

extension TreeID {
  package init(_ id: ObjectID) { self.init(unchecked: id.hex) }
}

extension ObjectID {
  package init(_ name: some ObjectName) throws(GitError) {
    guard let id = ObjectID(hex: name.hex) else {
      throw GitError(unreadableName: name.hex)
    }
    self = id
  }
}

extension RepositoryPath {
  package init(_ path: HeadwayCore.FilePath) throws(PathError) { try self.init(path.text) }
}
