/// What all starts so far mean for the next one: a fold of their claims, the same in whatever order
/// the decisions are read.
package struct Dispatches: Hashable, Sendable {
  /// The last start; `nil` before the first.
  package private(set) var last: Turn?
  package private(set) var shares = FairShares()
  /// For each executor that had a rate, when its next start would come if starts came evenly.
  package private(set) var rates: [Name: Instant] = [:]
  /// The moment of the start that said so; a later one is right even if it says less.
  private var rated: [Name: Instant] = [:]

  package init() {}

  package mutating func fold(_ record: DecisionRecord) {
    for decision in record.decisions {
      guard let claims = decision.claims else { continue }
      if claims.turn.number > last?.number ?? 0 { last = claims.turn }
      shares.take(claims.share)
      if let rate = claims.rate {
        take(rate, at: record.moment.time)
      }
    }
  }

  private mutating func take(_ rate: RateClaim, at time: Instant) {
    let known = (rated[rate.executor] ?? time, rates[rate.executor] ?? rate.next)
    guard (time, rate.next) >= known else { return }
    rated[rate.executor] = time
    rates[rate.executor] = rate.next
  }
}

/// Who has had how much, by band and key: start-time fair queueing, the stride scheduler whose
/// passes need no reset.
///
/// Each start moves its key's finish by what it takes over the key's weight. A key that was away
/// begins at the band's virtual time: it neither owes nor is owed for the time in which it asked
/// for nothing.
package struct FairShares: Hashable, Sendable {
  package private(set) var bands: [Band: Lane] = [:]

  package struct Lane: Hashable, Sendable {
    /// Where the last start began.
    package fileprivate(set) var now: Int64 = 0
    /// How far each key is ahead of that; keys that are not are left out.
    package fileprivate(set) var finishes: [String: Int64] = [:]

    fileprivate mutating func take(_ claim: ShareClaim) {
      finishes[claim.key] = max(finishes[claim.key] ?? claim.to, claim.to)
      guard claim.from > now else {
        if let finish = finishes[claim.key], finish <= now { finishes[claim.key] = nil }
        return
      }
      now = claim.from
      finishes = finishes.filter { $0.value > now }
    }
  }

  package init() {}

  /// Where the next start of `key` would begin; the key with the least goes first.
  package func start(of key: String, in band: Band) -> Int64 {
    guard let lane = bands[band] else { return 0 }
    return max(lane.now, lane.finishes[key] ?? lane.now)
  }

  /// What a start of `key` that takes `charge` claims.
  package func claim(
    of key: String, in band: Band, charge: Int64, weight: Int
  ) -> ShareClaim {
    let from = start(of: key, in: band)
    let length = max(1, charge / Int64(max(1, weight)))
    let (to, overflow) = from.addingReportingOverflow(length)
    return ShareClaim(band: band, key: key, from: from, to: overflow ? .max : to)
  }

  package mutating func take(_ claim: ShareClaim) {
    bands[claim.band, default: Lane()].take(claim)
  }
}

extension Dispatches {
  package var json: JSONValue {
    [
      "last": last.map {
        ["number": .integer($0.number), "passed": .integer($0.passed)]
      } ?? .null,
      "shares": .object(
        Dictionary(
          uniqueKeysWithValues: shares.bands.map { band, lane in
            (
              band.rawValue,
              [
                "now": .integer(lane.now),
                "ahead": .object(lane.finishes.mapValues { .integer($0) }),
              ]
            )
          })),
      "rates": .object(
        Dictionary(
          uniqueKeysWithValues: rates.map { name, next in
            (name.text, ["next": .text(next), "at": .text(rated[name])])
          })),
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "dispatches")
    last = try fields.objectIfAny("last") { (turn) throws(RecordFault) in
      Turn(number: try turn.count("number"), passed: try turn.count("passed"))
    }
    for (text, value) in try fields.map("rates", "an object", { $0 }) {
      guard let name = Name(text) else { throw fields.fault("rates", "names `\(text)`") }
      let rate = try RecordFields(value, kind: "dispatches.rates")
      rates[name] = try rate.instant("next")
      rated[name] = try rate.instant("at")
    }
    for (text, value) in try fields.map("shares", "an object", { $0 }) {
      guard let band = Band(rawValue: text) else {
        throw fields.fault("shares", "names `\(text)`")
      }
      let lane = try RecordFields(value, kind: "dispatches.shares")
      shares.restore(
        band, now: try lane.integer("now"),
        finishes: try lane.map("ahead", "an object of integers") { $0.integer })
    }
  }
}

extension FairShares {
  fileprivate mutating func restore(_ band: Band, now: Int64, finishes: [String: Int64]) {
    bands[band] = Lane(now: now, finishes: finishes)
  }
}
