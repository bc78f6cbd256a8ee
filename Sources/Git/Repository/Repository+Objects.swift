internal import CLibgit2

extension Repository {
  /// The kind and size of an object, without reading its content where git allows it.
  package borrowing func header(
    of id: ObjectID
  ) throws(GitError) -> (kind: ObjectKind, byteCount: Int) {
    var (length, kind, oid) = (0, GIT_OBJECT_ANY, id.oid)
    try check(git_odb_read_header(&length, &kind, objects.pointer, &oid), .readObject)
    guard let kind = ObjectKind(kind) else { throw GitError(.readObject, .damaged) }
    return (kind, length)
  }

  package borrowing func kind(of id: ObjectID) throws(GitError) -> ObjectKind {
    try header(of: id).kind
  }

  package borrowing func contains(_ id: ObjectID) -> Bool {
    var oid = id.oid
    return git_odb_exists(objects.pointer, &oid) == 1
  }

  /// The size of a blob, so that a caller can decide before reading it.
  package borrowing func blobSize(_ id: ObjectID) throws(GitError) -> Int {
    let (kind, byteCount) = try header(of: id)
    guard kind == .blob else { throw GitError(.readObject, .wrongKind(kind, wanted: .blob)) }
    return byteCount
  }

  /// The content of a blob of at most `limit` bytes; a larger one is refused unread.
  package borrowing func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
    let byteCount = try blobSize(id)
    guard byteCount <= limit else {
      throw GitError(
        .readObject, .tooLarge(bytes: byteCount, limit: limit),
        "blob \(id) has \(byteCount) bytes; at most \(limit) are read")
    }
    return try content(of: id, as: .blob, .readObject)
  }

  /// The bytes of an object of the given kind.
  borrowing func content(
    of id: ObjectID, as wanted: ObjectKind, _ operation: GitError.Operation
  ) throws(GitError) -> [UInt8] {
    var oid = id.oid
    let object = try Handle(operation, free: { git_odb_object_free($0) }) {
      git_odb_read(&$0, objects.pointer, &oid)
    }
    guard let kind = ObjectKind(git_odb_object_type(object.pointer)) else {
      throw GitError(operation, .damaged)
    }
    guard kind == wanted else {
      throw GitError(operation, .wrongKind(kind, wanted: wanted), "\(id) is a \(kind.rawValue)")
    }
    let buffer = UnsafeRawBufferPointer(
      start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer))
    return Array(buffer)
  }

  /// The id `bytes` would have as an object of this kind; nothing is written.
  package static func id(of bytes: [UInt8], as kind: ObjectKind = .blob) throws(GitError)
    -> ObjectID
  {
    var oid = git_oid()
    try check(git_odb_hash(&oid, bytes, bytes.count, kind.kind), .writeObject)
    guard let id = ObjectID(oid) else { throw GitError(.writeObject, .damaged) }
    return id
  }

  /// Writes a blob and returns its id; a blob that exists already is not written again.
  package borrowing func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    try write(bytes, as: .blob)
  }

  /// Writes a tree of these entries, in whatever order they come.
  package borrowing func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    let sorted = entries.sorted(by: TreeEntry.precedes)
    let bytes = TreeFormat.bytes(of: sorted)
    guard TreeFormat.entries(of: bytes) == sorted else {
      throw GitError(.writeObject, .damaged, "the entries do not make a tree")
    }
    return try write(bytes, as: .tree)
  }

  package borrowing func writeCommit(_ draft: CommitDraft) throws(GitError) -> ObjectID {
    try write(draft.payload, as: .commit)
  }

  /// Writes a commit with a signature that was made over `draft.payload`.
  package borrowing func writeCommit(
    _ draft: CommitDraft, signature armored: String
  ) throws(GitError) -> ObjectID {
    try write(draft.signed(by: armored), as: .commit)
  }

  borrowing func write(_ bytes: [UInt8], as kind: ObjectKind) throws(GitError) -> ObjectID {
    var oid = git_oid()
    try check(
      git_odb_write(&oid, objects.pointer, bytes, bytes.count, kind.kind), .writeObject)
    guard let id = ObjectID(oid) else { throw GitError(.writeObject, .damaged) }
    return id
  }
}
