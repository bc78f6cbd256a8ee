internal import HeadwayCore

/// One request to a server's `/chat/completions`.
struct ChatRequest: Hashable, Sendable {
  struct Message: Hashable, Sendable {
    let role: String
    let content: String
  }

  let body: JSONValue

  /// Only what the model is known to accept is sent: most refuse what they do not know.
  init(
    _ endpoint: ChatEndpoint, messages: [Message], maximumOutput: Int, schema: JSONValue?,
    seed: Int64
  ) {
    var fields: [String: JSONValue] = [
      "model": .string(endpoint.model),
      "messages": .array(
        messages.map { ["role": .string($0.role), "content": .string($0.content)] }),
      endpoint.capabilities.maximumTokensField: .integer(maximumOutput),
    ]
    if endpoint.capabilities.temperature { fields["temperature"] = 0 }
    if endpoint.capabilities.seed { fields["seed"] = .integer(seed) }
    if endpoint.capabilities.jsonSchema, let schema {
      fields["response_format"] = [
        "type": "json_schema",
        "json_schema": ["name": "reply", "strict": true, "schema": schema],
      ]
    }
    body = .object(fields)
  }
}
