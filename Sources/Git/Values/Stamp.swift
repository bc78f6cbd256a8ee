/// Who wrote or committed something, and when: what git calls an ident.
package struct Stamp: Hashable, Sendable {
  package let name: String
  package let email: String
  /// Since 1970; git keeps whole seconds, so a stamp that was read has whole seconds.
  package let milliseconds: Int64
  /// East of Greenwich.
  package let offsetMinutes: Int

  /// Drops what git drops from names and addresses: brackets, line ends and surrounding crud.
  package init(name: String, email: String, milliseconds: Int64, offsetMinutes: Int = 0) {
    let address = Self.cleaned(email)
    let cleanName = Self.cleaned(name)
    self.email = address
    self.name = cleanName.isEmpty ? (address.isEmpty ? "unknown" : address) : cleanName
    self.milliseconds = milliseconds
    self.offsetMinutes = min(max(offsetMinutes, -14 * 60), 14 * 60)
  }

  init(storedName: String, email: String, seconds: Int64, offsetMinutes: Int) {
    name = storedName
    self.email = email
    milliseconds = seconds.multipliedReportingOverflow(by: 1000).partialValue
    self.offsetMinutes = offsetMinutes
  }

  /// Reads `Name <address> seconds +hhmm`; `nil` if it is not of that form.
  init?(parsing line: ArraySlice<UInt8>) {
    guard let open = line.firstIndex(of: UInt8(ascii: "<")),
      let close = line.lastIndex(of: UInt8(ascii: ">")), open < close
    else { return nil }
    let when = line[(close + 1)...].split(separator: UInt8(ascii: " "))
    guard when.count == 2, let seconds = Int64(String(decoding: when[0], as: UTF8.self)),
      abs(seconds) < 1 << 52, let offset = Self.minutes(zone: when[1])
    else { return nil }
    var name = line[..<open]
    if name.last == UInt8(ascii: " ") { name.removeLast() }
    self.init(
      storedName: String(decoding: name, as: UTF8.self),
      email: String(decoding: line[(open + 1)..<close], as: UTF8.self),
      seconds: seconds, offsetMinutes: offset)
  }

  /// The line's text as commits store it.
  var line: String {
    let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    let size = abs(offsetMinutes)
    let zone = [size / 60, size % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    return "\(name) <\(email)> \(seconds) \(offsetMinutes < 0 ? "-" : "+")\(zone)"
  }

  private static func minutes(zone: ArraySlice<UInt8>) -> Int? {
    let text = String(decoding: zone, as: UTF8.self)
    guard text.utf8.count == 5, let sign = text.first, sign == "+" || sign == "-",
      let hours = Int(text.dropFirst().prefix(2)), let minutes = Int(text.suffix(2)),
      hours >= 0, minutes >= 0
    else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
  }

  private static func cleaned(_ text: String) -> String {
    let kept = text.unicodeScalars.filter {
      $0 != "<" && $0 != ">" && $0.properties.generalCategory != .control
    }
    func isCrud(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value <= 0x20 || ".,:;\"\\'".unicodeScalars.contains(scalar)
    }
    let start = kept.drop(while: isCrud)
    let end = start.reversed().drop(while: isCrud).reversed()
    var result = String.UnicodeScalarView()
    result.append(contentsOf: end)
    return String(result)
  }
}
