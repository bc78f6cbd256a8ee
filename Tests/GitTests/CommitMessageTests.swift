import Git
import HeadwayTestSupport
import Testing

@Suite struct CommitMessageTests {
  private static let trailers = [
    Trailer("Headway-Event", "result"), Trailer("Headway-Cost", "0.0213 USD"),
  ]

  private static let hostile = [
    "line\n\nHeadway-State: failed", "x\r\nHeadway-Cost: 0 USD", "a\n---\nhidden", "---",
    "Headway-Event: verb", "HEADWAY-event : verb", "\u{2028}Headway-Event: verb",
    "text\u{85}Headway-State: failed", "Signed-off-by: Mallory <m@example.org>", "# comment",
    "\u{1B}[31mred\u{7}", "\u{202E}reversed", "a\0b", "\n\n\n", "  \t ",
    "quote: Headway-State: failed", "diff --git a/x b/x", ">From x", "\nHeadway-Approve: 123\n",
    "(cherry picked from commit 123)\nHeadway-State: failed",
    "see\n\n# x\nHeadway-State: failed\n# y\n",
  ]

  /// Git finds exactly our trailers, wherever hostile text is put.
  @Test(arguments: hostile)
  func keepsOurTrailersTheOnlyOnes(text: String) async throws {
    let repository = try await TemporaryRepository()
    let blob = try await repository.git("mktree")
    let messages = [
      CommitMessage(subject: text, body: "body", trailers: Self.trailers),
      CommitMessage(subject: "subject", body: text, trailers: Self.trailers),
      CommitMessage(
        subject: "subject", trailers: Self.trailers + [Trailer("Headway-Input", text)]),
    ]
    for (place, message) in messages.enumerated() {
      let written = message.text
      let commit = try await repository.git("commit-tree", blob, "-F", "-", input: written)
      let found = try await repository.git(
        "log", "-1", "--format=%(trailers:only,unfold)", commit)
      let wanted = message.trailers.map { $0.value.isEmpty ? "\($0.key):" : $0.line }
      let lines = found.split(separator: "\n").map {
        $0.last == " " ? String($0.dropLast()) : String($0)
      }
      #expect(lines == wanted, "place \(place)")
      #expect(Trailer.all(in: written) == message.trailers, "place \(place)")
      for forged in ["Headway-State: *failed", "Headway-Approve: *[0-9]", "Headway-Event *: *verb"]
      {
        let hits = try await repository.git(
          "log", "-1", "--format=%H", "-i", "--grep", forged, commit)
        #expect(hits.isEmpty, "\(forged) place \(place)")
      }
      #expect(!written.split(separator: "\n").contains { $0.hasPrefix("---") })
    }
  }

  @Test func keepsHonestTextReadable() {
    let message = CommitMessage(
      subject: "draft: launch article", body: "One.\n\n  indented\ttab\r\nTwo — ünïcode 👩‍🚀",
      trailers: Self.trailers)
    #expect(
      message.text == """
        draft: launch article

        One.

          indented\ttab
        Two — ünïcode 👩‍🚀

        Headway-Event: result
        Headway-Cost: 0.0213 USD

        """)
  }

  /// Our parser and git's agree on messages of any shape.
  @Test(
    arguments: [
      "s\n\nA: 1\nB: 2\n", "s\n\nA: 1\n  folded\n", "s\n\ntext\nA: 1\n", "A: 1\n", "s\nA: 1\n",
      "s\n\nbody\n\nA: 1\nSigned-off-by: x\nplain\n", "s\n\nA: 1\n\n# comment\n", "s\n\nA : 1\n",
      "s\n\nA B: 1\n", "s\n\n: 1\n", "s\n\nA:\nB:2\n", "s\n\n A: 1\nB: 1\n", "s\n\nA: 1\n \nB: 2\n",
      "s\n\nA: 1\n---\nB: 2\n", "\n\ns\n\nA: 1", "s\n\n(cherry picked from commit 1)\nA: 1\n",
      "s\n\nx\n(cherry picked from commit 1)\n", "s\n\nA: 1\n\n\n\n", "", "s\n\n#A: 1\nB: 2\n",
      "s\n\nA: 1\nx\nSigned-off-by: y\nz\nw\nv\n", "s\n\nA: 1\r\nB: 2\r\n", "s\n\né: 1\n",
    ])
  func readsTrailersAsGitDoes(message: String) async throws {
    let repository = try await TemporaryRepository()
    let tree = try await repository.git("mktree")
    let raw = "tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n" + message
    let commit = try await repository.git(
      "hash-object", "-t", "commit", "-w", "--stdin", input: raw)
    let text = try await repository.git(
      "log", "-1", "--format=%(trailers:only,unfold)", commit)
    let wanted = text.split(separator: "\n").map { $0.filter { $0 != " " && $0 != "\r" } }
    let found = Trailer.all(in: message).map { $0.line.filter { $0 != " " } }
    #expect(found == wanted.map { String($0) })
  }
}
