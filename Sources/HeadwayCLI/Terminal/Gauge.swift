internal import Synchronization

/// How far long work has come: one line that overwrites itself, on terminals only.
final class Gauge: Sendable {
  private let label: String
  private let unit: String
  private let output: Output
  private let isShown: Bool
  private let percent = Mutex<Int?>(nil)

  init(_ label: String, of unit: String, _ context: CommandContext) {
    self.label = label
    self.unit = unit
    output = context.errors
    isShown = context.errorTerminal.isInteractive
  }

  @Sendable func show(_ done: Int, of total: Int) {
    guard isShown, total > 0 else { return }
    let now = done * 100 / total
    let isNew = percent.withLock { last in
      defer { last = now }
      return last != now
    }
    if isNew { output.write("\r\(label) … \(now) % of \(total) \(unit)") }
  }

  func clear() {
    if isShown, percent.withLock({ $0 }) != nil { output.write("\r\u{1B}[K") }
  }
}
