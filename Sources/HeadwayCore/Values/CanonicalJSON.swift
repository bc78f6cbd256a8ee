extension JSONValue {
  /// UTF-8, two-space indent, keys sorted by their bytes, a newline at the end: one value, one
  /// text, so that equal facts are equal blobs.
  package var canonical: [UInt8] {
    var writer = CanonicalWriter()
    writer.write(self, indent: 0)
    writer.bytes.append(0x0A)
    return writer.bytes
  }

  /// The canonical order of keys without any white space; what goes over wires and into hashes.
  package var compact: [UInt8] {
    var writer = CanonicalWriter(spaced: false)
    writer.write(self, indent: 0)
    return writer.bytes
  }
}

private struct CanonicalWriter {
  var bytes: [UInt8] = []
  let spaced: Bool

  init(spaced: Bool = true) {
    self.spaced = spaced
    bytes.reserveCapacity(512)
  }

  mutating func write(_ value: JSONValue, indent: Int) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let flag): bytes += (flag ? "true" : "false").utf8
    case .number(let number): bytes += number.text.utf8
    case .string(let text): write(text)
    case .array(let elements):
      writeList("[", elements, "]", indent: indent) { writer, element in
        writer.write(element, indent: indent + 1)
      }
    case .object(let fields):
      let entries = Array(fields)
      // Places are moved about instead of entries, which would have their references counted.
      let order = entries.indices.sorted { Self.precedes(entries[$0].key, entries[$1].key) }
      writeList("{", order, "}", indent: indent) { writer, place in
        let field = entries[place]
        writer.write(field.key)
        writer.bytes.append(UInt8(ascii: ":"))
        if writer.spaced { writer.bytes.append(UInt8(ascii: " ")) }
        writer.write(field.value, indent: indent + 1)
      }
    }
  }

  /// By bytes, where strings compare by what their letters mean.
  private static func precedes(_ one: String, _ other: String) -> Bool {
    let (one, other) = (one.utf8, other.utf8)
    let (left, right) = (one.span, other.span)
    let shared = min(left.count, right.count)
    for place in 0..<shared where left[place] != right[place] { return left[place] < right[place] }
    return left.count < right.count
  }

  private mutating func writeList<Element>(
    _ open: Unicode.Scalar, _ elements: [Element], _ close: Unicode.Scalar, indent: Int,
    _ write: (inout CanonicalWriter, Element) -> Void
  ) {
    bytes.append(UInt8(ascii: open))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      breakLine(indent + 1)
      write(&self, element)
    }
    if !elements.isEmpty { breakLine(indent) }
    bytes.append(UInt8(ascii: close))
  }

  private mutating func breakLine(_ indent: Int) {
    guard spaced else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
  }

  private mutating func write(_ text: String) {
    bytes.append(0x22)
    // Nearly every text is its own escaped form.
    if Self.isPlain(text) { bytes += text.utf8 } else { escape(text) }
    bytes.append(0x22)
  }

  private static func isPlain(_ text: String) -> Bool {
    let view = text.utf8
    let span = view.span
    for place in span.indices {
      let byte = span[place]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F { return false }
    }
    return true
  }

  private mutating func escape(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case 0x22: bytes += [0x5C, 0x22]
      case 0x5C: bytes += [0x5C, 0x5C]
      case 0x0A: bytes += [0x5C, 0x6E]
      case 0x0D: bytes += [0x5C, 0x72]
      case 0x09: bytes += [0x5C, 0x74]
      case 0..<0x20, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        bytes += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
  }
}
