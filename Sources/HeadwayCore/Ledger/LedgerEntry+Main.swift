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
  package static func answered(_ incident: IncidentRecord, at time: Instant) -> LedgerEntry {
    var incident = incident
    incident.cleared = .init(by: "headway", at: time)
    return LedgerEntry(
      .cleared, subject: "\(incident.id) answered itself", body: "What it named is no more so.",
      trailers: [.init(.incident, incident.id)], files: [.incident(incident)])
  }

  package static func incident(_ incident: IncidentRecord) -> LedgerEntry {
    LedgerEntry(
      .incident, subject: incident.id, body: "\(incident.reason)\nAnswer: \(incident.answer)",
      trailers: [.init(.incident, incident.id)], files: [.incident(incident)])
  }
}
