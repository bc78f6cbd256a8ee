extension ChatEndpoint {
  /// What is counted for the instructions and marks that stand around an order's own text.
  package static let fixedBytes = 4_096

  /// Tokens of a text of so many bytes, rather too many than too few.
  package static func tokens(ofBytes count: Int) -> Int64 { (Int64(count) + 2) / 3 }

  /// The most that an attempt may cost; a planner reserves it before anything is spent.
  ///
  /// With `repairing`, a reply that fails its schema is asked for once more: both calls count.
  /// `nil` when the price does not fit into an amount.
  package func worstCase(
    inputBytes: Int, maximumOutput: Int, repairing: Bool = false
  ) -> Money? {
    guard let price else { return .zero(.usd) }
    let input = Self.tokens(ofBytes: inputBytes)
    let output = Int64(min(maximumOutput, outputWindow))
    let first = Self.largest(price, input: input, output: output)
    guard repairing else { return first.micros == .max ? nil : first }
    // The second call sends the first reply and what is wrong with it along.
    let findings = Self.tokens(ofBytes: Self.fixedBytes)
    return first.adding(
      Self.largest(price, input: input + output + findings, output: output))
  }

  /// Writing to the cache may cost more than plain input, and nobody knows beforehand.
  private static func largest(_ price: ModelPrice, input: Int64, output: Int64) -> Money {
    let plain = price.cost(of: Usage(uncachedInput: input, output: output))
    let written = price.cost(of: Usage(cacheWrite: input, output: output))
    return plain.micros > written.micros ? plain : written
  }
}
