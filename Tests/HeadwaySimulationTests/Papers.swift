import HeadwayCore
import HeadwayTestSupport

/// The files that people write in a history: settings, executors, pipelines with random graphs,
/// and briefs.
struct Papers {
  /// What a history is about; some things cost too much to be in each.
  struct Theme {
    /// People with keys are asked to approve.
    var hasApprovals: Bool
    var hasMoney: Bool
    var tellsNews: Bool
    /// Runs begin by a schedule, by changed files and after other runs, and not by briefs alone.
    var hasTriggers: Bool
  }

  let theme: Theme
  var concurrency = 2
  /// In cents.
  var runCost = 100
  var dayCost = 150

  /// Those that briefs name.
  private static let asked = ["alpha", "beta", "gamma"]
  /// Those that start by themselves, with what starts them.
  static let triggered = [
    "claim": #""paths": "claims/*.json", "identity": "{{json.id}}""#,
    "clock": #""schedule": "clock""#,
    "chain": #""run": "alpha""#,
  ]

  var pipelines: [String] {
    Self.asked + (theme.hasTriggers ? Self.triggered.keys.sorted() : [])
  }

  var settings: String {
    """
    { "format": 1, "name": "simulation", "timeZone": "Europe/Berlin", "currency": "USD",
      "trust": "open", "solo": true, "durability": "process", "settle": "20s",
      \(theme.tellsNews ? #""notify": "herald", "# : "")"limits": {
        "concurrency": \(concurrency), "runCost": "\(Self.money(runCost))",
        "dayCost": "\(Self.money(dayCost))" } }

    """
  }

  static func money(_ cents: Int) -> String {
    "\(cents / 100).\(cents % 100 / 10)\(cents % 10) USD"
  }

  func first(_ random: inout SeededGenerator) -> [String: String?] {
    var files: [String: String?] = [
      "headway.json": settings,
      "executors/worker.json": #"{ "name": "worker", "kind": "command", "run": ["true"] }"#,
      "executors/clerk.json":
        #"{ "name": "clerk", "kind": "command", "run": ["true"], "concurrency": 1, "rate": { "count": 4, "per": "10m", "burst": 2 } }"#,
      "executors/herald.json": #"{ "name": "herald", "kind": "command", "run": ["true"] }"#,
      "executors/publisher.json":
        #"{ "name": "publisher", "kind": "command", "run": ["true"], "reconcile": ["true"], "effect": "external" }"#,
    ]
    if theme.hasTriggers { files["schedules/clock.json"] = schedule(&random) }
    if theme.hasMoney {
      files["executors/writer.json"] =
        #"{ "name": "writer", "kind": "model", "models": ["acme/large"], "output": 1000 }"#
      files["models/acme-large.json"] = """
        { "name": "acme/large", "provider": "openai-chat", "endpoint": "http://127.0.0.1:9/v1",
          "windows": { "input": 50000, "output": 1000 },
          "prices": [{ "from": "2020-01-01", "currency": "USD",
                       "tiers": [{ "input": "4.00", "output": "100.00" }] }] }

        """
    }
    if theme.hasApprovals {
      files["executors/creator.json"] =
        #"{ "name": "creator", "kind": "person", "role": "creator" }"#
      files["people/dana.json"] = """
        { "name": "dana", "emails": ["dana@example.org"], "roles": ["creator", "admin"],
          "level": 3, "keys": [{ "ssh": "\(Pen.publicKey)", "from": "2020-01-01T00:00:00Z" }] }

        """
    }
    return files
  }

  /// A pipeline with a random graph; the same name stands for another graph after an edit.
  ///
  /// With `isAsked` it waits for briefs, whatever would start it otherwise.
  func pipeline(
    _ name: String, _ random: inout SeededGenerator, isAsked: Bool = false
  ) -> String {
    let count = 1 + random.below(5)
    var tasks: [String] = []
    var outputs: [Int: String] = [:]
    // Tasks that deliver a number, too.
    var figures: Set<Int> = []
    // Tasks that deliver a list, which later ones go over.
    var lists: [Int] = []
    for index in 0..<count {
      let after = (0..<index).filter { _ in random.onceIn(2) }
      if theme.hasApprovals, !after.isEmpty, random.onceIn(3),
        let source = after.last(where: { outputs[$0] != nil })
      {
        tasks.append(approval(index, after: after, of: source, outputs[source] ?? "", &random))
        continue
      }
      let isEach = random.onceIn(lists.isEmpty ? 5 : 2)
      let list = isEach ? lists.last : nil
      // Only a task for the same item may propose what one for an item made.
      if !isEach { outputs[index] = "o\(index).md" }
      let condition = condition(after: after.filter(figures.contains), &random)
      let hasFigures = !isEach && random.onceIn(3)
      if hasFigures { figures.insert(index) }
      let hasList = !isEach && random.onceIn(3)
      if hasList { lists.append(index) }
      tasks.append(
        work(
          index, after: after, isEach: isEach, over: list,
          delivering: (hasFigures ? ["d\(index).json"] : []) + (hasList ? ["l\(index).txt"] : []),
          if: condition, &random))
    }
    let undos = Self.undos.filter { name, _ in
      tasks.contains { $0.contains("\"compensate\": \"\(name)\"") }
    }
    return """
      { "name": "\(name)", "publishes": ["content/"],\(trigger(of: name, isAsked, &random))
        "parameters": { "items": { "type": "array", "default": ["north"] },
                        "size": { "type": "integer", "default": 2 } },
        "compensations": { \(undos.map { $0.text }.joined(separator: ", ")) }, "tasks": {
      \(tasks.joined(separator: ",\n")) } }

      """
  }

  /// What undoes effects; the second those of tasks for items.
  private static let undos = [
    (name: "undo", text: #""undo": { "executor": "publisher", "once": "undo {{slug}}" }"#),
    (
      name: "undo-each",
      text: #""undo-each": { "executor": "publisher", "once": "undo {{slug}} {{instance}}" }"#
    ),
  ]

  private func work(
    _ index: Int, after: [Int], isEach: Bool, over list: Int?, delivering others: [String],
    if condition: String?, _ random: inout SeededGenerator
  ) -> String {
    let more = others.map { #", "\#($0)": {}"# }.joined()
    var executors = ["worker", "worker", "clerk", "publisher"]
    if theme.hasMoney { executors += ["writer", "writer"] }
    let executor = random.pick(executors)
    var fields = [
      #""executor": "\#(executor)""#, #""outputs": { "o\#(index).md": {}\#(more) }"#,
    ]
    if let condition { fields.append(#""if": "\#(condition)""#) }
    fields.append(#""intent": "Work \#(random.below(3)) on {{title}}.""#)
    if let list {
      fields.append(#""each": { "output": "t\#(list)/l\#(list).txt" }, "max": 3"#)
    } else if isEach {
      fields.append(#""each": "{{items}}""#)
    }
    if !after.isEmpty {
      fields.append(#""after": [\#(after.map { "\"t\($0)\"" }.joined(separator: ", "))]"#)
      let rules = ["all-succeeded", "all-succeeded", "all-done", "any-succeeded", "any-failed"]
      fields.append(#""when": "\#(random.pick(rules))""#)
    }
    if executor == "publisher" {
      // Few keys, so that runs meet at them.
      let keys =
        isEach ? ["{{instance}}", "{{slug}} {{instance}}"] : ["one", "{{slug}}", "two"]
      fields.append(#""effect": "external", "once": "\#(random.pick(keys))""#)
      if random.onceIn(2) {
        fields.append(#""compensate": "\#(isEach ? "undo-each" : "undo")""#)
      }
    }
    if random.onceIn(8) { fields.append(quota(&random)) }
    if random.onceIn(2) { fields.append(#""retry": { "attempts": \#(1 + random.below(3)) }"#) }
    if random.onceIn(6) {
      fields.append(#""timeouts": { "finish": "\#(random.pick(["30m", "2h", "20h"]))" }"#)
    }
    if random.onceIn(3) { fields.append(#""onExhausted": "fail""#) }
    return #"  "t\#(index)": { \#(fields.joined(separator: ", ")) }"#
  }

  private func approval(
    _ index: Int, after: [Int], of source: Int, _ output: String, _ random: inout SeededGenerator
  ) -> String {
    let names = after.map { "\"t\($0)\"" }.joined(separator: ", ")
    let again = random.onceIn(2) ? #", "onReject": { "retry": "t\#(source)", "times": 2 }"# : ""
    return """
        "t\(index)": { "executor": "creator", "after": [\(names)],
          "propose": { "\(output)": "content/{{slug}}-\(index).md" },
          "approval": { "role": "creator", "count": 1, "within": "7d", "risk": "low" }\(again) }
      """
  }

  static let items = ["north", "south", "east", "far away"]

  func brief(_ number: Int, _ random: inout SeededGenerator) -> String {
    var fields = [
      "pipeline: \(random.pick(Self.asked))", "title: Brief \(number)",
      "priority: \(random.pick([10, 50, 50, 75, 95]))",
      "size: \(random.below(5))",
      "items: [\(Self.items.filter { _ in random.onceIn(2) }.joined(separator: ", "))]",
    ]
    if random.onceIn(3) { fields.append("budget: \(Self.money(30 + random.below(150)))") }
    if random.onceIn(4) { fields.append("due: 2026-11-\(26 + random.below(4))T12:00:00+01:00") }
    return (["---"] + fields + ["---", "Say it in \(random.below(4)) words.", ""])
      .joined(separator: "\n")
  }

  /// A file that cannot be read, for as long as nobody mends it.
  static let broken = "{ \"name\": "
}
