/// A list that a task of the run has delivered, as the bytes that hold it.
package struct DeliveredList: Hashable, Sendable {
  package let place: OutputPlace
  package let bytes: [UInt8]

  package init(place: OutputPlace, bytes: [UInt8]) {
    self.place = place
    self.bytes = bytes
  }

  /// The elements of a JSON list, or the lines of a text without those that are empty.
  func items() throws(FanOut.Fault) -> [JSONValue] {
    guard place.isJSON else {
      return bytes.split { $0 == 0x0A || $0 == 0x0D }
        .map { String(decoding: $0, as: UTF8.self).trimmed }
        .filter { !$0.isEmpty }.map(JSONValue.string)
    }
    let content: JSONValue
    do { content = try JSONReader.read(bytes).json } catch {
      throw FanOut.Fault(message: "`\(place)` holds no JSON: \(error)")
    }
    guard let elements = content.value(at: place.field ?? "")?.elements else {
      throw FanOut.Fault(message: "`\(place)` is not a list")
    }
    return elements
  }
}

/// What makes a task stand for others: they are made of the items of a list, once it is delivered.
package struct FanRule: Hashable, Sendable {
  package let place: OutputPlace
  /// The most items that it takes, beside the project's limit; more are refused.
  package let most: Int?

  package init(place: OutputPlace, most: Int?) {
    self.place = place
    self.most = most
  }

  var parts: WorkParts {
    var parts = ["each": place.description]
    if let most { parts["max"] = String(most) }
    return WorkParts(parts)
  }

  var json: JSONValue {
    [
      "output": .text(place), "max": most.map { .integer($0) } ?? .null,
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    guard let place = OutputPlace(try fields.text("output")) else {
      throw fields.fault("output", "names no output of a task")
    }
    self.init(place: place, most: try fields.countIfAny("max"))
  }
}
