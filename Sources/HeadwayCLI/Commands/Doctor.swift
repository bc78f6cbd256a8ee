package import ArgumentParser
internal import Git
internal import HeadwayCore
internal import HeadwayEngine

package struct Doctor: HeadwayCommand {
  package static let configuration = CommandConfiguration(
    abstract: "Look at everything Headway depends on here, and say what to do about it.",
    discussion: """
      Makes one real signature, in a scratch folder, to see that approving will work. Exits with \
      1 if something would keep Headway from working.
      """)
  @OptionGroup(title: "Everywhere") package var options: GlobalOptions
  package init() {}

  package func run(in context: CommandContext) async throws -> ExitStatus {
    let findings = await Examination(context: context).findings()
    context.print(.array(findings.map(\.facts))) { Self.write(findings, in: context) }
    return findings.contains { $0.level == .fail } ? .failed : .success
  }

  private static func write(_ findings: [Finding], in context: CommandContext) {
    let width = findings.map(\.subject.columns).max() ?? 0
    for finding in findings {
      let style: Terminal.Style =
        switch finding.level {
        case .ok: .green
        case .warn: .yellow
        case .fail: .red
        }
      let level = finding.level.rawValue + (finding.level == .ok ? "  " : "")
      let gap = String(repeating: " ", count: width - finding.subject.columns + 2)
      context.output.line(
        "\(context.terminal.styled(level, style))  \(finding.subject.visible)\(gap)"
          + finding.message.visible)
      for line in finding.next?.split(separator: "\n") ?? [] {
        let indent = String(repeating: " ", count: width + 8)
        context.output.line("\(indent)\(context.terminal.styled("→", .cyan)) \(line)")
      }
    }
  }
}
