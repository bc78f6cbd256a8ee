/// A commit as people read it; for verifying signatures there is `RawCommit`.
package struct Commit: Hashable, Sendable {
  package let id: ObjectID
  package let tree: ObjectID
  package let parents: [ObjectID]
  package let author: Stamp
  package let committer: Stamp
  package let message: String
  /// Whether bytes of the message could not be decoded and were replaced.
  package let isMessageLossy: Bool

  /// The first paragraph in one line, as git shows it.
  package var subject: String {
    var lines: [Substring] = []
    for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
      let isBlank = line.allSatisfy(\.isWhitespace)
      if isBlank, lines.isEmpty { continue }
      if isBlank { break }
      lines.append(line)
    }
    return lines.joined(separator: " ")
  }

  /// The trailers of the message's last paragraph.
  package var trailers: [Trailer] { Trailer.all(in: message) }

  init(id: ObjectID, raw: RawCommit) {
    self.id = id
    (tree, parents) = (raw.tree, raw.parents)
    (author, committer) = (raw.author, raw.committer)
    (message, isMessageLossy) = Self.decode(raw.message, encoding: raw.encoding)
  }

  private static func decode(_ bytes: [UInt8], encoding: String?) -> (String, isLossy: Bool) {
    switch encoding?.lowercased() {
    case nil, "utf-8", "utf8":
      if let text = String(validating: bytes, as: UTF8.self) { return (text, false) }
      return (String(decoding: bytes, as: UTF8.self), true)
    case "iso-8859-1", "iso8859-1", "latin1", "latin-1":
      var text = String.UnicodeScalarView()
      text.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
      return (String(text), false)
    default:
      let isASCII = bytes.allSatisfy { $0 < 0x80 }
      return (String(decoding: bytes, as: UTF8.self), !isASCII)
    }
  }
}

/// The parts of a commit that is to be written.
package struct CommitDraft: Hashable, Sendable {
  package var tree: ObjectID
  package var parents: [ObjectID]
  package var author: Stamp
  package var committer: Stamp
  package var message: String

  package init(
    tree: ObjectID, parents: [ObjectID], author: Stamp, committer: Stamp, message: String
  ) {
    (self.tree, self.parents, self.message) = (tree, parents, message)
    (self.author, self.committer) = (author, committer)
  }

  /// The bytes of the unsigned commit: also what a signature is made over.
  package var payload: [UInt8] { headers + Array("\n\(storedMessage)".utf8) }

  /// The commit's bytes with `armored` as its signature.
  package func signed(by armored: String) -> [UInt8] {
    var lines = armored.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    let header = "gpgsig " + lines.joined(separator: "\n ") + "\n"
    return headers + Array("\(header)\n\(storedMessage)".utf8)
  }

  private var headers: [UInt8] {
    var text = "tree \(tree)\n"
    for parent in parents { text += "parent \(parent)\n" }
    text += "author \(author.line)\ncommitter \(committer.line)\n"
    return Array(text.utf8)
  }

  /// Git refuses NUL in a commit and ends a message with a newline.
  private var storedMessage: String {
    var text = message
    if text.utf8.contains(0) { text.unicodeScalars.removeAll { $0 == "\0" } }
    return text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n"
  }
}
