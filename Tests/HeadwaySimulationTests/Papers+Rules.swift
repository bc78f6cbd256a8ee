import HeadwayTestSupport

/// What starts work, what it depends on, and how much of it there may be.
extension Papers {
  func trigger(of name: String, _ isAsked: Bool, _ random: inout SeededGenerator) -> String {
    let onChange = random.onceIn(2)
    let end = random.pick(["succeeded", "failed", "finished"])
    guard !isAsked, let trigger = Self.triggered[name] else { return "" }
    let more =
      switch name {
      case "claim": onChange ? #", "onChange": "rerun""# : ""
      case "chain": #", "when": "\#(end)""#
      default: ""
      }
    return #" "on": { \#(trigger)\#(more) },"#
  }

  func schedule(_ random: inout SeededGenerator) -> String {
    let times = [
      #""cron": "0 * * * *""#, #""cron": "30 */6 * * *""#, #""cron": "15 9 * * *""#,
      #""every": "2h""#,
    ]
    let zone = random.pick(["Europe/London", "America/New_York", "Australia/Lord_Howe"])
    let missed = random.pick(["latest", "all", "none"])
    let overlap = random.pick(["skip", "queue", "coalesce", "cancel", "allow"])
    return """
      { "name": "clock", \(random.pick(times)), "timeZone": "\(zone)", "missed": "\(missed)",
        "overlap": "\(overlap)" }

      """
  }

  /// A file that the pipeline `claim` watches.
  func claim(_ number: Int, _ random: inout SeededGenerator) -> String {
    #"{ "id": \#(number % 2), "amount": \#(random.below(4)) }"#
  }

  /// On what a task depends, if on anything; `sources` are tasks that deliver a number.
  func condition(after sources: [Int], _ random: inout SeededGenerator) -> String? {
    let comparison = random.pick([">", "<=", "==", "!="]) + " \(random.below(4))"
    if let source = sources.last, random.onceIn(2) {
      return "t\(source)/d\(source).json:amount \(comparison)"
    }
    return random.onceIn(8) ? "size \(comparison)" : nil
  }

  func quota(_ random: inout SeededGenerator) -> String {
    let rule = random.pick(["wait", "wait", "hold"])
    return #"""
      "limits": { "quotas": [{ "name": "turns", "key": "{{title}}", "limit": \#(1 + random.below(3)),
          "window": { "sliding": "2h" }, "onExceed": "\#(rule)" }] }
      """#
  }
}
