internal import AsyncHTTPClient
internal import Glibc
internal import HeadwayCore
internal import NIOCore
internal import NIOHTTP1

/// Carries one request to a server and its answer back, within bounds.
struct ChatConnection: Sendable {
  struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]
  }

  /// A failure on the way, and whether the server may have done, and charged for, the work.
  struct Loss: Error, Sendable {
    let failure: Failure
    let mayHaveCost: Bool
  }

  private static let largestBody = 16 << 20

  /// Lives as long as the process.
  ///
  /// Redirects are not followed: they would carry the prompt and
  /// the key to wherever the answer says.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10)))
    // Trying again is the planner's decision.
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  let endpoint: ChatEndpoint

  /// The address, or why the key must not be sent to it.
  func address() throws(Failure) -> String {
    let base = endpoint.base.hasSuffix("/") ? String(endpoint.base.dropLast()) : endpoint.base
    let isLocal = ["localhost", "127.0.0.1", "[::1]"].contains { host in
      let rest = base.dropFirst("http://\(host)".count)
      return base.hasPrefix("http://\(host)") && (rest.isEmpty || ":/".contains(rest.prefix(1)))
    }
    guard
      base.hasPrefix("https://") || isLocal || (base.hasPrefix("http://") && endpoint.key == nil)
    else {
      throw Failure(
        .invalidRequest, "\(endpoint.id) has a key but no `https` address: \(base.oneLine(100))")
    }
    return base + "/chat/completions"
  }

  /// Sends `body` and returns whatever was answered before `limit` is over.
  func post(
    _ body: [UInt8], idempotencyKey: String, within limit: Span
  ) async throws(Loss) -> Answer {
    let request: HTTPClientRequest
    do throws(Failure) { request = try self.request(body, idempotencyKey: idempotencyKey) } catch {
      throw Loss(failure: error, mayHaveCost: false)
    }
    let result: Result<Answer, Loss> = await withTaskGroup { group in
      group.addTask { await exchange(request) }
      group.addTask {
        do {
          try await Task.sleep(for: .milliseconds(limit.milliseconds))
          return .failure(
            Loss(
              failure: Failure(.timeout, "\(endpoint.id) did not answer within \(limit)"),
              mayHaveCost: true))
        } catch { return .failure(cancelled) }
      }
      let first = await group.next() ?? .failure(cancelled)
      group.cancelAll()
      return first
    }
    return try result.get()
  }

  private var cancelled: Loss {
    Loss(
      failure: Failure(.cancelled, "the call of \(endpoint.id) was cancelled"), mayHaveCost: true)
  }

  private func request(
    _ body: [UInt8], idempotencyKey: String
  ) throws(Failure) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: try address())
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "accept", value: "application/json")
    request.headers.add(name: "user-agent", value: "headway")
    request.headers.add(name: "idempotency-key", value: idempotencyKey)
    if let key = endpoint.key?.value {
      guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw Failure(.authentication, "the key of \(endpoint.id) holds spaces or line breaks")
      }
      if let header = endpoint.keyHeader, header.lowercased() != "authorization" {
        request.headers.add(name: header, value: key)
      } else {
        request.headers.add(name: "authorization", value: "Bearer \(key)")
      }
    }
    request.body = .bytes(body)
    return request
  }

  private func exchange(_ request: HTTPClientRequest) async -> Result<Answer, Loss> {
    do {
      let response = try await Self.client.execute(request, deadline: .distantFuture)
      let body = try await response.body.collect(upTo: Self.largestBody)
      return .success(
        Answer(
          status: Int(response.status.code), headers: response.headers,
          body: Array(body.readableBytesView)))
    } catch {
      return .failure(loss(error))
    }
  }

  private func loss(_ error: any Error) -> Loss {
    if error is CancellationError { return cancelled }
    if error is NIOTooManyBytesError {
      return Loss(
        failure: Failure(
          .badOutput, "\(endpoint.id) answered with more than \(Self.largestBody) bytes"),
        mayHaveCost: true)
    }
    if let error = error as? HTTPClientError {
      if error == .cancelled { return cancelled }
      let late: [HTTPClientError] = [
        .remoteConnectionClosed, .readTimeout, .writeTimeout, .deadlineExceeded,
      ]
      if late.contains(error) { return broken(error) }
      if [HTTPClientError.invalidURL, .emptyHost, .emptyScheme].contains(error) {
        return Loss(
          failure: Failure(.invalidRequest, "\(endpoint.id) has no usable address: \(error)"),
          mayHaveCost: false)
      }
      return unreachable(error)
    }
    if let error = error as? IOError, error.errnoCode != ECONNREFUSED { return broken(error) }
    if error is HTTPParserError { return broken(error) }
    return unreachable(error)
  }

  /// Something had been sent.
  private func broken(_ error: any Error) -> Loss {
    Loss(
      failure: Failure(.transient, "\(endpoint.id) broke off: \("\(error)".oneLine())"),
      mayHaveCost: true)
  }

  private func unreachable(_ error: any Error) -> Loss {
    Loss(
      failure: Failure(.unavailable, "\(endpoint.id) cannot be reached: \("\(error)".oneLine())"),
      mayHaveCost: false)
  }
}
