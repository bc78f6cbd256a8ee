internal import Git
internal import HeadwayCore

extension ApprovalCase {
  mutating func judgeStatements() async {
    var speaking: Set<JudgementRecord.Carrier> = []
    for file in worthReading() {
      switch await judged(file) {
      case .success((let person, .reject(_, let message))):
        rejection = rejection ?? (person, message)
        note(file.carrier, person, .reject, nil, message: message)
      case .success((let person, _)):
        guard evidence.trace.atTip != nil else { continue }
        if let why = contentChanged() {
          note(file.carrier, person, .approve, why)
          continue
        }
        speaking.insert(file.carrier)
        let isNew = !approvals.contains {
          $0.person == person && $0.content == proposal.content
        }
        approvals.append(Approval(person: person, content: proposal.content))
        if isNew { note(file.carrier, person, .approve, nil) }
      case .failure(let why): note(file.carrier, nil, .approve, why)
      }
    }
    for judgement in record.standing {
      guard case .statement = judgement.carrier, !speaking.contains(judgement.carrier) else {
        continue
      }
      note(judgement.carrier, judgement.person, .withdraw, nil)
    }
  }

  /// Those of people, and a few of others to say so: files cost nothing to their forger.
  private func worthReading() -> [StatementFile] {
    let known = evidence.statements.filter { rules.roster.members[$0.place.person] != nil }
    let unknown = evidence.statements.filter { rules.roster.members[$0.place.person] == nil }
    return known + unknown.prefix(8)
  }

  private func judged(
    _ file: StatementFile
  ) async -> Result<(Name, Statement.Decision), WhyNot> {
    guard rules.roster.members[file.place.person] != nil else {
      return .failure(.unknownPerson(file.place.person))
    }
    guard let bytes = file.bytes else {
      return .failure(.notAPlainFile(file.place.path.text))
    }
    guard let signature = file.signature else { return .failure(.statement(.unsigned)) }
    let statement: Statement
    do { statement = try Statement(bytes: bytes) } catch {
      return .failure(.statement(.unreadable(error.description)))
    }
    // What was observed in time keeps counting while it stands; only a revocation undoes it.
    let isKnown = open.judged.standing.contains { $0.carrier == file.carrier }
    let check: KeyCheck = isKnown ? .notRevoked(at: rules.at) : .valid(at: rules.at)
    let signer: Signer
    do throws(SignatureRefusal) {
      signer = try await judge.verifier.signer(
        ofStatement: bytes, signature: signature, check)
    } catch {
      return .failure(.signature(error))
    }
    return rules.judge(
      statement, at: file.place, signedBy: signer, repository: judge.anchor,
      target: judge.branch, recordSHA256: evidence.sha256, isKnown: isKnown
    ).map { (signer.person, $0) }
  }

  /// A statement is about the record's own content, so that has to stand on main unchanged.
  private func contentChanged() -> WhyNot? {
    guard evidence.trace.atTip == ListedFile(blob: proposal.record.blob) else {
      return .statement(.contentChanged(proposal.record.path.text))
    }
    for (path, blob) in proposal.content.sorted(by: { $0.key < $1.key })
    where evidence.tipFiles[path] != ListedFile(blob: blob) {
      return .statement(.contentChanged(path.text))
    }
    return nil
  }
}
