extension Pipeline {
  package static let schema = Schema.object(
    ObjectSchema([
      .schemaReference,
      .required("name", .text(.name), "the name that briefs use; also the file's name"),
      .optional("on", triggerSchema, or: ["briefs": true], "what sets it going"),
      .optional(
        "publishes", .list(of: .text(.folder)),
        "the folders on main that its proposals may write to"),
      .optional(
        "parameters", .map(keys: .variable, of: parameterSchema),
        "values that a brief may or must give"),
      .required("tasks", .map(keys: .name, of: taskSchema), "the tasks, by name"),
      .optional(
        "compensations", .map(keys: .name, of: compensationSchema),
        "what undoes external effects, by name"),
      .optional(
        "limits",
        .object(
          ObjectSchema([
            .optional("runCost", .text(.money), "money for one run, instead of the project's"),
            .optional("dayCost", .text(.money), "money for all its runs of one day, UTC"),
          ])), "upper bounds of its own"),
    ]))

  private static let triggerSchema = Schema.object(
    ObjectSchema(
      [
        .optional("briefs", .flag, "briefs that name this pipeline"),
        .optional("paths", .text(.pattern), "changed files that match"),
        .optional("identity", .text(.template), "what makes two changes one run"),
        .optional(
          "onChange", .choice(ChangeRule.allCases.map(\.rawValue)), or: "ignore",
          "what a change does after the run has finished"),
        .optional(
          "settle", .text(.span), "how long a file must stand still; the project's by default"),
        .optional("schedule", .text(.name), "a schedule"),
        .optional("run", .text(.name), "the end of a run of that pipeline"),
        .optional(
          "when", .choice(RunEnd.allCases.map(\.rawValue)), or: "finished", "which end"),
      ], exactlyOne: [["briefs", "paths", "schedule", "run"]]))

  private static let parameterSchema = Schema.object(
    ObjectSchema([
      .required("type", .choice(Parameter.Kind.allCases.map(\.rawValue)), "its type"),
      .optional("default", .anything, "its value when a brief gives none; required without"),
      .optional("doc", .text(.free), "what it means"),
    ]))

  private static let compensationSchema = Schema.object(
    ObjectSchema([
      .required("executor", .text(.name), "who undoes it"),
      .optional("intent", .text(.template), "what is asked"),
      .optional(
        "effect", .choice(Effect.allCases.map(\.rawValue)), "must be what the executor states"),
      .optional("once", .text(.template), "the effect's name, if the executor is external"),
      .optional("risk", .choice(Risk.allCases.map(\.rawValue)), "how much harm it could do"),
    ]))

  private static let risks = Schema.choice(Risk.allCases.map(\.rawValue))

  private static let taskSchema = Schema.object(
    ObjectSchema(workFields + deliveryFields + timeFields))

  private static let workFields: [FieldSchema] = [
    .required("executor", .text(.name), "who does the work"),
    .optional(
      "each",
      .either([
        .text(.template),
        .object(
          ObjectSchema(
            [
              .optional(
                "files", .either([.text(.template), .list(of: .text(.template), atLeast: 1)]),
                "files on main: paths and patterns such as `claims/*.json`"),
              .optional(
                "output", .text(.line),
                "a list that an earlier task delivers: `triage/claims.json`, a field of it as "
                  + "`triage/claims.json:open`, or the lines of a text as `triage/claims.txt`"),
            ], exactlyOne: [["files", "output"]])),
      ]),
      "a list parameter as `{{name}}`, files, or an earlier task's output: one task for each item"
    ),
    .optional(
      "max", .integer(1...10_000), "the most tasks that `each` may make; more are refused"),
    .optional("after", .list(of: .text(.name)), "the tasks whose end it waits for"),
    .optional(
      "when", .choice(JoinRule.allCases.map(\.rawValue)), or: "all-succeeded",
      "which ends of those let it start"),
    .optional(
      "if", .text(.line),
      "a parameter, or a JSON field as `task/output.json:field`, compared with a literal; "
        + "where it does not hold, the task is skipped"),
    .optional("intent", .text(.template), "what is asked; a template"),
    .optional(
      "inputs",
      .list(
        of: .object(
          ObjectSchema(
            [
              .optional(
                "files", .either([.text(.template), .list(of: .text(.template), atLeast: 1)]),
                "files on main: paths, patterns such as `sources/*.md`, or a list parameter"),
              .optional("recall", .text(.template), "memory that fits this text"),
              .optional(
                "result", .text(.path),
                "what the run that set this one going delivered: `article.md`, or "
                  + "`edit/article.md`; left out where it did not"),
              .optional("tokens", .integer(1...1_000_000), or: 2_000, "how much memory"),
            ], exactlyOne: [["files", "recall", "result"]]))),
      "what it reads besides the results of `after`"),
    .optional(
      "effect", .choice(Effect.allCases.map(\.rawValue)), "must be what the executor states"),
    .optional(
      "once", .text(.template), "the effect's name; required if the executor is external"),
    .optional("compensate", .text(.name), "the compensation that undoes it"),
    .optional("risk", risks, or: "low", "how much harm it could do"),
  ]

  private static let deliveryFields: [FieldSchema] = [
    .optional(
      "outputs",
      .map(
        keys: .path,
        of: .object(
          ObjectSchema([
            .optional(
              "checks", .list(of: .text(.check)),
              "`grounded`, `style`, or `words`, `characters` or `lines` compared with a number"),
            .optional("schema", .text(.path), "a JSON Schema that it must satisfy"),
            .optional("optional", .flag, or: false, "whether it may be missing"),
            .optional(
              "kind", .choice(OutputTemplate.Kind.allCases.map(\.rawValue)), or: "text",
              "which size limit holds"),
          ]))), "what it delivers, by file name"),
    .optional(
      "propose", .map(keys: .path, of: .text(.template)),
      "outputs of earlier tasks, and where on main they are proposed"),
    .optional(
      "approval",
      .object(
        ObjectSchema([
          .optional("role", .text(.role), "who may approve; else the executor's role"),
          .optional("count", .integer(1...20), or: 1, "how many distinct persons"),
          .optional("within", .text(.span), or: "7d", "how long the proposal stands"),
          .optional("risk", risks, "raises the task's risk"),
          .optional(
            "distinctFrom", .choice(["requester"]), "who must not be among them"),
        ])), "whose signatures it needs"),
    .optional(
      "onReject",
      .object(
        ObjectSchema([
          .required("retry", .text(.name), "the earlier task that is done again"),
          .optional("times", .integer(1...20), or: 1, "how often at most"),
        ])), "what a rejection sets going"),
    .optional(
      "onExhausted", .choice(ExhaustionRule.allCases.map(\.rawValue)), or: "hold",
      "what becomes of it when no attempt is left"),
  ]

  private static let limitsSchema = Schema.object(
    ObjectSchema([
      .optional("cost", .text(.money), "money for all its attempts together"),
      .optional(
        "concurrency", .map(keys: .template, of: .integer(1...256)),
        "attempts under way at most, by key; keys are templates such as `customer:{{customer}}`"),
      .optional(
        "quotas",
        .list(
          of: .object(
            ObjectSchema([
              .required("name", .text(.name), "what is counted"),
              .optional("key", .text(.template), or: "", "for whom; a template"),
              .optional("amount", .integer(1...1_000_000), or: 1, "units that one start takes"),
              .required("limit", .integer(1...1_000_000_000), "units in a window"),
              .required(
                "window",
                .object(
                  ObjectSchema(
                    [
                      .optional("sliding", .text(.span), "a length of time up to now"),
                      .optional(
                        "calendar", .choice(QuotaWindow.CalendarUnit.allCases.map(\.rawValue)),
                        "the current one"),
                      .optional("tz", .text(.zone), "where it begins; else the project's zone"),
                    ], exactlyOne: [["sliding", "calendar"]])), "over which time"),
              .optional(
                "onExceed", .choice(ExceedRule.allCases.map(\.rawValue)), or: "wait",
                "what becomes of the task when they are used up"),
            ]))), "units by key in a window of time"),
    ]))

  private static let timeFields: [FieldSchema] = [
    .optional(
      "estimate",
      .object(
        ObjectSchema([
          .optional("duration", .text(.span), "time"), .optional("cost", .text(.money), "money"),
        ])), "what one attempt will probably take"),
    .optional(
      "retry",
      .object(
        ObjectSchema([
          .optional("attempts", .integer(1...100), or: 5, "attempts in all"),
          .optional("base", .text(.span), or: "15s", "the first pause"),
          .optional("factor", .integer(1...10), or: 2, "how pauses grow"),
          .optional("cap", .text(.span), or: "1h", "the longest pause"),
        ])), "how failed attempts are repeated"),
    .optional(
      "timeouts",
      .object(
        ObjectSchema([
          .optional("start", .text(.span), "from ready to started"),
          .optional(
            "run", .text(.span), "one attempt; else four times what is usual, 10m at least"),
          .optional("finish", .text(.span), "from admission to settled"),
          .optional("grace", .text(.span), or: "10s", "from asking it to end to ending it"),
        ])), "after which time it is ended"),
    .optional("limits", limitsSchema, "upper bounds of its own"),
    .optional(
      "sla",
      .object(ObjectSchema([.required("finish", .text(.span), "from admission to settled")])),
      "what is promised; missing it is told"),
    .optional("priority", .integer(0...100), "instead of the brief's"),
    .optional(
      "deadline", .text(.template), "a date or moment instead of the brief's due; a template"),
  ]
}
