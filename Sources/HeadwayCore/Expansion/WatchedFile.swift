/// A file that a pipeline watches: what it holds, and what it is about.
package struct WatchedFile: Hashable, Sendable {
  /// Larger ones are refused unread: what they hold goes into every template.
  package static let limit = 256 << 10
  private static let longestIdentity = 200

  package let identity: String
  /// `nil` for files that are not called `….json`.
  package let json: JSONValue?

  /// Renders the identity over the file; a value in it is never expanded again.
  package init(
    _ path: FilePath, bytes: [UInt8], identity template: String
  ) throws(TemplateFault) {
    var values: [String: JSONValue] = ["path": .text(path)]
    if path.text.hasSuffix(".json") {
      do { values["json"] = try JSONValue.read(bytes, maximumSize: Self.limit) } catch {
        throw TemplateFault(message: "\(error.mark.map { "\($0): " } ?? "")\(error.message)")
      }
    }
    json = values["json"]
    let identity: String
    do { identity = try Template(template).render(in: Scope(values)) } catch {
      throw TemplateFault(message: "`identity`: \(error.message)", hint: error.hint)
    }
    guard !identity.isEmpty, identity.utf8.count <= Self.longestIdentity,
      !identity.unicodeScalars.contains(where: \.isInvisible)
    else {
      throw TemplateFault(
        message: "its identity is empty, or not one line of at most \(Self.longestIdentity) bytes")
    }
    self.identity = identity
  }
}
