/// What a task's work consists of, by name: two works are the same where nothing here differs.
package struct WorkParts: Hashable, Sendable {
  /// Object ids, digests of texts, and short values as they are.
  package private(set) var values: [String: String]

  package init(_ values: [String: String] = [:]) { self.values = values }

  /// Adds what a person's rejection said, and the results of earlier tasks by input name.
  package func adding(feedback: BlobID?, results: [String: BlobID]) -> WorkParts {
    var parts = self
    parts.values["feedback"] = feedback?.hex
    for (name, blob) in results { parts.values["result \(name)"] = blob.hex }
    return parts
  }

  /// The hash over all parts.
  package var digest: Digest {
    let sorted = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return Digest(parts: ["task"] + sorted.flatMap { [$0.key, $0.value] })
  }

  /// One part that differs; `nil` where it is not there.
  package struct Change: Hashable, Sendable, CustomStringConvertible {
    package let part: String
    package let old: String?
    package let new: String?

    /// `file sources/one.md 3f2a91c → 77aa012`.
    package var description: String {
      switch (old, new) {
      case (let old?, let new?): "\(part) \(Self.short(old)) → \(Self.short(new))"
      case (nil, let new?): "\(part) \(Self.short(new)) is new"
      case (let old?, nil): "\(part) \(Self.short(old)) is gone"
      case (nil, nil): part
      }
    }

    private static func short(_ value: String) -> String {
      let isHex = value.utf8.count >= 40 && value.allSatisfy(\.isHexDigit)
      return isHex ? String(value.prefix(7)) : value
    }
  }

  /// What makes `later` other work, in the order of the parts' names.
  package func changes(to later: WorkParts) -> [Change] {
    Set(values.keys).union(later.values.keys).sorted().compactMap { part in
      let (old, new) = (values[part], later.values[part])
      return old == new ? nil : Change(part: part, old: old, new: new)
    }
  }
}

extension BoardRun {
  /// The parts of what an attempt of `task` started now would work on.
  package func parts(of task: TaskRecord) -> WorkParts {
    var results: [String: BlobID] = [:]
    for name in task.specification.after {
      guard let earlier = tasks[name]?.record else { continue }
      for (output, blob) in earlier.standing { results["\(earlier.inputFolder)/\(output)"] = blob }
    }
    return task.specification.parts.adding(feedback: task.feedback, results: results)
  }
}
