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
      let sorted = fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      writeList("{", sorted, "}", indent: indent) { writer, field in
        writer.write(field.key)
        writer.bytes += (writer.spaced ? ": " : ":").utf8
        writer.write(field.value, indent: indent + 1)
      }
    }
  }

  private mutating func writeList<Element>(
    _ open: String, _ elements: [Element], _ close: String, indent: Int,
    _ write: (inout CanonicalWriter, Element) -> Void
  ) {
    bytes += open.utf8
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(0x2C) }
      breakLine(indent + 1)
      write(&self, element)
    }
    if !elements.isEmpty { breakLine(indent) }
    bytes += close.utf8
  }

  private mutating func breakLine(_ indent: Int) {
    guard spaced else { return }
    bytes.append(0x0A)
    for _ in 0..<indent { bytes += [0x20, 0x20] }
  }

  private mutating func write(_ text: String) {
    bytes.append(0x22)
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
    bytes.append(0x22)
  }
}
