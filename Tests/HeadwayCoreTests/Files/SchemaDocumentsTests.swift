import Foundation
import HeadwayCore
import Testing

@Suite struct SchemaDocuments {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../docs/schemas").standardizedFileURL

  /// `RECORD_SCHEMAS=1` rewrites the documents and fails, so that nobody forgets to look.
  @Test(arguments: ProjectFile.allCases)
  func areCurrent(_ kind: ProjectFile) throws {
    let document = SchemaDocument(kind)
    let file = Self.folder.appending(path: document.fileName)
    let text = String(decoding: document.json.canonical, as: UTF8.self)
    if ProcessInfo.processInfo.environment["RECORD_SCHEMAS"] == "1" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(document.fileName)")
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test func fallbacksInTheSchemaAreTheOnesInForce() throws {
    let bare = #"{ "format": 1, "name": "studio" }"#
    guard case .object(let object) = Settings.schema else { return }
    var fields: [String: JSONValue] = ["format": 1, "name": "studio"]
    for field in object.fields { if let value = field.fallback { fields[field.name] = value } }
    if case .object(let limits) = object.field("limits")?.schema {
      fields["limits"] = .object(
        Dictionary(uniqueKeysWithValues: limits.fields.map { ($0.name, $0.fallback ?? .null) }))
    }
    var reading = FileReading(try FilePath(Settings.file))
    let short = Settings(try JSONReader.read(Array(bare.utf8)), reading: &reading)
    let long = Settings(
      try JSONReader.read(JSONValue.object(fields).canonical), reading: &reading)
    #expect(reading.diagnostics.isEmpty)
    #expect(short != nil)
    #expect(short == long)
  }

  /// Every example in `docs/files.md` is a file that Headway reads.
  @Test func examplesInTheDocumentsAreRight() throws {
    let page = Self.folder.deletingLastPathComponent().appending(path: "files.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    var count = 0
    for block in text.components(separatedBy: "```json\n").dropFirst() {
      let json = try #require(block.components(separatedBy: "```").first)
      let node = try JSONReader.read(Array(json.utf8))
      var reading = FileReading(try FilePath("docs/files.md"))
      let isRead =
        if node["format"] != nil {
          Settings(node, reading: &reading) != nil
        } else if node["tasks"] != nil {
          Pipeline(node, reading: &reading) != nil
        } else if node["provider"] != nil {
          ModelFile(node, reading: &reading) != nil
        } else if node["cron"] != nil {
          Schedule(
            node, settings: Settings(name: try #require(Name("studio"))), reading: &reading) != nil
        } else if node["kind"] != nil {
          ExecutorFile(node, reading: &reading) != nil
        } else {
          Person(node, reading: &reading) != nil
        }
      #expect(isRead, "\(reading.diagnostics)")
      count += 1
    }
    #expect(count == 10)
  }
}
