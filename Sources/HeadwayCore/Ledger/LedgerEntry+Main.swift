extension LedgerEntry {
  /// The first commit of a ledger.
  package static func genesis(_ opening: LedgerOpening, main: MainRecord) -> LedgerEntry {
    LedgerEntry(
      .genesis, subject: "this ledger begins at \(opening.anchor.short)",
      body: "The trusted state is what \(opening.branch) holds in that commit.",
      trailers: [.init(.cause, opening.anchor)], files: [.opening(opening), .main(main)])
  }

  /// Main moved and was judged up to a new tip.
  package static func observed(_ main: MainRecord, summary: String) -> LedgerEntry {
    LedgerEntry(
      .observed, subject: "\(main.branch) at \(main.judged.short)", body: summary,
      trailers: [.init(.cause, main.judged)], files: [.main(main)])
  }

  /// Main was rewritten without harm; what it dropped is kept.
  package static func rewound(_ main: MainRecord, dropped: CommitID) -> LedgerEntry {
    LedgerEntry(
      .rewound, subject: "\(main.branch) from \(dropped.short) to \(main.judged.short)",
      body: "The dropped tip is kept under refs/headway/rescued/.",
      trailers: [.init(.cause, main.judged)], files: [.main(main)])
  }

  /// An incident whose cause went away by itself.
  package static func answered(
    _ incident: IncidentRecord, at time: Instant, why: String = "what it named is no more so"
  ) -> LedgerEntry {
    var incident = incident
    incident.cleared = .init(by: "headway", at: time, why: why)
    return LedgerEntry(
      .cleared, subject: "\(incident.id) answered itself: \(why)",
      trailers: [.init(.incident, incident.id)], files: [.incident(incident)])
  }

  /// Another probe came to nothing; the next one comes later.
  package static func probed(_ incident: IncidentRecord) -> LedgerEntry {
    LedgerEntry(
      .incident, subject: "\(incident.id) goes on",
      body: "Probes that came to nothing: \(incident.breaker?.probes ?? 0). "
        + "The next one: \(incident.breaker?.probe?.description ?? "none").",
      trailers: [.init(.incident, incident.id)], files: [.incident(incident)])
  }

  package static func incident(_ incident: IncidentRecord) -> LedgerEntry {
    LedgerEntry(
      .incident, subject: incident.id, body: "\(incident.reason)\nAnswer: \(incident.answer)",
      trailers: [.init(.incident, incident.id)], files: [.incident(incident)])
  }
}
