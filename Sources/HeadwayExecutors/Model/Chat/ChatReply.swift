internal import HeadwayCore

/// What a server answered with status 200, which alone does not mean success.
struct ChatReply: Hashable, Sendable {
  let model: String?
  let finish: String?
  let content: String?
  let refusal: String?
  let usage: ChatUsage?

  init(_ bytes: [UInt8]) throws(Failure) {
    let json: JSONValue
    do throws(ReadFault) { json = try JSONValue.read(bytes) } catch {
      throw Failure(.badOutput, "the reply is not JSON: \(error)")
    }
    if let error = json["error"], error != .null {
      throw Failure(
        .transient, "an error inside a reply: \(error["message"]?.text?.oneLine() ?? "")")
    }
    guard let choice = json["choices"]?.elements?.first, let message = choice["message"] else {
      throw Failure(.badOutput, "the reply has no choice with a message")
    }
    model = json["model"]?.text
    finish = choice["finish_reason"]?.text
    content = message["content"]?.text
    refusal = message["refusal"]?.text
    usage = json["usage"].flatMap(ChatUsage.init)
  }

  /// The text, or the failure that the reply amounts to.
  func text() throws(Failure) -> String {
    if let refusal, !refusal.isEmpty {
      throw Failure(.refused, "the model refuses: \(refusal.oneLine())")
    }
    switch finish {
    case "content_filter": throw Failure(.refused, "the vendor's filter held the reply back")
    case "length":
      throw Failure(.truncated, "the reply was cut off at its limit of tokens; raise `output`")
    case "tool_calls", "function_call":
      throw Failure(.badOutput, "the model called a tool although it was given none")
    default: break
    }
    guard let content, !content.allSatisfy(\.isWhitespace) else {
      throw Failure(.badOutput, "the reply is empty")
    }
    return content
  }
}

/// The counts of a reply, in their vendor's meaning: input includes what came from the cache,
/// output includes reasoning.
struct ChatUsage: Hashable, Sendable {
  let usage: Usage
  /// Whether the numbers contradict each other.
  let isInconsistent: Bool

  /// `nil` without the two counts that are paid for, or for counts below zero.
  init?(_ json: JSONValue) {
    guard let prompt = json["prompt_tokens"]?.integer,
      let completion = json["completion_tokens"]?.integer
    else { return nil }
    let cached = json["prompt_tokens_details"]?["cached_tokens"]?.integer ?? 0
    let written = json["prompt_tokens_details"]?["cache_write_tokens"]?.integer ?? 0
    let reasoning = json["completion_tokens_details"]?["reasoning_tokens"]?.integer ?? 0
    let counts = [prompt, completion, cached, written, reasoning]
    guard counts.allSatisfy({ (0...1_000_000_000_000).contains($0) }) else { return nil }
    usage = Usage(
      uncachedInput: max(0, prompt - cached - written), cacheRead: cached, cacheWrite: written,
      output: completion, reasoning: reasoning)
    let total = json["total_tokens"]?.integer
    isInconsistent =
      (total != nil && total != prompt + completion) || cached + written > prompt
      || reasoning > completion
  }
}
