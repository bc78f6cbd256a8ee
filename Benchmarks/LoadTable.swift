internal import HeadwayTestSupport

/// Missed deadlines at loads below, near and above what the places can do.
struct LoadTable: Sendable {
  static let loads = [0.7, 0.9, 1.1]

  let runs: Int
  let seeds: [Int]

  static let heading = ["load", "order", "urgent runs", "missed", "standard runs", "missed"]

  func rows() throws -> [[String]] {
    var rows: [[String]] = []
    for load in Self.loads {
      for policy in LoadSimulation.Policy.allCases {
        var sum = LoadSimulation.Result()
        for seed in seeds {
          sum.add(try LoadSimulation(load: load, runs: runs, seed: seed).run(policy))
        }
        rows.append([
          "\(load)", policy.rawValue, "\(sum.urgent)", sum.urgentShare, "\(sum.standard)",
          sum.standardShare,
        ])
      }
    }
    return rows
  }
}

extension LoadSimulation.Result {
  fileprivate mutating func add(_ other: Self) {
    urgent += other.urgent
    urgentMissed += other.urgentMissed
    standard += other.standard
    standardMissed += other.standardMissed
  }

  fileprivate var urgentShare: String { Self.share(urgentMissed, of: urgent) }
  fileprivate var standardShare: String { Self.share(standardMissed, of: standard) }

  private static func share(_ part: Int, of whole: Int) -> String {
    "\((Double(part) * 100 / Double(max(1, whole))).rounded(to: 1)) %"
  }
}
