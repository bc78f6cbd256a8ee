import HeadwayCore
import Testing

@Suite struct ApprovalValueTests {
  private static let attempt = AttemptID("launch-3f9c2a/approve.1")
  private static let commit = CommitID(String(repeating: "a", count: 40))
  private static let blob = BlobID(String(repeating: "b", count: 40))

  private func record() throws -> ApprovalRecord {
    ApprovalRecord(
      repository: try #require(Self.commit), target: "main", attempt: try #require(Self.attempt),
      content: [
        try FilePath("content/é.md"): .init(blob: try #require(Self.blob), sha256: "00")
      ], readAgainst: [try FilePath("sources/a.md"): try #require(Self.blob)], risk: .high,
      requirement: ApprovalRequirement(
        role: try #require(Name("creator")), count: 2, within: .days(7),
        distinctFromRequester: true), policies: nil, decision: try FilePath("decisions/x.json"),
      expires: Instant(milliseconds: 5), nonce: Nonce(1, 2))
  }

  @Test func aRecordReadsExactlyWhatItWrites() throws {
    let record = try record()
    #expect(try ApprovalRecord(bytes: record.bytes) == record)
    let text = String(decoding: record.bytes, as: UTF8.self)
    let bent = [
      text + "\n", text.replacing("\"count\": 2", with: "\"count\": 2.0"),
      text.replacing("\"format\": 1,", with: "\"format\": 1,\n  \"more\": null,"),
      text.replacing("\"count\": 2", with: "\"count\": 0"),
      text.replacing("100644", with: "100755"), text.replacing("\"output\"", with: "\"action\""),
      text.replacing("  \"attempt\": 1", with: "  \"attempt\": 1,\n  \"attempt\": 1"),
    ]
    for other in bent {
      #expect(other != text)
      #expect(throws: RecordFault.self) { try ApprovalRecord(bytes: Array(other.utf8)) }
    }
  }

  @Test func aStatementReadsExactlyWhatItWrites() throws {
    let name = Statement.RecordName(
      attempt: try #require(Self.attempt), blob: try #require(Self.blob), sha256: "11")
    for decision in [
      Statement.Decision.approve(name), .reject(name, message: "No.\n\"Really\""),
      .override(name), .accept(from: "aa", to: "bb"),
    ] {
      let statement = Statement(
        repository: try #require(Self.commit), target: "main", decision: decision,
        person: try #require(Name("dana")), seen: try #require(Self.commit), policies: nil,
        expires: Instant(milliseconds: 5), nonce: Nonce(1, 2))
      #expect(try Statement(bytes: statement.bytes) == statement)
    }
  }

  @Test(arguments: [
    "approvals/launch-3f9c2a/approve.1.json", "approvals/launch-3f9c2a/approve.1.dana.json",
    "approvals/launch-3f9c2a/approve.1.dana.json.sig",
    "approvals/launch-3f9c2a/approve.1.override.dana.json",
    "approvals/accepts/0123456789ab.dana.json.sig",
  ])
  func pathsBelowApprovalsHaveOneSpelling(_ path: String) throws {
    #expect(try #require(ApprovalPath(Array(path.utf8))).text == path)
  }

  @Test(arguments: [
    "approvals/launch-3f9c2a/approve.01.json", "approvals/launch-3f9c2a/approve.0.json",
    "approvals/launch-3f9c2a/approve.1.Dana.json", "approvals/launch-3f9c2a/approve.1.json.sig",
    "approvals/../approve.1.json", "approvals/launch/x/approve.1.json", "Approvals/l/a.1.json",
    "approvals/launch-3f9c2a/approve.+1.json", "approvals/accepts/0123456789AB.dana.json",
  ])
  func otherPathsBelowApprovalsAreNothing(_ path: String) {
    #expect(ApprovalPath(Array(path.utf8)) == nil)
  }

  @Test func foldingFindsNamesThatMeet() {
    let pairs: [(String, String)] = [
      ("content/A.md", "content/a.md"), ("Content/x", "content/y"),
      ("caf\u{E9}", "cafe\u{301}"), ("stra\u{DF}e", "STRASSE"), ("a\u{200B}b", "ab"),
      ("\u{212A}", "k"),
    ]
    for (one, other) in pairs {
      #expect(PathFolding.collision(among: [Array(one.utf8), Array(other.utf8)]) != nil, "\(one)")
    }
    #expect(
      PathFolding.collision(among: ["a/b", "a/c", "ab", "a/b"].map { Array($0.utf8) }) == nil)
  }

  @Test func aRosterDropsWhatIsAmbiguous() throws {
    let wire = "AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
    let key = PersonKey(material: .ssh(type: "ssh-ed25519", key: wire))
    let (dana, erin) = (try #require(Name("dana")), try #require(Name("erin")))
    let alone = Roster([Person(name: dana, keys: [key, key])])
    #expect(alone.keys.count == 2 && alone.faults.isEmpty)
    let shared = Roster([Person(name: dana, keys: [key]), Person(name: erin, keys: [key])])
    #expect(shared.keys.isEmpty && shared.faults == [.sharedKey(dana, erin)])
    let twice = Roster([Person(name: dana, keys: [key]), Person(name: dana)])
    #expect(twice.members.isEmpty && twice.faults == [.nameTwice(dana)])
    let wrong = PersonKey(material: .ssh(type: "ssh-rsa", key: wire))
    #expect(Roster([Person(name: dana, keys: [wrong])]).faults == [.unreadableKey(dana)])
  }
}
