/// The lines in which two texts differ, for people; empty only for equal bytes.
package struct LineDifference: Hashable, Sendable {
  package let lines: [String]

  /// More lines than this tell nobody anything.
  private static let shown = 40
  /// Beyond this many lines the first difference is told, and not the smallest set of them.
  private static let compared = 4_000

  package init(from old: [UInt8], to new: [UInt8]) {
    guard old != new else {
      lines = []
      return
    }
    let (before, after) = (Self.lines(of: old), Self.lines(of: new))
    guard before != after else {
      lines = ["- (bytes that are no text)"]
      return
    }
    let found =
      max(before.count, after.count) > Self.compared
      ? Self.first(before, after) : Self.all(before, after)
    let rest = found.count - Self.shown
    lines = found.prefix(Self.shown) + (rest > 0 ? ["… and \(rest) more lines"] : [])
  }

  private static func lines(of bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func first(_ before: [String], _ after: [String]) -> [String] {
    let same = zip(before, after).prefix { $0 == $1 }.count
    let old = same < before.count ? ["- \(before[same])"] : []
    return old + (same < after.count ? ["+ \(after[same])"] : [])
  }

  /// In the order in which a reader meets them, removals before what stands in their place.
  private static func all(_ before: [String], _ after: [String]) -> [String] {
    let difference = after.difference(from: before)
    var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var (found, old, new) = ([String](), 0, 0)
    while old < before.count || new < after.count {
      if removed.contains(old) {
        found.append("- \(before[old])")
        old += 1
      } else if inserted.contains(new) {
        found.append("+ \(after[new])")
        new += 1
      } else {
        old += 1
        new += 1
      }
    }
    return found
  }
}
