import HeadwayCore
import Testing

@Suite struct IdentifierTests {
  static let names: [(String, Bool)] = [
    ("draft", true), ("a", true), ("a-1", true), ("a-", true),
    ("a" + String(repeating: "b", count: 47), true),
    ("a" + String(repeating: "b", count: 48), false), ("", false), ("1a", false), ("-a", false),
    ("Draft", false), ("dräft", false), ("a_b", false), ("a/b", false), ("a.b", false),
    ("a\n", false), ("ａ", false), ("a\u{301}", false),
  ]

  @Test(arguments: names)
  func aNameIsPlain(_ text: String, _ isName: Bool) { #expect((Name(text) != nil) == isName) }

  static let tasks: [(String, Bool)] = [
    ("launch-3f9c2a/draft", true), ("launch-3f9c2a", false), ("launch-3f9c2a/", false),
    ("/draft", false), ("a/b/c", false), ("-a/b", false), ("A/b", false), ("a//b", false),
    ("a /b", false),
  ]

  @Test(arguments: tasks)
  func aTaskIsARunAndAName(_ text: String, _ isTask: Bool) {
    #expect(TaskID(text).map(\.description) == (isTask ? text : nil))
  }

  static let attempts: [(String, Int?)] = [
    ("a-1/b.1", 1), ("a-1/b.12", 12), ("a-1/b.0", nil), ("a-1/b.-1", nil), ("a-1/b.+1", nil),
    ("a-1/b.01", nil), ("a-1/b.", nil), ("a-1/b", nil), ("a-1/b.1.2", nil), ("a-1/b.١", nil),
    ("a-1/b.99999999999999999999", nil),
  ]

  @Test(arguments: attempts)
  func anAttemptHasANumberFromOne(_ text: String, _ number: Int?) {
    #expect(AttemptID(text)?.number == number)
    if number != nil { #expect(AttemptID(text)?.description == text) }
  }

  @Test func attemptsSortByNumberAndNotByText() throws {
    let ids = try ["a-1/b.10", "a-1/b.9", "a-1/a.11"].map { try #require(AttemptID($0)) }
    #expect(ids.sorted().map(\.number) == [11, 9, 10])
  }

  @Test func anObjectsIdIsLowerCaseHex() {
    let hex = String(repeating: "0a", count: 20)
    #expect(BlobID(hex)?.hex == hex)
    #expect(CommitID(String(repeating: "f", count: 64)) != nil)
    for bad in [
      "", hex.uppercased(), String(hex.dropLast()), hex + "g", "-" + hex.dropLast(),
      String(repeating: "f", count: 65), hex + "\n",
    ] {
      #expect(TreeID(bad) == nil, "`\(bad)`")
    }
  }

  @Test func aDigestIsSHA256AndKeepsItsPartsApart() {
    #expect(
      Digest(of: "abc".utf8).hex
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest(parts: ["ab", "c"]) != Digest(parts: ["a", "bc"]))
    #expect(Digest(parts: []) != Digest(parts: [""]))
    #expect(Digest(parts: ["3:a"]) == Digest(of: "3:3:a".utf8))
    for seed in 0..<200 { #expect((0..<1).contains(Digest(parts: ["\(seed)"]).fraction)) }
  }
}

@Suite struct FilePathTests {
  static let good = [
    "a", "content/launch.md", "Ünïcode/ü 1.json", ".github/x", "a.git", ".gitignore", ".gitx/a",
    "a/.b", "..a", "...a", "x/~git", "日本/語.md",
    Array(repeating: "d", count: 32).joined(separator: "/"),
  ]

  @Test(arguments: good)
  func accepts(_ text: String) throws { #expect(try FilePath(text).text == text) }

  static let bad: [(String, FilePath.Fault)] = [
    ("", .empty), ("/a", .absolute), ("a//b", .emptyComponent), ("a/", .emptyComponent),
    ("..", .traversal), ("a/../b", .traversal), ("./a", .traversal), ("a/.", .traversal),
    (".git", .gitFolder), ("a/.GIT/config", .gitFolder), ("GIT~1/x", .gitFolder),
    (".gi\u{200c}t/x", .controlCharacter), (".git::$INDEX_ALLOCATION/x", .backslash),
    ("a\\b", .backslash), ("c:/x", .backslash), ("a\0b", .controlCharacter),
    ("a\nb", .controlCharacter), ("a\u{202e}b", .controlCharacter), (".git./x", .trailingDot),
    (".git /x", .trailingDot), ("a./b", .trailingDot), ("a ", .trailingDot),
    (String(repeating: "a", count: 1_025), .tooLong),
    (Array(repeating: "d", count: 33).joined(separator: "/"), .tooDeep),
    // A slash with a combining mark behind it still ends a folder's name for git.
    ("../\u{301}x", .traversal), ("a/../\u{301}x", .traversal), (".git/\u{301}hooks", .gitFolder),
    ("/\u{301}etc", .absolute), ("a/\u{301}/..", .traversal),
  ]

  @Test(arguments: bad)
  func refuses(_ text: String, _ fault: FilePath.Fault) {
    #expect(FilePath.fault(of: text) == fault)
    #expect(throws: fault) { try FilePath(text) }
  }

  @Test func equalityAndOrderGoByBytes() throws {
    let (composed, apart) = (try FilePath("\u{e9}"), try FilePath("e\u{301}"))
    #expect(composed != apart)
    #expect(Set([composed, apart]).count == 2)
    #expect(try FilePath("a/b") < FilePath("a0"))
    #expect(try FilePath("Z") < FilePath("a"))
  }

  @Test func foldersHoldWhatLiesBelowThem() throws {
    let path = try FilePath("content/posts/launch.md")
    #expect(path.isUnder("content"))
    #expect(path.isUnder("content/"))
    #expect(!path.isUnder("cont"))
    #expect(!path.isUnder("content/posts/launch.md"))
    #expect(path.name == "launch.md")
    #expect(try FilePath("people/\u{301}x.json").isUnder("people"))
    #expect(try FilePath("people/\u{301}x.json").name == "\u{301}x.json")
    #expect(try path.appending("x").text == "content/posts/launch.md/x")
    #expect(throws: FilePath.Fault.traversal) { try path.appending("../x") }
  }

  static let targets = [
    "people/\u{301}x.json", "PEOPLE/x.json", "approvals/x", "Approvals/\u{301}x", "headway.json",
    "FREEZE", "a/.\u{301}hidden", ".github/x", "x/../people/y",
  ]

  @Test(arguments: targets)
  func nothingIsProposedWhereRulesLive(_ target: String) {
    #expect(ProtectedPaths.fault(ofTarget: target) != nil)
  }
}
