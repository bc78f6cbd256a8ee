internal import HeadwayCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A real HTTP server on 127.0.0.1 that answers from a list and remembers what it was sent.
package final class LoopbackServer: Sendable {
  package enum Reply: Sendable {
    case answer(Int, [String: String] = [:], body: String)
    /// A head and half a body; then nothing, until the client goes away.
    case stall
    /// More bytes than anyone should read.
    case flood
    /// The connection is closed instead of an answer.
    case hangUp
  }

  package struct Request: Sendable {
    package let uri: String
    /// Names in lower case.
    package let headers: [String: String]
    package let body: String
  }

  private let channel: any Channel
  fileprivate let replies: Mutex<[Reply]>
  private let received = Mutex<[Request]>([])
  /// Yields once for every request that has arrived completely.
  package let arrivals: AsyncStream<Void>
  private let arrived: AsyncStream<Void>.Continuation

  /// The last reply is repeated for ever.
  package static func start(_ replies: [Reply]) async throws -> LoopbackServer {
    let slot = Slot()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.pipeline.configureHTTPServerPipeline().flatMap {
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Handler(slot))
          }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let server = LoopbackServer(channel, replies)
    slot.server.withLock { $0 = server }
    return server
  }

  private init(_ channel: any Channel, _ replies: [Reply]) {
    self.channel = channel
    self.replies = Mutex(replies)
    (arrivals, arrived) = AsyncStream<Void>.makeStream()
  }

  /// Answers with these from now on.
  package func answer(with next: [Reply]) { replies.withLock { $0 = next } }

  package func stop() async throws { try await channel.close() }

  package var port: Int { channel.localAddress?.port ?? 0 }
  package var base: String { "http://127.0.0.1:\(port)/v1" }
  package var requests: [Request] { received.withLock { $0 } }

  fileprivate func next(_ request: Request) -> Reply {
    received.withLock { $0.append(request) }
    arrived.yield()
    return replies.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
  }

  fileprivate final class Slot: Sendable {
    let server = Mutex<LoopbackServer?>(nil)
  }
}

private final class Handler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let slot: LoopbackServer.Slot
  private var head: HTTPRequestHead?
  private var body = ""

  init(_ slot: LoopbackServer.Slot) { self.slot = slot }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): (self.head, body) = (head, "")
    case .body(let bytes): body += String(buffer: bytes)
    case .end: answer(context)
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    guard let head, let server = slot.server.withLock({ $0 }) else { return }
    let fields = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + "," + $1 }
    let request = LoopbackServer.Request(uri: head.uri, headers: fields, body: body)
    switch server.next(request) {
    case .answer(let status, let headers, let body):
      var fields = HTTPHeaders([("content-length", "\(body.utf8.count)")])
      for (name, value) in headers { fields.replaceOrAdd(name: name, value: value) }
      write(context, status, fields, body, ends: true)
    case .stall:
      write(context, 200, ["content-length": "100000"], "{\"choices\":", ends: false)
    case .flood:
      write(context, 200, [:], "", ends: false)
      Self.flood(context.channel)
    case .hangUp:
      context.close(promise: nil)
    }
  }

  private func write(
    _ context: ChannelHandlerContext, _ status: Int, _ headers: HTTPHeaders, _ body: String,
    ends: Bool
  ) {
    let head = HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
    if ends { context.write(wrapOutboundOut(.end(nil)), promise: nil) }
    context.flush()
  }

  /// Until the client has had enough.
  private static func flood(_ channel: any Channel) {
    let part = HTTPServerResponsePart.body(
      .byteBuffer(ByteBuffer(repeating: 0x20, count: 1 << 20)))
    channel.writeAndFlush(part).whenSuccess { flood(channel) }
  }
}

/// Bodies as the vendors document them.
package enum ChatBodies {
  package static func success(
    _ content: String, finish: String = "stop", usage: String = Self.usage,
    model: String = "gpt-4.1-mini-2025-04-14"
  ) -> LoopbackServer.Reply {
    let text = String(decoding: JSONValue.string(content).compact, as: UTF8.self)
    return .answer(
      200, ["x-request-id": "req_1"],
      body: """
        {"id":"chatcmpl-1","object":"chat.completion","created":1789000000,"model":"\(model)",
        "choices":[{"index":0,"finish_reason":"\(finish)",
        "message":{"role":"assistant","content":\(text),"refusal":null,"annotations":[]}}],
        "usage":\(usage),"service_tier":"default"}
        """)
  }

  package static let usage = """
    {"prompt_tokens":52,"completion_tokens":9,"total_tokens":61,
    "prompt_tokens_details":{"cached_tokens":20,"cache_write_tokens":10},
    "completion_tokens_details":{"reasoning_tokens":4}}
    """

  package static let refusal = LoopbackServer.Reply.answer(
    200,
    body: """
      {"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",
      "content":null,"refusal":"I can't help with that."}}],
      "usage":{"prompt_tokens":52,"completion_tokens":9,"total_tokens":61}}
      """)

  package static func error(
    _ status: Int, type: String = "invalid_request_error", code: String? = nil,
    message: String = "It went wrong.", headers: [String: String] = [:]
  ) -> LoopbackServer.Reply {
    let code = code.map { "\"\($0)\"" } ?? "null"
    return .answer(
      status, headers,
      body: #"{"error":{"message":"\#(message)","type":"\#(type)","param":null,"code":\#(code)}}"#)
  }
}
