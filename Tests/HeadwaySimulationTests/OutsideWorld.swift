/// What an effect key has come to outside, where no repository can undo it.
struct OutsideWorld {
  private enum Fate { case quiet, uncertain, done }
  private var fates: [String: Fate] = [:]
  /// How often each was begun although it had, or may have, happened.
  private var repetitions: [String: Int] = [:]

  /// A program that has the effect begins; `words` is how often people allowed it once more.
  ///
  /// What is wrong with that, if anything.
  mutating func begin(_ key: String, words: Int) -> String? {
    defer { fates[key] = .uncertain }
    guard let fate = fates[key], fate != .quiet else { return nil }
    repetitions[key, default: 0] += 1
    guard repetitions[key, default: 0] > words else { return nil }
    return "an effect that was \(fate) is begun again without a person's word"
  }

  mutating func succeed(_ key: String) { fates[key] = .done }

  /// Whether it has happened, for somebody who looks.
  ///
  /// Where that was open it is `happened`, and so from then on.
  mutating func look(_ key: String, happened: Bool) -> Bool {
    switch fates[key] {
    case .done: return true
    case .quiet, nil: return false
    case .uncertain:
      fates[key] = happened ? .done : .quiet
      return happened
    }
  }

  /// It is certain that nothing happened, now or ever.
  mutating func fail(_ key: String) { if fates[key] == .uncertain { fates[key] = .quiet } }
}
