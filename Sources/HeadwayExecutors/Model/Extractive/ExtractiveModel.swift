package import HeadwayCore

/// The offline model: it selects and orders sentences that stand in the inputs, each with its
/// source, and adds nothing but headings taken from them and "NAME says".
///
/// The same order gives the same bytes on every machine.
package struct ExtractiveModel: Sendable {
  package static let id = "builtin/extractive"

  package init() {}

  package func complete(_ order: WorkOrder, setup: ModelSetup) -> Outcome {
    var report = Outcome.Report(model: Self.id, servedModel: Self.id, cost: .zero(.usd))
    let material = Material(order)
    var outputs: [String: [UInt8]] = [:]
    var confidence = 1_000
    do throws(Failure) {
      for output in order.outputs {
        // A token is about three quarters of a word; footnotes need room as well.
        let most = setup.maximumOutput > 0 ? setup.maximumOutput * 7 / 10 : 6_000
        let assignment = Assignment(order, output: output, material: material, most: most)
        let written = try write(output, assignment, material, order)
        outputs[output.name] = Array(written.text.utf8)
        confidence = min(confidence, written.confidence)
      }
      let size = outputs.values.reduce(0) { $0 + $1.count }
      guard size <= order.limits.output else {
        throw Failure(.badOutput, "the text has \(size) bytes; the limit is \(order.limits.output)")
      }
    } catch {
      return Outcome(.failure(error), report: report)
    }
    report.confidence = confidence
    return Outcome(.success(outputs), report: report)
  }

  struct Written {
    let text: String
    let confidence: Int
  }

  private func write(
    _ output: WorkOrder.DeclaredOutput, _ assignment: Assignment, _ material: Material,
    _ order: WorkOrder
  ) throws(Failure) -> Written {
    if assignment.genre == .record {
      return try ExtractedRecord(order, material, assignment).written(output)
    }
    guard !material.passages.isEmpty else { throw Self.nothingToWriteFrom(order) }
    let words = assignment.words
    let composition: Composition?
    let text: (Composition) -> String
    switch assignment.genre {
    case .notes:
      composition = .composed(material, assignment, words: words)
      text = CompositionWriter.notes
    case .outline:
      composition = .outlined(material, assignment)
      text = CompositionWriter.outline
    case .edit:
      composition = .edited(material, assignment)
      text = CompositionWriter.article
    case .summary:
      composition = .summarised(material, assignment)
      text = CompositionWriter.article
    case .posts:
      composition = .composed(material, assignment, words: max(words, 600))
      text = { PostWriter.posts($0, assignment) }
    case .article, .record:
      // What an outline has settled for these words is not cut again for a few of them.
      let room = material.headings.isEmpty ? words : words * 106 / 100
      composition = .composed(material, assignment, words: room)
      text = CompositionWriter.article
    }
    guard let composition, !composition.passages.isEmpty else {
      throw Self.nothingToWriteFrom(order)
    }
    return Written(
      text: text(composition), confidence: Self.confidence(composition, assignment))
  }

  private static func nothingToWriteFrom(_ order: WorkOrder) -> Failure {
    let names = order.inputs.map(\.name).sorted().prefix(5).joined(separator: ", ")
    let read = names.isEmpty ? "there are no inputs" : "read \(names)"
    return Failure(
      .badOutput,
      "no sentences to write from (\(read)); name sources with whole sentences in the brief's "
        + "`sources`, or loosen what the feedback and `avoid` rule out")
  }

  /// How much of what was asked for the text speaks of, and whether it is as long as it should be.
  private static func confidence(_ composition: Composition, _ assignment: Assignment) -> Int {
    let terms = Set(composition.passages.flatMap { Words.contentTerms(of: $0.text) })
    let total = assignment.query.values.sorted().reduce(0, +)
    let met = assignment.query.filter { terms.contains($0.key) }.values.sorted().reduce(0, +)
    let coverage = total > 0 ? met / total : 0.5
    let length = min(1, Double(composition.words) / Double(max(1, assignment.words)))
    return Int((600 * coverage + 400 * length).rounded())
  }
}
