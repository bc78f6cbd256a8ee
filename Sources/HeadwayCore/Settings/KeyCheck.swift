/// Holds the keys of `headway.json` against what they are meant to name: a misspelt one is no
/// error, since tasks may name keys of their own, and it would limit nothing.
struct KeyCheck {
  let project: Project
  let settings: Settings

  private enum Kind: String, CaseIterable {
    case pipeline, executor, model, provider
  }

  func warn(in reading: inout FileReading, _ node: Node?) {
    for key in settings.limits.keys.keys.sorted() {
      guard let fault = fault(of: key) else { continue }
      reading.report(
        "`keys`: \(fault.message)", at: node?.mark(at: ["limits", "keys", key]),
        hint: fault.hint, severity: .warning)
    }
    warnOfFairness(in: &reading, node)
  }

  /// `nil` for a key that names something, and for one that tasks may well name.
  private func fault(of key: String) -> (message: String, hint: String?)? {
    let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !isNamedByTasks(key) else { return nil }
    let (word, name) = (String(parts[0]), String(parts[1]))
    guard let kind = Kind(rawValue: word) else {
      return Nearest.nearest(to: word, among: Kind.allCases.map(\.rawValue)).map {
        ("`\(key)` limits nothing: no task names it", "did you mean `\($0):\(name)`?")
      }
    }
    let known = names(of: kind)
    guard !known.contains(name) else { return nil }
    return (
      "`\(key)` limits nothing: there is no such \(word)",
      Nearest.hint(for: name, among: known, listing: "\(word)s")
    )
  }

  private func names(of kind: Kind) -> [String] {
    switch kind {
    case .pipeline: project.pipelines.keys.map(\.text).sorted()
    case .executor: project.executors.keys.map(\.text).sorted()
    case .model: project.models.keys.map(\.text).sorted() + [ModelName.extractive.text]
    case .provider:
      Set((project.models.keys + [.extractive]).compactMap { $0.provider.map(String.init) })
        .sorted()
    }
  }

  /// Whether a task's own keys could become this one, whatever their templates are given.
  private func isNamedByTasks(_ key: String) -> Bool {
    project.pipelines.values.lazy.flatMap(\.tasks).contains { task in
      task.limits.concurrency.contains { limit in
        let fixed = limit.key.prefix { $0 != "{" }
        return fixed.count == limit.key.count ? limit.key == key : key.hasPrefix(fixed)
      }
    }
  }

  private func warnOfFairness(in reading: inout FileReading, _ node: Node?) {
    let fairness = settings.fairness
    guard fairness.by == Fairness.pipeline else {
      let known = Set(project.pipelines.values.flatMap { $0.parameters.map(\.name) })
      guard !known.contains(fairness.by) else { return }
      return reading.report(
        "`by`: no pipeline has a parameter `\(fairness.by)`, so each run counts to its pipeline",
        at: node?.mark(at: ["fairness", "by"]),
        hint: Nearest.hint(
          for: fairness.by, among: known.sorted() + [Fairness.pipeline], listing: "it may be"),
        severity: .warning)
    }
    let pipelines = names(of: .pipeline)
    for name in fairness.weights.keys.sorted() where !pipelines.contains(name) {
      reading.report(
        "`weights`: there is no pipeline `\(name)`",
        at: node?.mark(at: ["fairness", "weights", name]),
        hint: Nearest.hint(for: name, among: pipelines, listing: "pipelines"),
        severity: .warning)
    }
  }
}
