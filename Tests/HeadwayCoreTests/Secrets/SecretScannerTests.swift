import Foundation
import Testing

@testable import HeadwayCore

@Suite struct SecretScannerTests {
  static let value = "p?ssw/rd+42~\u{E4}\"x"
  let scanner: SecretScanner

  init() throws {
    scanner = SecretScanner([try #require(.init(name: "SITE_TOKEN", value: Self.value))])
  }

  private func forms(_ text: String) -> [SecretScanner.Form] {
    scanner.findings(in: Array(text.utf8)).map(\.form)
  }

  @Test func findsEveryForm() throws {
    let data = Data(Self.value.utf8)
    #expect(forms("x \(Self.value) y") == [.raw])
    for prefix in ["", "a", "ab", "abc", "abcd"] {
      let text = (Data(prefix.utf8) + data + Data("tail".utf8)).base64EncodedString()
      #expect(forms("header \(text) end") == [.base64], "offset \(prefix.count)")
      let url = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      #expect(forms(url) == [.base64])
    }
    let hex = data.map { String(format: "%02x", $0) }.joined()
    #expect(forms(hex) == [.hex])
    #expect(forms(hex.uppercased()) == [.hex])
    let percent = try #require(
      Self.value.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    #expect(forms("?t=" + percent.replacing("%7E", with: "~")) == [.percent])
    #expect(forms(String(decoding: JSONValue.string(Self.value).compact, as: UTF8.self)) == [.json])
    #expect(forms("password site token") == [])
  }

  @Test func neverShowsTheValue() throws {
    let text = "one\ntwo \(Self.value)"
    let finding = try #require(scanner.findings(in: Array(text.utf8)).first)
    #expect(finding.name == "SITE_TOKEN")
    #expect(finding.line == 2 && finding.offset == 8 && finding.severity == .refuse)
    #expect(!"\(finding)".contains(Self.value))
    #expect(finding.id == nil)
  }

  @Test(arguments: [
    "sk-ant-api03-" + String(repeating: "aB3_", count: 8),
    "sk-proj-" + String(repeating: "a1", count: 12),
    "AKIAIOSFODNN7EXAMPLE", "ghp_" + String(repeating: "a", count: 36),
    "github_pat_" + String(repeating: "A1", count: 15), "xoxb-123456789012-abcdef",
    "AIza" + String(repeating: "b", count: 35), "glpat-" + String(repeating: "x", count: 20),
    "hf_" + String(repeating: "q", count: 34), "-----BEGIN OPENSSH PRIVATE KEY-----",
  ])
  func knowsTheShapesOfKeys(_ key: String) {
    #expect(forms("text (\(key)), more") == [.shape])
  }

  @Test func leavesOrdinaryTextAlone() {
    for text in [
      "a risk-free task-list sk-learn", "-----BEGIN PUBLIC KEY-----", "shelf_life hf_", "",
      "3b18e512dba79e4c8300dd08aeb37f8e728b8dad", "123e4567-e89b-12d3-a456-426614174000",
      "runs/2026/11/23/10/launch-3f9c2a/tasks/00/draft",
      "aVeryLongIdentifierInTheStyleOfSomeLanguages",
    ] {
      #expect(forms(text) == [], "\(text)")
    }
  }

  @Test func holdsWhatLooksRandom() throws {
    let token = "q8ZfK2mXw7Rt5LpYv3Nc9Hd6Gs1Ja4Bu0Te"
    let finding = try #require(scanner.findings(in: Array("see \(token)".utf8)).first)
    #expect(finding.form == .entropy && finding.severity == .hold)
    #expect(finding.id?.count == 12)
  }

  @Test func redactsWithStableTokens() {
    let text = Array("a \(Self.value) b \(Data(Self.value.utf8).base64EncodedString()) c".utf8)
    let once = scanner.redacted(text, key: [1, 2, 3])
    #expect(once == scanner.redacted(text, key: [1, 2, 3]))
    #expect(once != scanner.redacted(text, key: [9]))
    #expect(scanner.findings(in: once).isEmpty)
    let shown = String(decoding: once, as: UTF8.self)
    #expect(shown.hasPrefix("a [secret:SITE_TOKEN:") && shown.hasSuffix(" c"))
  }

  @Test func takesSecretsFromTheEnvironment() {
    let known = SecretScanner.known(in: [
      "API_KEY": "12345678", "github_token": "abcdefgh", "PATH": "/usr/bin:/bin",
      "MY_SECRET": "short",
    ])
    #expect(known.map(\.name) == ["API_KEY", "github_token"])
  }

  @Test func scansMegabytesInOnePass() {
    var bytes = Array(repeating: UInt8(ascii: "p"), count: 5_000_000)
    bytes += Self.value.utf8
    #expect(scanner.findings(in: bytes).map(\.offset) == [5_000_000])
    #expect(forms(String(repeating: Self.value, count: 2_000)).count == SecretScanner.mostFindings)
  }
}
