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
}
