/// A commit's stored bytes, taken apart once, so that what is verified is what is read.
package struct RawCommit: Hashable, Sendable {
  package let tree: ObjectID
  package let parents: [ObjectID]
  package let author: Stamp
  package let committer: Stamp
  /// As the `encoding` header says; `nil` means UTF-8.
  package let encoding: String?
  /// Everything after the headers, as stored.
  package let message: [UInt8]
  package let signature: SignaturePart

  /// The signature a commit carries, or why it counts as carrying none.
  package enum SignaturePart: Hashable, Sendable {
    case none(Unsigned)
    /// `payload` is what was signed: the commit's bytes less the signature's header.
    case signed(SignatureFormat, payload: [UInt8], armored: String)
  }

  /// The two ways of signing that Headway knows.
  package enum SignatureFormat: Hashable, Sendable { case ssh, openPGP }

  /// Why a commit counts as unsigned.
  package enum Unsigned: Hashable, Sendable {
    case noSignature
    /// A header git does not write there: two programs could read two commits.
    case unknownHeader(String)
    case repeatedHeader(String)
    case headerOutOfOrder(String)
    case malformedHeader(String)
    case containsNUL
    case unknownFormat
    case severalSignatures
  }

  /// Why bytes are no commit at all.
  package enum Malformed: String, Error, Hashable, Sendable {
    case noTree, badParent, noAuthor, noCommitter, unfinishedHeader
  }

  package init(_ bytes: [UInt8]) throws(Malformed) {
    var reading = CommitHeaders(bytes)
    guard let tree = reading.id(of: "tree") else { throw .noTree }
    var parents: [ObjectID] = []
    while reading.next?.key == "parent" {
      guard let parent = reading.id(of: "parent") else { throw .badParent }
      parents.append(parent)
    }
    guard let author = reading.stamp(of: "author") else { throw .noAuthor }
    guard let committer = reading.stamp(of: "committer") else { throw .noCommitter }
    let rest = try reading.rest()
    self.tree = tree
    self.parents = parents
    self.author = author
    self.committer = committer
    let encodings = rest.headers.filter { $0.key == "encoding" }
    encoding = encodings.first.map { String(decoding: $0.value, as: UTF8.self) }
    message = Array(bytes[rest.messageStart...])
    signature = Self.signature(in: rest.headers, of: bytes, startingWell: !reading.isIrregular)
  }

  private static func signature(
    in headers: [CommitHeaders.Header], of bytes: [UInt8], startingWell: Bool
  ) -> SignaturePart {
    guard startingWell else { return .none(.malformedHeader("author or committer")) }
    if bytes.contains(0) { return .none(.containsNUL) }
    let order = ["encoding", "mergetag", "gpgsig"]
    var reached = 0
    var seen: Set<String> = []
    for header in headers {
      guard let place = order.firstIndex(of: header.key) else {
        return .none(.unknownHeader(header.key))
      }
      guard place >= reached else { return .none(.headerOutOfOrder(header.key)) }
      reached = place
      let isNew = seen.insert(header.key).inserted
      guard isNew || header.key == "mergetag" else { return .none(.repeatedHeader(header.key)) }
      guard header.key != "encoding" || !header.isFolded else {
        return .none(.malformedHeader(header.key))
      }
    }
    guard let header = headers.last, header.key == "gpgsig" else { return .none(.noSignature) }
    guard let text = String(validating: header.value, as: UTF8.self) else {
      return .none(.unknownFormat)
    }
    return armored(
      text,
      payload: Array(bytes[..<header.range.lowerBound])
        + Array(bytes[header.range.upperBound...]))
  }

  private static func armored(_ text: String, payload: [UInt8]) -> SignaturePart {
    let formats: [(SignatureFormat, String)] = [
      (.ssh, "SSH SIGNATURE"), (.openPGP, "PGP SIGNATURE"),
    ]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let begins = lines.filter { $0.hasPrefix("-----BEGIN ") }
    guard begins.count <= 1 else { return .none(.severalSignatures) }
    for (format, title) in formats where lines.first == "-----BEGIN \(title)-----" {
      let isClosed =
        lines.last == "-----END \(title)-----"
        || (lines.last == "" && lines.dropLast().last == "-----END \(title)-----")
      let ends = lines.filter { $0.hasPrefix("-----END ") }
      guard isClosed, ends.count == 1 else { return .none(.unknownFormat) }
      return .signed(format, payload: payload, armored: text)
    }
    return .none(.unknownFormat)
  }
}

/// Reads the lines before a commit's message.
struct CommitHeaders {
  struct Header {
    let key: String
    /// Continuation lines are joined by newlines, without the space that marks them.
    let value: [UInt8]
    let range: Range<Int>
    let isFolded: Bool
  }

  private let bytes: [UInt8]
  private var place = 0
  /// Whether one of the first headers was readable but not spelled as git spells it.
  private(set) var isIrregular = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The header at the present place, or `nil` at the empty line that ends them, or when unfinished.
  var next: Header? {
    guard place < bytes.count, bytes[place] != UInt8(ascii: "\n") else { return nil }
    guard var end = lineEnd(from: place) else { return nil }
    guard let space = bytes[place..<end].firstIndex(of: UInt8(ascii: " ")), space > place
    else { return nil }
    var value = Array(bytes[(space + 1)..<end])
    var isFolded = false
    while end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: " "),
      let following = lineEnd(from: end + 1)
    {
      value.append(UInt8(ascii: "\n"))
      value.append(contentsOf: bytes[(end + 2)..<following])
      end = following
      isFolded = true
    }
    return Header(
      key: String(decoding: bytes[place..<space], as: UTF8.self), value: value,
      range: place..<(end + 1), isFolded: isFolded)
  }

  mutating func id(of key: String) -> ObjectID? {
    guard let header = next, header.key == key, let id = ObjectID(hex: header.value) else {
      return nil
    }
    if header.value.contains(where: { (65...70).contains($0) }) { isIrregular = true }
    place = header.range.upperBound
    return id
  }

  mutating func stamp(of key: String) -> Stamp? {
    guard let header = next, header.key == key else { return nil }
    guard let stamp = Stamp(parsing: header.value[...]) else { return nil }
    if header.isFolded { isIrregular = true }
    place = header.range.upperBound
    return stamp
  }

  mutating func rest() throws(RawCommit.Malformed) -> (headers: [Header], messageStart: Int) {
    var headers: [Header] = []
    while place < bytes.count, bytes[place] != UInt8(ascii: "\n") {
      guard let header = next else { throw .unfinishedHeader }
      headers.append(header)
      place = header.range.upperBound
    }
    return (headers, min(place + 1, bytes.count))
  }

  private func lineEnd(from start: Int) -> Int? {
    bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
  }
}
