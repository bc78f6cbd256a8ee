import HeadwayEngine
import Testing

@Suite struct LineDifferenceTests {
  private func lines(_ old: String, _ new: String) -> [String] {
    LineDifference(from: Array(old.utf8), to: Array(new.utf8)).lines
  }

  @Test func isEmptyForEqualBytesOnly() {
    #expect(lines("a\nb\n", "a\nb\n").isEmpty)
    #expect(lines("a\nb\n", "a\nb") == ["- "])
    #expect(LineDifference(from: [0xFF], to: [0xFE]).lines == ["- (bytes that are no text)"])
  }

  @Test func tellsRemovalsBeforeWhatStandsInTheirPlace() {
    #expect(lines("a\nb\nc", "a\nx\nc\nd") == ["- b", "+ x", "+ d"])
    #expect(lines("", "a") == ["- ", "+ a"])
  }

  @Test func staysShortForLongTexts() {
    let many = (0..<100).map(String.init).joined(separator: "\n")
    #expect(lines(many, "").count == 41)
    #expect(lines(many, "").last == "… and 61 more lines")
    let huge = (0..<5_000).map(String.init).joined(separator: "\n")
    #expect(lines(huge, "0\n" + huge) == ["- 1", "+ 0"])
  }
}
