internal import HeadwayCore

/// How a reply must look so that the declared outputs can be taken from it.
enum ReplyForm: Sendable {
  /// The reply is the output.
  case text(name: String)
  /// The reply is a JSON value.
  case json(name: String, schema: JSONValue?)
  /// The reply is an object that has a string for every output.
  case several([WorkOrder.DeclaredOutput])

  /// Why a reply cannot become outputs, in words that the model is told as well.
  struct Fault: Error, Hashable, Sendable {
    let findings: String
  }

  init?(_ outputs: [WorkOrder.DeclaredOutput]) {
    guard let first = outputs.first else { return nil }
    if outputs.count > 1 {
      self = .several(outputs)
    } else if Self.isJSON(first) {
      self = .json(name: first.name, schema: first.schema)
    } else {
      self = .text(name: first.name)
    }
  }

  private static func isJSON(_ output: WorkOrder.DeclaredOutput) -> Bool {
    output.schema != nil || output.name.hasSuffix(".json")
  }

  /// Stands at the end of the system text.
  var instructions: String {
    switch self {
    case .text(let name):
      return "Your whole reply becomes the file `\(name)`. Write nothing before or after it."
    case .json(let name, let schema):
      return "Your whole reply becomes the file `\(name)`: one JSON value and nothing else."
        + Self.described(schema)
    case .several(let outputs):
      let files = outputs.map { output in
        let kind = Self.isJSON(output) ? "one JSON value, as text" : "text"
        return "\n- `\(output.name)`: \(kind).\(Self.described(output.schema))"
      }
      return "Your whole reply is one JSON object with a string for each of these files:"
        + files.joined()
    }
  }

  private static func described(_ schema: JSONValue?) -> String {
    guard let schema else { return "" }
    return " It must be valid under this JSON Schema: "
      + String(decoding: schema.compact, as: UTF8.self)
  }

  /// What `response_format` is given, `nil` where prose must do.
  var portableSchema: JSONValue? {
    switch self {
    case .text: return nil
    case .json(_, let schema): return schema.flatMap(PortableSchema.of)
    case .several(let outputs):
      return [
        "type": "object", "additionalProperties": false,
        "required": .array(outputs.map { .string($0.name) }),
        "properties": .object(
          Dictionary(outputs.map { ($0.name, ["type": "string"]) }) { first, _ in first }),
      ]
    }
  }

  /// The outputs that a reply holds, or what is wrong with it.
  func reading(_ reply: String) -> Result<[String: [UInt8]], Fault> {
    do throws(Fault) { return .success(try outputs(in: reply)) } catch { return .failure(error) }
  }

  private func outputs(in reply: String) throws(Fault) -> [String: [UInt8]] {
    let content = Self.withoutFence(reply)
    switch self {
    case .text(let name): return [name: Array(content.utf8)]
    case .json(let name, let schema): return [name: try Self.json(content, schema)]
    case .several(let declared):
      let object = try Self.value(Array(content.utf8))
      var outputs: [String: [UInt8]] = [:]
      for output in declared {
        guard let text = object[output.name]?.text else {
          throw Fault(findings: "the object has no string `\(output.name)`")
        }
        outputs[output.name] =
          Self.isJSON(output) ? try Self.json(text, output.schema) : Array(text.utf8)
      }
      return outputs
    }
  }

  private static func json(_ text: String, _ schema: JSONValue?) throws(Fault) -> [UInt8] {
    let bytes = Array(text.utf8)
    let value = try Self.value(bytes)
    guard let schema else { return bytes }
    let findings: [SchemaFinding]
    let cleaned = PortableSchema.withoutFillers(value, schema)
    do throws(SchemaFault) { findings = try JSONSchema(schema).findings(in: cleaned) } catch {
      throw Fault(findings: "the schema itself cannot be used: \(error)")
    }
    guard findings.isEmpty else {
      throw Fault(findings: findings.prefix(8).map(\.description).joined(separator: "; "))
    }
    return cleaned == value ? bytes : cleaned.canonical
  }

  private static func value(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
    do throws(ReadFault) { return try JSONValue.read(bytes) } catch {
      throw Fault(findings: "it is not JSON: \(error)")
    }
  }

  /// Takes off one code fence when it surrounds the whole reply.
  static func withoutFence(_ reply: String) -> String {
    let lines = reply.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(where: { !$0.allSatisfy(\.isWhitespace) }),
      let last = lines.lastIndex(where: { !$0.allSatisfy(\.isWhitespace) }), first < last
    else { return reply }
    let fence = lines[first].prefix { $0 == "`" }
    let info = lines[first].dropFirst(fence.count)
    guard fence.count >= 3, !info.contains("`"), lines[last].filter({ !$0.isWhitespace }) == fence,
      // A fence inside means that the outer pair is not one pair.
      !lines[(first + 1)..<last].contains(where: { $0.hasPrefix(fence) })
    else { return reply }
    return lines[(first + 1)..<last].joined(separator: "\n") + "\n"
  }
}
