/// A size in bytes, written `512B`, `256KiB`, `5MiB` or `1GiB`.
package struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let count: Int

  package init(_ count: Int) { self.count = count }

  package init?(text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits),
      let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) })
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.size)
    guard !overflow, bytes <= 1 << 40 else { return nil }
    self.count = bytes
  }

  private static let units: [(name: String, size: Int)] = [
    ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
  ]

  package static func < (left: ByteCount, right: ByteCount) -> Bool { left.count < right.count }

  package var description: String {
    for unit in Self.units where count >= unit.size && count % unit.size == 0 {
      return "\(count / unit.size)\(unit.name)"
    }
    return "\(count)B"
  }
}
