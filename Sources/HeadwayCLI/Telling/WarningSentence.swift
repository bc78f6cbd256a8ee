internal import HeadwayCore

/// A warning about a deadline in words.
struct WarningSentence {
  let warning: DeadlineWarning

  init(_ warning: DeadlineWarning) { self.warning = warning }

  var text: String {
    switch warning.code {
    case .atRisk:
      "will probably miss its deadline \(warning.deadline.minute): expected \(warning.expected.minute)"
    case .missed: "missed its deadline \(warning.deadline.minute)"
    case .recovered: "will probably meet its deadline \(warning.deadline.minute) after all"
    }
  }
}
