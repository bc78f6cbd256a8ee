import Git
import HeadwayTestSupport
import Testing

@Suite struct RawCommitTests {
  private static func raw(_ repository: TemporaryRepository, _ id: ObjectID) async throws -> [UInt8]
  {
    try await repository.store().perform { repo throws(GitError) in try repo.commitBytes(id) }
  }

  /// The payload and signature taken apart here are what `ssh-keygen` accepts.
  @Test func takesAnSSHSignatureApart() async throws {
    let repository = try await TemporaryRepository()
    let key = try await repository.makeSSHKey()
    try await repository.signCommits(withSSHKey: key)
    let id = try await repository.commit("signed", ["a": "1"])
    let commit = try RawCommit(try await Self.raw(repository, id))
    guard case .signed(.ssh, let payload, let armored) = commit.signature else {
      Issue.record("\(commit.signature)")
      return
    }
    let signature = repository.directory + "/signature"
    try repository.write("../signature", armored)
    let answer = try await TemporaryRepository.run(
      ["ssh-keygen", "-Y", "check-novalidate", "-n", "git", "-s", signature],
      in: repository.directory, input: String(decoding: payload, as: UTF8.self),
      variables: repository.environment)
    #expect(answer.hasPrefix("Good \"git\" signature"))
  }

  @Test func takesAnOpenPGPSignatureApart() async throws {
    let repository = try await TemporaryRepository()
    let key = try await repository.makeOpenPGPKey()
    try await repository.signCommits(withOpenPGPKey: key)
    let id = try await repository.commit(
      "signed", ["a": "1"], adding: repository.openPGPEnvironment)
    let commit = try RawCommit(try await Self.raw(repository, id))
    guard case .signed(.openPGP, let payload, let armored) = commit.signature else {
      Issue.record("\(commit.signature)")
      return
    }
    try repository.write("../signature", armored)
    let answer = try await TemporaryRepository.run(
      ["gpg", "--batch", "--status-fd", "1", "--verify", repository.directory + "/signature", "-"],
      in: repository.directory, input: String(decoding: payload, as: UTF8.self),
      variables: repository.openPGPEnvironment)
    #expect(answer.contains("VALIDSIG \(key)"))
  }

  @Test func readsASignedMergeOfASignedTag() async throws {
    let repository = try await TemporaryRepository()
    let key = try await repository.makeSSHKey()
    try await repository.commit("base", ["a": "1"])
    try await repository.signCommits(withSSHKey: key)
    try await repository.git("checkout", "-q", "-b", "side")
    try await repository.commit("side", ["b": "1"])
    try await repository.git("tag", "-s", "-m", "tag", "v1")
    try await repository.git("checkout", "-q", "main")
    try await repository.commit("main", ["c": "1"])
    try await repository.git("merge", "-q", "--no-ff", "-S", "-m", "merge", "v1")
    let commit = try RawCommit(
      try await Self.raw(repository, try await repository.id("HEAD")))
    #expect(commit.parents.count == 2)
    guard case .signed(.ssh, let payload, _) = commit.signature else {
      Issue.record("\(commit.signature)")
      return
    }
    #expect(String(decoding: payload, as: UTF8.self).contains("\nmergetag object "))
  }

  private static let head = """
    tree 0123456789abcdef0123456789abcdef01234567
    author A <a@b> 1 +0000
    committer A <a@b> 1 +0000

    """
  private static let signature = """
    gpgsig -----BEGIN SSH SIGNATURE-----
     AAAA
     -----END SSH SIGNATURE-----

    """

  @Test(
    arguments: [
      (head + "\nm\n", RawCommit.Unsigned.noSignature),
      (head + signature + signature + "\nm\n", .repeatedHeader("gpgsig")),
      (head + signature + "encoding UTF-8\n\nm\n", .headerOutOfOrder("encoding")),
      (head + "x-evil 1\n" + signature + "\nm\n", .unknownHeader("x-evil")),
      (head + signature + "x-evil 1\n\nm\n", .unknownHeader("x-evil")),
      (
        head + "gpgsig-sha256 -----BEGIN SSH SIGNATURE-----\n\nm\n", .unknownHeader("gpgsig-sha256")
      ),
      (head + signature + "gpgsig-sha256 x\n\nm\n", .unknownHeader("gpgsig-sha256")),
      (
        head + "parent 0123456789abcdef0123456789abcdef01234567\n" + signature + "\nm\n",
        .unknownHeader("parent")
      ),
      (head + "author B <b@b> 1 +0000\n" + signature + "\nm\n", .unknownHeader("author")),
      (head + "encoding a\nencoding b\n" + signature + "\nm\n", .repeatedHeader("encoding")),
      (head + signature + "\nm\0\n", .containsNUL),
      (head + "gpgsig hello\n\nm\n", .unknownFormat),
      (head + "gpgsig -----BEGIN SSH SIGNATURE-----\n\nm\n", .unknownFormat),
      (
        head + "gpgsig -----BEGIN SIGNED MESSAGE-----\n -----END SIGNED MESSAGE-----\n\nm\n",
        .unknownFormat
      ),
      (
        head
          + "gpgsig -----BEGIN PGP SIGNATURE-----\n A\n -----END PGP SIGNATURE-----\n"
          + " -----BEGIN PGP SIGNATURE-----\n A\n -----END PGP SIGNATURE-----\n\nm\n",
        .severalSignatures
      ),
    ])
  func countsAsUnsigned(commit: String, reason: RawCommit.Unsigned) throws {
    #expect(try RawCommit(Array(commit.utf8)).signature == .none(reason))
  }

  @Test(
    arguments: [
      "", "\n", "tree x\n", "author A <a> 1 +0000\n", head.replacing("author", "auther"),
      head.replacing("committer", "comitter"), "tree 0123456789abcdef0123456789abcdef01234567",
      head.replacing("A <a@b> 1 +0000", "A a@b"), head + "gpgsig",
    ])
  func refusesWhatIsNoCommit(text: String) {
    #expect(throws: RawCommit.Malformed.self) { try RawCommit(Array(text.utf8)) }
  }

  /// No mutation of a signed commit yields the same payload under a valid structure, except in the
  /// signature itself.
  @Test func bindsEveryByteOutsideTheSignature() throws {
    let bytes = Array((Self.head + "encoding latin1\n" + Self.signature + "\nmessage\n").utf8)
    guard case .signed(_, let payload, let armored) = try RawCommit(bytes).signature else {
      Issue.record("unsigned")
      return
    }
    for place in bytes.indices {
      for byte in [UInt8(0), 10, 32, bytes[place] ^ 1, bytes[place] ^ 0x20]
      where byte != bytes[place] {
        var mutated = bytes
        mutated[place] = byte
        guard let commit = try? RawCommit(mutated),
          case .signed(_, let other, let signature) = commit.signature
        else { continue }
        #expect(other != payload || signature != armored, "byte \(place) to \(byte)")
      }
    }
  }
}

extension String {
  fileprivate func replacing(_ old: String, _ new: String) -> String {
    self.replacing(old, with: new)
  }
}
