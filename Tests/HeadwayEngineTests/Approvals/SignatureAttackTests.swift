import Crypto
import Foundation
import Git
import HeadwayCore
import HeadwayEngine
import HeadwayTestSupport
import Testing

/// Signatures, keys and objects that two programs could see differently, and tools that fail.
@Suite struct SignatureAttackTests {
  @Test func aSecondSignatureHeaderMakesACommitUnsigned() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let text = try await fixture.git("cat-file", "commit", "HEAD")
    let signature = try #require(text.firstRange(of: "gpgsig "))
    let forged =
      text[..<signature.lowerBound] + "gpgsig-sha256 abc\n" + text[signature.lowerBound...]
    let id = try await fixture.repository.git(
      ["hash-object", "-t", "commit", "-w", "--stdin"], input: forged + "\n")
    try await fixture.git("reset", "-q", "--hard", id)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("counts as unsigned"), "\(finding.story)")
  }

  @Test func aChangedMessageBreaksTheSignature() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", "-m", "ok", fixture.branch)
    let text = try await fixture.git("cat-file", "commit", "HEAD")
    let forged = text.replacing("\n\nok", with: "\n\nMerge branch '\(fixture.branch)'")
    #expect(forged != text)
    let id = try await fixture.repository.git(
      ["hash-object", "-t", "commit", "-w", "--stdin"], input: forged + "\n")
    try await fixture.git("reset", "-q", "--hard", id)
    let finding = try await fixture.judge()
    #expect(finding.isLanded("signature is wrong"), "\(finding.story)")
  }

  /// For git, the unsigned merge *is* dana's signed one; for the judge it is what it is.
  @Test func replaceRefsHaveNoSay() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let signed = try await fixture.repository.id("HEAD")
    try await fixture.git("reset", "-q", "--hard", "HEAD~1")
    try await fixture.git("merge", "-q", "--no-ff", "-m", "unsigned", fixture.branch)
    let unsigned = try await fixture.repository.id("HEAD")
    try await fixture.git("replace", unsigned.hex, signed.hex)
    #expect(try await fixture.git("cat-file", "commit", "HEAD").contains("gpgsig"))
    let finding = try await fixture.judge()
    #expect(finding.isLanded("not signed"), "\(finding.story)")
  }

  @Test func graftsHaveNoSay() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--squash", fixture.branch)
    try await fixture.git("commit", "-q", "-S", "-m", "ok")
    let tip = try await fixture.repository.id("HEAD")
    try fixture.write(
      ".git/info/grafts", "\(tip) \(fixture.judged) \(fixture.proposal.commit)\n")
    let finding = try await fixture.judge()
    #expect(finding.isLanded("does not name"), "\(finding.story)")
  }

  @Test func aShallowHistoryIsRefused() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let clone = try await fixture.repository.clone("shallow", options: ["--depth", "1"]).repository
    await #expect(throws: ApprovalError.self) { try await fixture.judge(in: clone) }
  }

  @Test func moreCommitsThanAnybodyReadsAreRefusedByName() async throws {
    let fixture = try await ApprovalFixture()
    var stream = ""
    for number in 1...10_001 {
      stream += "commit refs/heads/flood\nmark :\(number)\n"
      stream += "committer F <f@example.org> 1700000000 +0000\ndata 0\n"
      stream += number == 1 ? "from \(fixture.judged)\n\n" : "from :\(number - 1)\n\n"
    }
    try await fixture.repository.git(["fast-import", "--quiet"], input: stream)
    let flood = CommitID(try await fixture.repository.id("flood"))
    do {
      _ = try await fixture.judge("flood")
      Issue.record("it was judged")
    } catch ApprovalError.overLimit(let commit, _) {
      #expect(commit == flood)
    }
    // One less is within the limit, and nothing is approved by it.
    let finding = try await fixture.judge("flood~1")
    #expect(finding.status == .open && finding.judgements.isEmpty)
  }

  /// Eight objects that hold ten million paths, beside a proposal that is otherwise in order.
  @Test func aTreeOfMillionsOfPathsIsNotRead() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    var id = try await fixture.git("rev-parse", "HEAD:n")
    for level in 0..<7 {
      let line = level == 0 ? "100644 blob" : "040000 tree"
      let entries = (0..<10).map { "\(line) \(id)\t\($0)\n" }.joined()
      id = try await fixture.repository.git(["mktree"], input: entries)
    }
    let root = try await fixture.git("ls-tree", "HEAD") + "\n040000 tree \(id)\tbomb\n"
    let tree = try await fixture.repository.git(["mktree"], input: root)
    let bomb = try await fixture.git(
      "commit-tree", "-S", "-p", "HEAD^1", "-p", fixture.branch, "-m",
      "Merge branch '\(fixture.branch)'", tree)
    try await fixture.git("update-ref", "refs/heads/bomb", bomb)
    let finding = try await fixture.judge("bomb")
    #expect(finding.isLanded("too large to be judged"), "\(finding.story)")
  }

  @Test func requestersAreWhoSigned() async throws {
    let fixture = try await ApprovalFixture()
    let signed = try await fixture.repository.commit("brief", ["briefs/a.md": "a"], options: ["-S"])
    let unsigned = try await fixture.repository.commit("edit", ["briefs/a.md": "b"])
    let judge = try fixture.makeJudge()
    let dana = try #require(Name("dana"))
    let one = try await judge.requesters(
      broughtInBy: [CommitID(signed)], mayApprove: false, at: ApprovalFixture.now)
    #expect(one == .init(persons: [dana]))
    let both = try await judge.requesters(
      broughtInBy: [CommitID(signed), CommitID(unsigned)], mayApprove: false,
      at: ApprovalFixture.now)
    #expect(both == .init(persons: [dana], includesUnknown: true))
  }

  @Test func aMissingToolOrAnEndlessOneIsARefusal() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let missing = try await fixture.judge(tools: SignatureTools(sshKeygen: nil, gpg: nil))
    #expect(missing.isLanded("could not be verified"), "\(missing.story)")
    let failing = try await fixture.judge(
      tools: SignatureTools(sshKeygen: "/bin/false", gpg: nil))
    #expect(failing.isLanded("signature is wrong"), "\(failing.story)")
    try fixture.write("../endless", "#!/bin/sh\nexec sleep 600\n")
    _ = try await TemporaryRepository.run(
      ["chmod", "+x", fixture.repository.directory + "/endless"], in: "/",
      variables: fixture.repository.environment)
    let endless = try await fixture.judge(
      tools: SignatureTools(
        sshKeygen: fixture.repository.directory + "/endless", gpg: nil,
        limit: .milliseconds(50)))
    #expect(endless.isLanded("took longer"), "\(endless.story)")
  }

  @Test func aKeyCountsOnlyInItsTime() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let path = try #require(fixture.keys["dana"])
    let now = ApprovalFixture.now
    let cases: [(PersonKey, String)] = [
      (try ApprovalFixture.publicKey(path, from: now + .seconds(1)), "not valid yet"),
      (try ApprovalFixture.publicKey(path, until: now), "no longer valid"),
      (try ApprovalFixture.publicKey(path, revoked: now), "was revoked"),
    ]
    for (key, why) in cases {
      let dana = Person(
        name: try #require(Name("dana")), roles: [try #require(Name("creator"))], keys: [key])
      let finding = try await fixture.judge(people: [dana])
      #expect(finding.isLanded(why), "\(finding.story)")
    }
  }

  @Test func aKeyInTwoFilesCountsForNeither() async throws {
    let fixture = try await ApprovalFixture()
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let twin = Person(name: try #require(Name("twin")), keys: fixture.people[0].keys)
    let roster = Roster(fixture.people + [twin])
    #expect(roster.faults.count == 1)
    let finding = try await fixture.judge(people: fixture.people + [twin])
    #expect(finding.isLanded("belongs to nobody"), "\(finding.story)")
  }

  @Test func aCertificateIsRefused() async throws {
    let fixture = try await ApprovalFixture()
    let directory = fixture.repository.directory
    let authority = try await fixture.repository.makeSSHKey("authority")
    let key = try #require(fixture.keys["dana"])
    _ = try await TemporaryRepository.run(
      ["ssh-keygen", "-q", "-s", authority, "-I", "dana", "-n", "dana", key + ".pub"],
      in: directory, variables: fixture.repository.environment)
    try await fixture.git("config", "user.signingkey", key + "-cert.pub")
    guard !(await fixture.gitFails("merge", "-q", "--no-ff", "-S", fixture.branch)) else { return }
    let finding = try await fixture.judge()
    #expect(finding.isLanded("certificates are not accepted"), "\(finding.story)")
  }

  @Test(arguments: [1_024, 2_048])
  func rsaNeedsTwoThousandBits(_ bits: Int) async throws {
    let fixture = try await ApprovalFixture()
    let path = fixture.repository.directory + "/rsa"
    _ = try await TemporaryRepository.run(
      ["ssh-keygen", "-q", "-t", "rsa", "-b", "\(bits)", "-N", "", "-f", path],
      in: fixture.repository.directory, variables: fixture.repository.environment)
    let rita = Person(
      name: try #require(Name("rita")), roles: [try #require(Name("creator"))],
      keys: [try ApprovalFixture.publicKey(path)])
    try await fixture.git("config", "user.signingkey", path)
    try await fixture.git("merge", "-q", "--no-ff", "-S", fixture.branch)
    let finding = try await fixture.judge(people: [rita])
    if bits < 2_048 {
      #expect(finding.isLanded("RSA key of 1024 bits"), "\(finding.story)")
    } else {
      #expect(finding.isApproved(by: "rita"), "\(finding.story)")
    }
  }

  /// OpenSSH's own verification takes a security key's signature that nobody touched.
  @Test(arguments: [UInt8(1), 0, 4])
  func aSecurityKeyHasToBeTouched(_ flags: UInt8) async throws {
    let fixture = try await ApprovalFixture(.init(risk: .high))
    let key = SoftSecurityKey()
    let kim = Person(
      name: try #require(Name("kim")), roles: [try #require(Name("creator"))],
      keys: [
        PersonKey(material: .ssh(type: SoftSecurityKey.type, key: key.wire.base64EncodedString()))
      ])
    try await fixture.git("merge", "-q", "--no-ff", fixture.branch)
    let statement = try await fixture.statement(by: "kim")
    try fixture.write(statement.place.path.text, String(decoding: statement.bytes, as: UTF8.self))
    try fixture.write(
      statement.place.signaturePath.text,
      try key.sign(statement.bytes, namespace: Statement.namespace, flags: flags))
    try await fixture.repository.commit("state")
    let finding = try await fixture.judge(people: [kim])
    if flags == 1 {
      #expect(finding.isApproved(by: "kim"), "\(finding.story)")
    } else {
      #expect(finding.record.approvers.isEmpty)
      #expect(
        finding.record.judgements.contains { $0.whyNot?.contains("nobody touched") == true },
        "\(finding.story)")
    }
  }

  @Test func damagedArmourIsRefusedAndNeverTraps() async throws {
    let fixture = try await ApprovalFixture()
    let statement = try await fixture.statement()
    try await fixture.place(statement, signedBy: "dana")
    let file = fixture.repository.path + "/" + statement.place.signaturePath.text
    let text = try ApprovalFixture.read(file)
    _ = try SSHSignature(armored: text)
    let base64 = text.split(separator: "\n").dropFirst().dropLast().joined()
    let blob = Array(try #require(Data(base64Encoded: base64)))
    for length in 0..<blob.count {
      let cut = Data(blob[..<length]).base64EncodedString()
      #expect(throws: SignatureRefusal.self) {
        try SSHSignature(
          armored: "-----BEGIN SSH SIGNATURE-----\n\(cut)\n-----END SSH SIGNATURE-----\n")
      }
    }
    let longer = Data(blob + [0]).base64EncodedString()
    #expect(throws: SignatureRefusal.self) {
      try SSHSignature(
        armored: "-----BEGIN SSH SIGNATURE-----\n\(longer)\n-----END SSH SIGNATURE-----\n")
    }
  }
}

/// A security key in software, which says of itself whether it was touched.
struct SoftSecurityKey {
  static let type = "sk-ssh-ed25519@openssh.com"
  private static let application = Data("ssh:".utf8)
  private let key = Curve25519.Signing.PrivateKey()

  var wire: Data {
    Self.field(Data(Self.type.utf8)) + Self.field(key.publicKey.rawRepresentation)
      + Self.field(Self.application)
  }

  func sign(_ message: [UInt8], namespace: String, flags: UInt8) throws -> String {
    let hash = Data(SHA512.hash(data: message))
    let fields =
      Self.field(Data(namespace.utf8)) + Self.field(Data()) + Self.field(Data("sha512".utf8))
    let signed = Data("SSHSIG".utf8) + fields + Self.field(hash)
    let state = Data([flags, 0, 0, 0, 7])
    let bytes =
      Data(SHA256.hash(data: Self.application)) + state + Data(SHA256.hash(data: signed))
    let signature =
      Self.field(Data(Self.type.utf8)) + Self.field(try key.signature(for: bytes)) + state
    let blob =
      Data("SSHSIG".utf8) + Data([0, 0, 0, 1]) + Self.field(wire) + fields + Self.field(signature)
    return "-----BEGIN SSH SIGNATURE-----\n\(blob.base64EncodedString())\n"
      + "-----END SSH SIGNATURE-----\n"
  }

  private static func field(_ bytes: Data) -> Data {
    let count = UInt32(bytes.count)
    return Data((0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }) + bytes
  }
}
