extension Board {
  /// Tasks that are held because of texts which may be secrets, with what a person may allow.
  package var suspicious: [(task: BoardTask, findings: [String])] {
    tasksInOrder.compactMap { task in
      guard task.record.state == .held, task.record.reason?.code == .secret,
        let findings = task.record.attempts.last?.suspects, !findings.isEmpty
      else { return nil }
      return (task, findings)
    }
  }

  /// A person's word that a text is no secret, here and wherever else it turns up.
  ///
  /// What was held for it alone is done again: what it delivered was never written down.
  func allowing(_ finding: String, _ cause: VerbCause) throws(VerbRefusal) -> LedgerEntry {
    guard var main else { throw VerbRefusal("main has not been observed yet") }
    guard main.allowed[finding] == nil else {
      throw VerbRefusal("\(finding) is allowed already", isSoAlready: true)
    }
    guard suspicious.contains(where: { $0.findings.contains(finding) }) else {
      let open = Set(suspicious.flatMap(\.findings)).sorted().joined(separator: ", ")
      throw VerbRefusal(
        "nothing is held for \(finding)" + (open.isEmpty ? "" : "; there is \(open)"))
    }
    main.allowed[finding] = .init(by: cause.by, reason: cause.reason, at: cause.at)
    var files: [LedgerFile] = [.main(main)]
    for (task, findings) in suspicious
    where findings.contains(finding) && findings.allSatisfy({ main.allowed[$0] != nil }) {
      var task = task
      task.record.reopen(at: cause.at)
      task.record.reason = nil
      files.append(.task(task.record, folder: task.folder))
    }
    return entry(
      .verb, "\(finding) allowed by \(cause.by)", cause, verb: "allow", files: files)
  }
}
