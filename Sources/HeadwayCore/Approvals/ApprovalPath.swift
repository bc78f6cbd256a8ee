/// What a path below `approvals/` is about; anything that is spelled otherwise is nothing.
package enum ApprovalPath: Hashable, Sendable {
  case record(AttemptID)
  case statement(StatementPath)
  case signature(StatementPath)

  package static let folder = "approvals/"

  /// Reads the exact bytes of a path as some tree spells it.
  package init?(_ path: [UInt8]) {
    guard let text = String(validating: path, as: UTF8.self), text.hasPrefix(Self.folder) else {
      return nil
    }
    let found: ApprovalPath?
    if text.hasSuffix(".json.sig") {
      found = StatementPath(String(text.dropLast(".json.sig".count))).map { .signature($0) }
    } else if text.hasSuffix(".json") {
      let stem = String(text.dropLast(".json".count))
      found =
        AttemptID(String(stem.dropFirst(Self.folder.count))).map { .record($0) }
        ?? StatementPath(stem).map { .statement($0) }
    } else {
      found = nil
    }
    guard let found, found.text.utf8.elementsEqual(path) else { return nil }
    self = found
  }

  package var text: String {
    switch self {
    case .record(let attempt): "\(Self.folder)\(attempt).json"
    case .statement(let statement): statement.path.text
    case .signature(let statement): statement.signaturePath.text
    }
  }

  /// The attempt whose record this is or speaks of; `nil` for an accept statement.
  package var attempt: AttemptID? {
    switch self {
    case .record(let attempt): attempt
    case .statement(let path), .signature(let path): path.attempt
    }
  }
}

/// Where one person's statement stands; a later one of the same person replaces it there.
package enum StatementPath: Hashable, Sendable {
  /// Approves or rejects.
  case about(AttemptID, by: Name)
  case override(AttemptID, by: Name)
  /// Accepts a waiting version of the protected paths, named by 12 hex of its digest.
  case accept(set: String, by: Name)

  private static let accepts = "accepts/"

  init?(_ stem: String) {
    guard stem.hasPrefix(ApprovalPath.folder), let dot = stem.lastIndex(of: "."),
      let person = Name(String(stem[stem.index(after: dot)...]))
    else { return nil }
    let subject = stem[..<dot].dropFirst(ApprovalPath.folder.count)
    if subject.hasPrefix(Self.accepts) {
      let set = String(subject.dropFirst(Self.accepts.count))
      guard set.utf8.count == 12,
        set.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
      else { return nil }
      self = .accept(set: set, by: person)
    } else if subject.hasSuffix(".override"),
      let attempt = AttemptID(String(subject.dropLast(".override".count)))
    {
      self = .override(attempt, by: person)
    } else if let attempt = AttemptID(String(subject)) {
      self = .about(attempt, by: person)
    } else {
      return nil
    }
  }

  package var person: Name {
    switch self {
    case .about(_, let person), .override(_, let person), .accept(_, let person): person
    }
  }

  package var attempt: AttemptID? {
    switch self {
    case .about(let attempt, _), .override(let attempt, _): attempt
    case .accept: nil
    }
  }

  package var path: FilePath { FilePath(unchecked: stem + ".json") }
  package var signaturePath: FilePath { FilePath(unchecked: stem + ".json.sig") }

  private var stem: String {
    switch self {
    case .about(let attempt, let person): "\(ApprovalPath.folder)\(attempt).\(person)"
    case .override(let attempt, let person): "\(ApprovalPath.folder)\(attempt).override.\(person)"
    case .accept(let set, let person): "\(ApprovalPath.folder)\(Self.accepts)\(set).\(person)"
    }
  }
}
