/// What a start takes of what tasks share.
///
/// Limits are counted from these claims: in the live attempts for places, in the decisions for
/// shares and rates, in the settled attempts for quotas.
package struct Claims: Hashable, Sendable {
  package var turn: Turn
  package var share: ShareClaim
  /// `nil` for an executor without a rate.
  package var rate: RateClaim?
  /// The keys of its own that the attempt counts under while it runs.
  package var keys: [String]
  package var quotas: [QuotaClaim]
  /// How long the attempt may run.
  package var within: Span

  package init(
    turn: Turn, share: ShareClaim, rate: RateClaim? = nil, keys: [String] = [],
    quotas: [QuotaClaim] = [],
    within: Span
  ) {
    self.turn = turn
    self.share = share
    self.rate = rate
    self.keys = keys
    self.quotas = quotas
    self.within = within
  }
}

/// Which start this is, of all that the ledger holds.
package struct Turn: Hashable, Sendable {
  /// Dense from 1.
  package let number: Int
  /// How many starts in a row, with this one, left somebody older waiting.
  package let passed: Int

  package init(number: Int, passed: Int) {
    self.number = number
    self.passed = passed
  }
}

/// How urgent a task is, from its priority; strict between bands.
package enum Band: String, Hashable, Comparable, Sendable, CaseIterable {
  case urgent, high, normal, low

  package init(priority: Int) {
    switch priority {
    case 90...: self = .urgent
    case 70..<90: self = .high
    case 30..<70: self = .normal
    default: self = .low
    }
  }

  package static func < (left: Band, right: Band) -> Bool { left.place < right.place }

  private var place: Int {
    switch self {
    case .urgent: 0
    case .high: 1
    case .normal: 2
    case .low: 3
    }
  }
}

/// The stretch of its band's virtual time that a start takes for its key.
package struct ShareClaim: Hashable, Sendable {
  package let band: Band
  package let key: String
  package let from: Int64
  package let to: Int64

  package init(band: Band, key: String, from: Int64, to: Int64) {
    self.band = band
    self.key = key
    self.from = from
    self.to = to
  }
}

/// When an executor with a rate would take the next start if starts came evenly.
package struct RateClaim: Hashable, Sendable {
  package let executor: Name
  package let next: Instant

  package init(executor: Name, next: Instant) {
    self.executor = executor
    self.next = next
  }
}

/// Units of a quota, taken until the end of the window in which they were taken.
package struct QuotaClaim: Hashable, Sendable {
  package let name: Name
  package let key: String
  package let amount: Int
  package let until: Instant

  package init(name: Name, key: String, amount: Int, until: Instant) {
    self.name = name
    self.key = key
    self.amount = amount
    self.until = until
  }
}

extension Claims {
  var json: JSONValue {
    [
      "turn": ["number": .integer(turn.number), "passed": .integer(turn.passed)],
      "share": [
        "band": .string(share.band.rawValue), "key": .string(share.key),
        "from": .integer(share.from), "to": .integer(share.to),
      ],
      "rate": rate.map { ["executor": .text($0.executor), "next": .text($0.next)] } ?? .null,
      "keys": .texts(keys), "quotas": .array(quotas.map(\.json)), "within": .text(within),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      turn: try fields.object("turn") { (turn) throws(RecordFault) in
        Turn(number: try turn.count("number"), passed: try turn.count("passed"))
      },
      share: try fields.object("share") { (share) throws(RecordFault) in
        ShareClaim(
          band: try share.choice("band", Band.self), key: try share.text("key"),
          from: try share.integer("from"), to: try share.integer("to"))
      },
      rate: try fields.objectIfAny("rate") { (rate) throws(RecordFault) in
        RateClaim(executor: try rate.name("executor"), next: try rate.instant("next"))
      },
      keys: try fields.list("keys", "a list of texts") { $0.text },
      quotas: try fields.objects("quotas", QuotaClaim.init), within: try fields.span("within"))
  }
}

extension QuotaClaim {
  var json: JSONValue {
    [
      "name": .text(name), "key": .string(key), "amount": .integer(amount), "until": .text(until),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    self.init(
      name: try fields.name("name"), key: try fields.text("key"),
      amount: try fields.count("amount"), until: try fields.instant("until"))
  }
}
