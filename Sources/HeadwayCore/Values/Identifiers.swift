/// A name that people give to a pipeline, task, executor or person: `[a-z][a-z0-9-]{0,47}`.
package struct Name: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  package init?(_ text: String) {
    let bytes = text.utf8
    guard (1...48).contains(bytes.count), let first = bytes.first, (0x61...0x7A).contains(first),
      bytes.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
    else { return nil }
    self.text = text
  }

  package static func < (left: Name, right: Name) -> Bool { left.text < right.text }

  package var description: String { text }
}

/// A run's identity, `<slug>-<6 or 12 hex>`; safe as a path component and in a branch's name.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  package init?(_ text: String) {
    let bytes = text.utf8
    guard (1...64).contains(bytes.count), let first = bytes.first, first != 0x2D,
      bytes.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
    else { return nil }
    self.text = text
  }

  package static func < (left: RunID, right: RunID) -> Bool { left.text < right.text }

  package var description: String { text }
}

/// One task of one run, written `launch-3f9c2a/draft`.
package struct TaskID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let run: RunID
  package let task: Name

  package init(run: RunID, task: Name) {
    self.run = run
    self.task = task
  }

  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let run = RunID(String(parts[0])), let task = Name(String(parts[1]))
    else { return nil }
    self.init(run: run, task: task)
  }

  package static func < (left: TaskID, right: TaskID) -> Bool {
    left.run == right.run ? left.task < right.task : left.run < right.run
  }

  package var description: String { "\(run)/\(task)" }
}

/// One execution of a task, written `launch-3f9c2a/draft.1`; numbers are dense from 1.
package struct AttemptID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let task: TaskID
  package let number: Int

  package init(task: TaskID, number: Int) {
    self.task = task
    self.number = number
  }

  package init?(_ text: String) {
    guard let dot = text.lastIndex(of: "."), let task = TaskID(String(text[..<dot])),
      let number = Int(text[text.index(after: dot)...]), number > 0,
      String(number) == text[text.index(after: dot)...]
    else { return nil }
    self.init(task: task, number: number)
  }

  package static func < (left: AttemptID, right: AttemptID) -> Bool {
    left.task == right.task ? left.number < right.number : left.task < right.task
  }

  package var description: String { "\(task).\(number)" }
}

/// Lower-case hex of an object's id; its length is the repository's business.
package protocol ObjectName: Hashable, Comparable, Sendable, CustomStringConvertible {
  var hex: String { get }
  init(unchecked hex: String)
}

extension ObjectName {
  /// `nil` unless `hex` is 40 to 64 lower-case hexadecimal digits.
  package init?(_ hex: String) {
    let bytes = hex.utf8
    guard (40...64).contains(bytes.count),
      bytes.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    self.init(unchecked: hex)
  }

  package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
  package var description: String { hex }
  package var short: String { String(hex.prefix(10)) }
}

/// The id of a blob.
package struct BlobID: ObjectName {
  package let hex: String
  package init(unchecked hex: String) { self.hex = hex }
}

/// The id of a commit.
package struct CommitID: ObjectName {
  package let hex: String
  package init(unchecked hex: String) { self.hex = hex }
}

/// The id of a tree.
package struct TreeID: ObjectName {
  package let hex: String
  package init(unchecked hex: String) { self.hex = hex }
}
