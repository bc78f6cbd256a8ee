internal import HeadwayCore

/// An answer with another status than 200, as its vendor describes it.
struct ChatError: Hashable, Sendable {
  let status: Int
  let type: String
  let code: String
  let message: String

  init(status: Int, body: [UInt8]) {
    self.status = status
    let error: JSONValue?
    do throws(ReadFault) { error = try JSONValue.read(body)["error"] } catch {
      // A proxy's page: its first words say more than nothing.
      (type, code) = ("", "")
      message = String(decoding: body.prefix(2_000), as: UTF8.self).oneLine()
      return
    }
    type = error?["type"]?.text ?? ""
    code = error?["code"]?.text ?? ""
    message = (error?["message"]?.text ?? error?.text ?? "").oneLine()
  }

  /// The failure, for people who know the model by `name`.
  func failure(of name: String, hint: RetryHint) -> Failure {
    let kind = kind(hint)
    let said = message.isEmpty ? "" : ": \(message)"
    return Failure(
      kind, "\(name) answered \(status)\(label)\(said)\(advice(kind))", retryAfter: hint.after)
  }

  private func kind(_ hint: RetryHint) -> FailureClass {
    let kind = kindByStatus
    switch (kind, hint.shouldRetry) {
    // An empty account stays empty, whatever the headers of a proxy say.
    case (.budgetExhausted, _), (.authentication, _), (.refused, _): return kind
    case (.invalidRequest, true?): return .transient
    case (.transient, false?): return .invalidRequest
    default: return kind
    }
  }

  private var kindByStatus: FailureClass {
    if isOutOfBudget { return .budgetExhausted }
    if ["content_filter", "content_policy_violation"].contains(code) { return .refused }
    switch status {
    case 300..<400: return .invalidRequest
    case 401, 403: return .authentication
    case 408, 409, 425: return .transient
    case 429: return .rateLimited
    case 400..<500: return .invalidRequest
    case 502, 503, 504, 529: return .unavailable
    default: return .transient
    }
  }

  private var isOutOfBudget: Bool {
    status == 402
      || ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"].contains(
        where: { code == $0 || type == $0 })
  }

  private var isTooLong: Bool {
    code == "context_length_exceeded" || type == "exceed_context_size_error" || status == 413
      || message.contains("exceeds the available context size")
  }

  private var label: String {
    let label = code.isEmpty ? type : code
    return label.isEmpty ? "" : " (\(label.oneLine(60)))"
  }

  private func advice(_ kind: FailureClass) -> String {
    switch kind {
    case .authentication: "; check the key: headway doctor"
    case .budgetExhausted: "; its account is empty"
    case .invalidRequest where isTooLong: "; the order is larger than the model's window"
    case .invalidRequest where status < 400: "; it redirects, set `endpoint` to where it leads"
    case .invalidRequest where status == 404: "; check `endpoint` and `model` of its file"
    default: ""
    }
  }
}
