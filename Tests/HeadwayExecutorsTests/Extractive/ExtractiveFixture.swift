import Foundation
import HeadwayCore
import Testing

@testable import HeadwayExecutors

/// Orders as the content pipeline makes them, without an engine.
struct ExtractiveFixture {
  static let title = "Why small teams should schedule their AI work"
  static let brief = """
    A 900-word article for founders. Argue from the interviews and the survey that AI work belongs on a
    schedule: at fixed hours, with a budget, a brief written in advance and a person who reads the
    results in the morning. Say what it costs, what went wrong, and how to begin.
    """

  static let templates = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "templates/content-ops")

  static func template(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: templates.appending(path: path)))
  }

  static func sources() throws -> [WorkOrder.Input] {
    try ["sources/interviews.md", "sources/survey.md", "sources/field-notes.md"].map {
      input("files/\($0)", try template($0))
    }
  }

  static func voice() throws -> WorkOrder.Recalled {
    let text = String(decoding: try template("memory/brand-voice.md"), as: UTF8.self)
    return WorkOrder.Recalled(
      path: try FilePath("memory/brand-voice.md"), blob: blob(text.utf8), text: text)
  }

  static func blob(_ bytes: some Sequence<UInt8>) -> BlobID {
    BlobID(unchecked: Digest(of: bytes).prefix(40))
  }

  static func input(_ name: String, _ bytes: [UInt8]) -> WorkOrder.Input {
    WorkOrder.Input(name: name, blob: blob(bytes), bytes: bytes)
  }

  static func input(_ name: String, _ text: String) -> WorkOrder.Input {
    input(name, Array(text.utf8))
  }

  static func order(
    _ task: String, output: String, intent: String = "", inputs: [WorkOrder.Input],
    recalled: [WorkOrder.Recalled] = [], words: Int? = 900, schema: JSONValue? = nil,
    title: String = title, brief: String = brief, parameters: [String: JSONValue] = [:],
    largest: Int = 262_144
  ) throws -> WorkOrder {
    let name = try #require(Name(task))
    let run = try #require(RunID("launch-3f9c2a"))
    var parameters = parameters
    if let words { parameters["words"] = .integer(words) }
    return WorkOrder(
      attempt: AttemptID(task: TaskID(run: run, task: name), number: 1), key: "key",
      intent: intent, brief: brief, title: title, parameters: parameters,
      inputs: [input("brief.md", brief)] + inputs, recalled: recalled,
      outputs: [.init(name: output, schema: schema)], deadline: Instant(milliseconds: 0),
      limits: .init(wall: .minutes(2), output: largest), executor: .model(setup))
  }

  static var setup: ModelSetup {
    ModelSetup(name: writer, chain: [.extractive], system: "", maximumOutput: 0)
  }

  private static let writer: Name = {
    guard let name = Name("writer") else { preconditionFailure("a constant name") }
    return name
  }()

  static func complete(_ order: WorkOrder) throws -> String {
    let outcome = ExtractiveModel().complete(order, setup: setup)
    let outputs = try outcome.result.get()
    return String(decoding: try #require(outputs[order.outputs[0].name]), as: UTF8.self)
  }

  /// What each step of the pipeline writes, in order.
  static func chain(feedback: String? = nil) throws -> [String: String] {
    var texts: [String: String] = [:]
    texts["notes.md"] = try complete(
      order(
        "research", output: "notes.md", intent: "Collect what the sources say about \(title).",
        inputs: sources(), recalled: [voice()]))
    texts["outline.md"] = try complete(
      order(
        "outline", output: "outline.md",
        inputs: [input("research/notes.md", texts["notes.md"] ?? "")]))
    let draftInputs = [input("outline/outline.md", texts["outline.md"] ?? "")]
    texts["draft.md"] = try complete(
      order(
        "draft", output: "draft.md",
        inputs: draftInputs + (feedback.map { [input("feedback.md", $0)] } ?? []),
        recalled: [voice()]))
    texts["article.md"] = try complete(
      order(
        "edit", output: "article.md", inputs: [input("draft/draft.md", texts["draft.md"] ?? "")],
        recalled: [voice()]))
    texts["posts.md"] = try complete(
      order(
        "snippets", output: "posts.md",
        inputs: [input("edit/article.md", texts["article.md"] ?? "")]))
    return texts
  }
}
