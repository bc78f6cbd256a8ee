/// What every reader asks of the bytes of a file.
enum SourceText {
  /// Refuses bytes that are not UTF-8, naming the place of the first.
  static func requireUTF8(_ bytes: [UInt8]) throws(ReadFault) {
    if String(validating: bytes, as: UTF8.self) != nil { return }
    var (line, column) = (1, 1)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    loop: while true {
      switch decoder.decode(&iterator) {
      case .scalarValue("\n"): (line, column) = (line + 1, 1)
      case .scalarValue: column += 1
      case .emptyInput, .error: break loop
      }
    }
    throw ReadFault(
      "not valid UTF-8", at: Mark(line: line, column: column), hint: "save the file as UTF-8")
  }
}
