/// Why something on main approves nothing; each says what to look at, in one sentence.
package enum WhyNot: Error, Hashable, Sendable {
  case signature(SignatureRefusal)
  /// The signer may not decide this.
  case lacksRole(Name, role: Name)
  case isRequester(Name)
  case unknownPerson(Name)
  /// Main took over the proposal's own commit.
  case fastForwarded
  case parents(Int)
  /// The second parent is not the proposal, but something that contains more or landed before.
  case otherParent
  case notIntroduced
  /// The record stood on main before.
  case seenBefore
  case otherRecord
  case notAPlainFile(String)
  case missingContent(String)
  case differs(String)
  /// What else the commit changes.
  case changesMore(String)
  case collides(String, with: String)
  case protectedPath(String)
  case notNamed
  /// What git would have merged by itself, into a text that nobody read.
  case mergedByGit(String)
  case expired
  case targetChanged(String)
  case inputsChanged(String)
  case needsStatement(Risk)
  case needsConfirmedKey(Name)
  case overLimit(String)
  case statement(StatementFault)

  package enum StatementFault: Hashable, Sendable {
    case unreadable(String)
    case unsigned
    case otherPerson(stated: Name, file: Name)
    case otherSigner(stated: Name, signer: Name)
    case otherRepository
    case otherTarget(String)
    case otherRecord
    case otherDecision
    case expired
    /// The record is gone, or its content was changed since.
    case contentChanged(String)
  }
}

extension WhyNot {
  package var text: String {
    switch self {
    case .signature(let refusal): refusal.text
    case .lacksRole(let person, let role): "\(person) does not hold the role \(role)"
    case .isRequester(let person): "\(person) asked for this, and somebody else has to approve it"
    case .unknownPerson(let person): "nobody in people/ is called \(person)"
    case .fastForwarded:
      "main was fast-forwarded to the proposal itself, so there is no commit that a person signed"
    case .parents(let count): "a commit with \(count) parents approves nothing"
    case .otherParent: "its second parent is not the proposal but something that contains it"
    case .notIntroduced: "it does not bring the record in"
    case .seenBefore: "the record was on main before, and a new commit cannot approve it any more"
    case .otherRecord: "the record on main is not the one that was proposed"
    case .notAPlainFile(let path): "`\(path)` is not a plain file"
    case .missingContent(let path): "`\(path)` is missing"
    case .differs(let path): "`\(path)` is not what was proposed"
    case .changesMore(let path): "it also changes `\(path)`"
    case .collides(let one, let other):
      "`\(one)` and `\(other)` are the same name to some file systems"
    case .protectedPath(let path): "`\(path)` is a protected path"
    case .notNamed:
      "its subject does not name the proposal, so it may have been brought in without being meant"
    case .mergedByGit(let path): "`\(path)` is what git merged by itself, which nobody read"
    case .expired: "the proposal had expired"
    case .targetChanged(let path): "`\(path)` had changed on main since the proposal was made"
    case .inputsChanged(let path): "`\(path)`, which the work rests on, had changed on main"
    case .needsStatement(let risk): "risk \(risk.rawValue) needs a signed statement, not a commit"
    case .needsConfirmedKey(let person):
      "its risk needs a key that is touched or confirmed for each use, and that of \(person) is not"
    case .overLimit(let what): "it is too large to be judged: \(what)"
    case .statement(let fault): fault.text
    }
  }
}

extension WhyNot.StatementFault {
  var text: String {
    switch self {
    case .unreadable(let what): "the statement cannot be read: \(what)"
    case .unsigned: "the statement has no signature beside it that is a plain file"
    case .otherPerson(let stated, let file):
      "the statement in the file of \(file) speaks for \(stated)"
    case .otherSigner(let stated, let signer):
      "the statement speaks for \(stated) but \(signer) signed it"
    case .otherRepository: "the statement is about another repository"
    case .otherTarget(let branch): "the statement is about the branch \(branch)"
    case .otherRecord: "the statement is about another record"
    case .otherDecision: "the statement says neither approve nor reject"
    case .expired: "the statement has expired"
    case .contentChanged(let path): "`\(path)` on main is not what the statement is about"
    }
  }
}
