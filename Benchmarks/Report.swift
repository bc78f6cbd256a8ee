internal import HeadwayCore

/// The figures of all repetitions of one workload at one durability.
struct Row: Sendable {
  let workload: Workload
  let durability: Settings.Durability
  let measurements: [Measurement]

  /// The middle one: a shared machine makes some of them slow.
  private func median(_ figure: (Measurement) -> Double) -> Double {
    let sorted = measurements.map(figure).sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  private var wall: Double { median { $0.spent.wall.milliseconds } }
  private var cpu: Double { median { $0.spent.cpu.milliseconds } }
  private var cpuPerTask: Double { median(\.cpuPerTask) }
  private var rate: Double { median(\.tasksPerSecond) }
  private var commits: Double { median { Double($0.commits) } }
  private var growth: Double { median { Double($0.growth) } }

  static let heading = [
    "workload", "durability", "wall ms", "CPU ms", "CPU ms/task", "tasks/s", "ledger commits",
    "KiB/task",
  ]

  var cells: [String] {
    [
      "\(workload.rawValue.uppercased()) \(workload.title)", durability.rawValue,
      wall.rounded(to: 1), cpu.rounded(to: 1), cpuPerTask.rounded(to: 3), rate.rounded(to: 0),
      commits.rounded(to: 0), (growth / 1024).rounded(to: 2),
    ]
  }

  var facts: JSONValue {
    [
      "workload": .string(workload.rawValue), "durability": .string(durability.rawValue),
      "repetitions": .integer(measurements.count), "wallMilliseconds": .decimal(wall),
      "cpuMilliseconds": .decimal(cpu), "cpuMillisecondsPerTask": .decimal(cpuPerTask),
      "tasksPerSecond": .decimal(rate), "ledgerCommits": .integer(Int(commits)),
      "bytesPerTask": .integer(Int(growth)),
    ]
  }
}

/// Text in columns; the first two are words, the others numbers.
struct Table: Sendable {
  let rows: [[String]]

  var lines: [String] {
    guard let first = rows.first else { return [] }
    let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column < 2 ? row[column] + space : space + row[column]
      }.joined(separator: "  ")
    }
  }
}

extension Double {
  /// With so many places behind the point.
  func rounded(to places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let whole = Int64((self * scale).rounded())
    guard places > 0 else { return String(whole) }
    let digits = String(whole % Int64(scale))
    return "\(whole / Int64(scale))."
      + String(repeating: "0", count: places - digits.count) + digits
  }
}

extension JSONValue {
  fileprivate static func decimal(_ value: Double) -> JSONValue {
    // A number with three places always reads.
    JSONNumber(value.rounded(to: 3)).map(JSONValue.number) ?? .null
  }
}
