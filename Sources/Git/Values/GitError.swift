/// A failure of the repository, with the facts a caller may decide by.
package struct GitError: Error, Hashable, Sendable {
  package let operation: Operation
  package let reason: Reason
  /// What git or we have to say about it, for people.
  package let message: String

  init(_ operation: Operation, _ reason: Reason, _ message: String = "") {
    (self.operation, self.reason, self.message) = (operation, reason, message)
  }

  /// What was being done.
  package enum Operation: String, Hashable, Sendable {
    case openRepository, readConfiguration, writeConfiguration
    case nameReference, readReference, moveReference, deleteReference
    case readObject, writeObject, readTree, readCommit, readHistory, compareTrees
    case buildCommit, signCommit, flush
  }

  /// Why it failed.
  package enum Reason: Hashable, Sendable {
    case notFound
    case exists
    /// Somebody else holds the lock, and kept it for longer than a lock is ever held.
    case locked
    /// The thing is not what the caller said it was.
    case modified
    case ambiguous
    case invalidName(String)
    case invalidUTF8
    case wrongKind(ObjectKind, wanted: ObjectKind)
    /// The object's bytes are not what git writes.
    case damaged
    case tooLarge(bytes: Int, limit: Int)
    /// More entries, commits or levels than the caller allows.
    case overLimit(Int)
    /// A file stands where a folder is needed, or the other way round.
    case fileAndFolder(RepositoryPath)
    /// The repository belongs to another user, and `safe.directory` does not name it.
    case notOwned
    case unsupportedRepository(Unsupported)
    case refused(String)
    /// The operating system said no; its error number.
    case system(Int32)
    /// Any other code of libgit2.
    case code(Int32)
  }

  /// What a repository uses that we cannot read rightly.
  package enum Unsupported: Hashable, Sendable {
    case objectFormat(String)
    case referenceStorage(String)
    case partialClone
    case `extension`(String)
    case version
  }
}

/// The four kinds of objects.
package enum ObjectKind: String, Hashable, Sendable, CaseIterable {
  case commit, tree, blob, tag
}

extension GitError {
  /// A hex text from outside Git that is no object id.
  package init(unreadableName text: String) {
    self.init(.readObject, .invalidName(text), "`\(text)` is no object id")
  }

  /// A path from outside Git that must not be written.
  package init(unusablePath error: PathError) {
    self.init(.buildCommit, .invalidName("\(error.path)"), "`\(error.path)` \(error.rule)")
  }

  /// A history or tree that we decline to read, in our own words.
  package init(refusing message: String) {
    self.init(.readHistory, .refused(message), message)
  }
}
