/// What one attempt cost, with everything that costs are told by.
package struct CostLine: Hashable, Sendable {
  package let run: RunID
  package let pipeline: String
  /// The task's key, `article/draft`.
  package let task: String
  package let executor: String
  /// `nil` for work that no model did.
  package let model: String?
  /// Who asked for it: a person's name, or the address of a commit's author whom nobody knows.
  package let person: String
  /// How that is known.
  package let basis: Basis
  /// In UTC, `2026-11-23`.
  package let day: String
  /// `nil` where nobody knows it; free work is zero.
  package let cost: Money?

  package enum Basis: String, Hashable, Sendable {
    /// A valid signature of theirs on the commit that brought in, or last changed, what asks for
    /// the run.
    case signature
    /// Nothing but what that commit says of its author.
    case author
  }

  package init(
    run: RunID, pipeline: String, task: String, executor: String, model: String?, person: String,
    basis: Basis, day: String, cost: Money?
  ) {
    self.run = run
    self.pipeline = pipeline
    self.task = task
    self.executor = executor
    self.model = model
    self.person = person
    self.basis = basis
    self.day = day
    self.cost = cost
  }
}

/// Costs in sums, by any of the things that they are told by.
package struct CostReport: Hashable, Sendable {
  package enum Dimension: String, Hashable, Sendable, CaseIterable {
    case pipeline, task, executor, model, person, basis, day, run
  }

  /// One sum; a report has one for each combination and currency that occurs.
  package struct Row: Hashable, Sendable {
    /// In the order of the report's dimensions.
    package let names: [String]
    package var attempts: Int
    /// Attempts of which nobody knows the cost; the sum lacks them.
    package var unknown: Int
    /// `nil` where no attempt has a known cost.
    package var cost: Money?
  }

  package let dimensions: [Dimension]
  /// Dearest first; days in their order when the report is by day before all.
  package let rows: [Row]
  /// One for each currency, and one without where only unknown costs exist.
  package let totals: [Row]

  package init(_ lines: some Sequence<CostLine>, by dimensions: [Dimension]) {
    self.dimensions = dimensions
    var sums: [Key: Row] = [:]
    var totals: [Key: Row] = [:]
    for line in lines {
      let names = dimensions.map(line.name)
      Self.add(line, to: &sums, names)
      Self.add(line, to: &totals, [])
    }
    let byDay = dimensions.first == .day
    rows = sums.values.sorted { left, right in
      let (one, other) = (left.cost?.micros ?? -1, right.cost?.micros ?? -1)
      if byDay || one == other { return left.names.lexicographicallyPrecedes(right.names) }
      return one > other
    }
    self.totals = totals.values.sorted { ($0.cost?.micros ?? -1) > ($1.cost?.micros ?? -1) }
  }

  private struct Key: Hashable {
    let names: [String]
    let currency: Currency?
  }

  private static func add(_ line: CostLine, to sums: inout [Key: Row], _ names: [String]) {
    let key = Key(names: names, currency: line.cost?.currency)
    var row = sums[key] ?? Row(names: names, attempts: 0, unknown: 0, cost: nil)
    row.attempts += 1
    if let cost = line.cost {
      let sum = row.cost.map { $0.micros.addingReportingOverflow(cost.micros) }
      let micros = sum.map { $0.overflow ? .max : $0.partialValue } ?? cost.micros
      row.cost = Money(micros: micros, currency: cost.currency)
    } else {
      row.unknown += 1
    }
    sums[key] = row
  }
}

extension CostLine {
  fileprivate func name(_ dimension: CostReport.Dimension) -> String {
    switch dimension {
    case .pipeline: pipeline
    case .task: task
    case .executor: executor
    case .model: model ?? ""
    case .person: person
    case .basis: basis.rawValue
    case .day: day
    case .run: run.text
    }
  }
}
