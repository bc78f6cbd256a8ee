internal import Crypto

/// A pack and its index, made in memory.
///
/// A tree is stored as its difference from the version before it where both are in the pack; that
/// difference is one replaced stretch, which costs no search. Everything else is stored whole.
struct Pack {
  private(set) var bytes: [UInt8]
  private(set) var index: [UInt8] = []
  let name: String

  /// Chains longer than git's own make reading slow.
  private static let chainLimit = 50

  init(_ objects: [PendingObject]) throws(GitError) {
    var places: [ObjectID: Packed] = [:]
    places.reserveCapacity(objects.count)
    let deflater = try Deflater()
    bytes = Array("PACK".utf8) + Self.bigEndian(2) + Self.bigEndian(UInt32(objects.count))
    for (number, object) in objects.enumerated() {
      let start = bytes.count
      var chain = 0
      if let base = object.predecessor.flatMap({ places[$0] }), base.chain < Self.chainLimit,
        let delta = Delta.bytes(from: objects[base.number].bytes, to: object.bytes)
      {
        chain = base.chain + 1
        Self.appendHeader(type: 6, size: delta.count, to: &bytes)
        Self.appendOffset(start - base.offset, to: &bytes)
        try deflater.compress(delta, to: &bytes)
      } else {
        Self.appendHeader(type: object.kind.packType, size: object.bytes.count, to: &bytes)
        try deflater.compress(object.bytes, to: &bytes)
      }
      guard bytes.count < Int(Int32.max) else {
        throw GitError(.flush, .tooLarge(bytes: bytes.count, limit: Int(Int32.max)))
      }
      places[object.id] = Packed(
        number: number, offset: start, chain: chain, checksum: packChecksum(bytes[start...]))
    }
    let trailer = Array(Insecure.SHA1.hash(data: bytes))
    bytes += trailer
    name = trailer.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    index = Self.index(places, trailer: trailer)
  }

  private struct Packed {
    let number: Int
    let offset: Int
    let chain: Int
    let checksum: UInt32
  }

  /// Version 2: counts by first byte, ids, checksums, offsets, and the two hashes.
  private static func index(_ places: [ObjectID: Packed], trailer: [UInt8]) -> [UInt8] {
    let sorted = places.sorted { $0.key < $1.key }
    var bytes: [UInt8] = [0xFF, 0x74, 0x4F, 0x63] + bigEndian(2)
    bytes.reserveCapacity(1100 + 28 * sorted.count)
    var counts = [UInt32](repeating: 0, count: 256)
    for (id, _) in sorted { counts[Int(id.fanout)] += 1 }
    var total: UInt32 = 0
    for count in counts {
      total += count
      bytes += bigEndian(total)
    }
    for (id, _) in sorted { id.appendRaw(to: &bytes) }
    for (_, place) in sorted { bytes += bigEndian(place.checksum) }
    for (_, place) in sorted { bytes += bigEndian(UInt32(place.offset)) }
    bytes += trailer
    bytes += Array(Insecure.SHA1.hash(data: bytes))
    return bytes
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  /// Three bits of type, then the size in groups of four and seven bits, lowest first.
  private static func appendHeader(type: UInt8, size: Int, to bytes: inout [UInt8]) {
    var byte = type << 4 | UInt8(size & 15)
    var rest = size >> 4
    while rest > 0 {
      bytes.append(byte | 0x80)
      byte = UInt8(rest & 0x7F)
      rest >>= 7
    }
    bytes.append(byte)
  }

  /// Highest group first; every further group counts one more than its bits say.
  private static func appendOffset(_ distance: Int, to bytes: inout [UInt8]) {
    var groups = [UInt8(distance & 0x7F)]
    var rest = distance >> 7
    while rest > 0 {
      rest -= 1
      groups.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes += groups.reversed()
  }
}

/// Differences in the form that packs hold.
enum Delta {
  /// One replaced stretch between a common beginning and a common end, or `nil` when that saves
  /// too little to be worth a longer way to read it.
  static func bytes(from old: borrowing [UInt8], to new: borrowing [UInt8]) -> [UInt8]? {
    let shared = min(old.count, new.count)
    var start = 0
    while start < shared, old[start] == new[start] { start += 1 }
    var end = 0
    while end < shared - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
    let inserted = new.count - start - end
    guard inserted * 2 < new.count else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(inserted + 48)
    appendSize(old.count, to: &bytes)
    appendSize(new.count, to: &bytes)
    appendCopy(from: 0, count: start, to: &bytes)
    var place = start
    while place < start + inserted {
      let count = min(127, start + inserted - place)
      bytes.append(UInt8(count))
      bytes.append(contentsOf: new[place..<(place + count)])
      place += count
    }
    appendCopy(from: old.count - end, count: end, to: &bytes)
    return bytes
  }

  private static func appendSize(_ size: Int, to bytes: inout [UInt8]) {
    var rest = size
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func appendCopy(from start: Int, count: Int, to bytes: inout [UInt8]) {
    var (place, left) = (start, count)
    while left > 0 {
      // 65,536 is git's own limit, and would be written as zero.
      let size = min(left, 0xFFFF)
      var (command, operands): (UInt8, [UInt8]) = (0x80, [])
      for part in 0..<4 where (place >> (8 * part)) & 0xFF != 0 {
        command |= 1 << UInt8(part)
        operands.append(UInt8((place >> (8 * part)) & 0xFF))
      }
      for part in 0..<2 where (size >> (8 * part)) & 0xFF != 0 {
        command |= 0x10 << UInt8(part)
        operands.append(UInt8((size >> (8 * part)) & 0xFF))
      }
      bytes.append(command)
      bytes += operands
      place += size
      left -= size
    }
  }
}

extension ObjectKind {
  var packType: UInt8 {
    switch self {
    case .commit: 1
    case .tree: 2
    case .blob: 3
    case .tag: 4
    }
  }
}
