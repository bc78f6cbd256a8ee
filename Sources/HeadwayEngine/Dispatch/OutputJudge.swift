internal import HeadwayCore

/// Holds an outcome's outputs to what the task promised: an outcome is not a result until then.
struct OutputJudge {
  let plan: AttemptPlan
  let scanner: SecretScanner
  /// Texts that look like secrets and that a person has allowed.
  let allowed: Set<String>

  /// The outputs that may become results, or the failure they are, with every finding.
  func judge(
    _ outputs: [String: [UInt8]]
  ) -> (result: Result<[String: [UInt8]], Failure>, findings: [AttemptRecord.CheckFinding]) {
    var findings: [AttemptRecord.CheckFinding] = []
    for name in outputs.keys.sorted() where plan.rules[name] == nil {
      findings.append(finding(name, "declared", "is no output of this task"))
    }
    // All inputs are read for it, so that it is made for those who ask.
    lazy var grounding = Grounding(
      inputs: plan.order.inputs.filter { $0.name != WorkOrder.Input.findings }
        .map { (name: $0.name, bytes: $0.bytes) }
        + plan.order.recalled.map { (name: $0.path.text, bytes: Array($0.text.utf8)) },
      parameters: plan.order.parameters)
    for (name, rule) in plan.rules.sorted(by: { $0.key < $1.key }) {
      if outputs[name] == nil, rule.isOptional { continue }
      findings += check(name, rule, outputs[name]) { grounding }
    }
    for (name, bytes) in outputs.sorted(by: { $0.key < $1.key }) {
      findings += secrets(in: bytes, of: name)
    }
    let failed = findings.filter { !$0.pass }
    guard let first = failed.first else { return (.success(outputs), findings) }
    let more = failed.count > 1 ? ", and \(failed.count - 1) more" : ""
    return (
      .failure(Failure(.badOutput, "\(first.check): \(first.finding)\(more)")), findings
    )
  }

  private func check(
    _ name: String, _ rule: OutputRule, _ bytes: [UInt8]?, grounding: () -> Grounding
  ) -> [AttemptRecord.CheckFinding] {
    var results = [OutputChecks.presence(bytes)]
    guard let bytes, results[0].passes else { return results.map { record($0, of: name) } }
    let limit = rule.isBinary ? plan.limits.binary.count : plan.limits.text.count
    if bytes.count > limit {
      results.append(
        CheckResult(check: "size", finding: "has \(bytes.count) bytes, \(limit) are allowed"))
    }
    if !rule.isBinary, !isText(bytes) {
      results.append(CheckResult(check: "text", finding: "is not UTF-8 text"))
    }
    results += schema(name, rule, bytes)
    for text in rule.checks { results.append(run(text, bytes, grounding: grounding)) }
    return results.map { record($0, of: name) }
  }

  private func isText(_ bytes: [UInt8]) -> Bool {
    !bytes.contains(0) && Array(String(decoding: bytes, as: UTF8.self).utf8) == bytes
  }

  private func run(
    _ text: String, _ bytes: [UInt8], grounding: () -> Grounding
  ) -> CheckResult {
    do {
      switch try Check(text) {
      case .grounded: return grounding().check(bytes)
      case .style: return plan.style.check(bytes)
      case .measure(let measure, let comparison, let bound):
        return OutputChecks.measure(measure, comparison, bound, of: bytes)
      }
    } catch {
      // A check that nobody can run must not pass.
      return CheckResult(check: text, finding: "is no check that this version can run")
    }
  }

  private func schema(_ name: String, _ rule: OutputRule, _ bytes: [UInt8]) -> [CheckResult] {
    let declared = plan.order.outputs.first { $0.name == name }?.schema
    guard declared != nil || !rule.fields.isEmpty || name.hasSuffix(".json") else { return [] }
    let value: JSONValue
    do { value = try JSONReader.read(bytes).json } catch {
      return [CheckResult(check: "json", finding: "\(error)")]
    }
    let fields = OutputChecks.fields(rule.fields, in: value)
    guard let declared else { return [CheckResult(check: "json")] + fields }
    do { return [OutputChecks.schema(value, meets: try JSONSchema(declared))] + fields } catch {
      return [CheckResult(check: "schema", finding: "the schema itself is wrong: \(error)")]
    }
  }

  /// Names what was found, never the value.
  ///
  /// What only looks random is no secret where it stood in an input: that is written down already.
  private func secrets(in bytes: [UInt8], of name: String) -> [AttemptRecord.CheckFinding] {
    let found = scanner.findings(in: bytes)
    let suspects = found.filter { $0.severity == .hold }
    let known = suspects.isEmpty ? [] : allowed.union(suspectsOfInputs)
    return found.compactMap { one in
      let text = "holds \(one.name) in line \(one.line)"
      guard let id = one.id, one.severity == .hold else {
        return finding(name, "secrets", text)
      }
      guard !known.contains(id) else { return nil }
      return .init(
        check: "\(name): secrets", pass: false,
        finding: "\(text), which may be a secret: headway allow \(id) if it is none", suspect: id)
    }
  }

  private var suspectsOfInputs: Set<String> {
    Set(plan.order.inputs.flatMap { scanner.findings(in: $0.bytes).compactMap(\.id) })
  }

  private func record(_ result: CheckResult, of name: String) -> AttemptRecord.CheckFinding {
    .init(
      check: "\(name): \(result.check)", pass: result.passes, finding: result.finding ?? "")
  }

  private func finding(
    _ name: String, _ check: String, _ text: String
  ) -> AttemptRecord.CheckFinding {
    .init(check: "\(name): \(check)", pass: false, finding: text)
  }
}
