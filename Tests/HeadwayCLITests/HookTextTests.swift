import Testing

@testable import HeadwayCLI

struct HookTextTests {
  private func ours(_ hook: String = "post-commit", aside: Bool = false) throws -> HookText {
    try #require(try HookText(embedded: hook, program: "/opt/it's/headway", hasAside: aside))
  }

  @Test func theProgramIsOneWordForTheShell() throws {
    #expect(try ours().text.contains("'/opt/it'\\''s/headway' tick --detach </dev/null"))
    #expect(throws: CommandError.unquotable(path: "/a\nb")) {
      try HookText(embedded: "post-commit", program: "/a\nb", hasAside: false)
    }
  }

  @Test(arguments: [
    "#!/bin/sh\necho mine\nexit 3\n", "#!/usr/bin/env bash\nset -e\ntrue", "echo no shebang\n",
    "#!/bin/sh", "#!/usr/bin/env -S zsh -f\n",
  ])
  func addingTwiceIsAddingOnceAndRemovingGivesBackEveryByte(_ text: String) throws {
    let present = try #require(HookText(ofShell: Array(text.utf8)))
    let once = present.adding(try ours())
    #expect(once.hasBlock && once.isOnlyOurs == (text == "#!/bin/sh"))
    #expect(once.adding(try ours()) == once)
    let back = once.withoutBlock.text
    #expect(back == text || back == text + "\n")
    #expect(text.hasPrefix("#!") == once.text.hasPrefix("#!"))
  }

  @Test func anExitOfTheirOwnCannotSkipOurs() throws {
    let present = try #require(HookText(ofShell: Array("#!/bin/sh\nexit 3\n".utf8)))
    let lines = present.adding(try ours()).text.split(separator: "\n")
    #expect(lines[1].hasPrefix("# >>> headway >>>") && lines.last == "exit 3")
  }

  @Test(arguments: [
    "#!/usr/bin/env python3\nprint()\n", "#!/usr/bin/perl\n", "\u{7F}ELF", "#!/bin/sh\r\necho\r\n",
    "#!/usr/bin/fish\n", "#!/usr/bin/env -S node\n", "a\0b",
  ])
  func whatNoShellReadsIsNotWrittenInto(_ text: String) {
    #expect(HookText(ofShell: Array(text.utf8)) == nil)
  }

  @Test func anUnfinishedBlockIsTheirs() throws {
    let text = "#!/bin/sh\n# >>> headway >>> cut off\necho mine\n"
    #expect(HookText(text).withoutBlock.text == text)
  }
}
