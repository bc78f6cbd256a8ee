/// Rows as RFC 4180 writes them, for spreadsheets.
struct CommaSeparated {
  private(set) var text = ""

  init(_ header: [String]) { add(header) }

  /// A value that a spreadsheet would take for a formula gets a quote in front of it.
  mutating func add(_ values: [String]) {
    text += values.map(Self.field).joined(separator: ",") + "\r\n"
  }

  private static func field(_ value: String) -> String {
    let isFormula = value.first.map { "=+-@\t\r".contains($0) } == true && Int(value) == nil
    let value = isFormula ? "'" + value : value
    guard value.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return value }
    return "\"" + value.replacing("\"", with: "\"\"") + "\""
  }
}
