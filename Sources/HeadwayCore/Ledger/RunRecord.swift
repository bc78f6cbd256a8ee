/// `run.json`: one expansion of a pipeline; it holds nothing that changes with each result.
package struct RunRecord: Hashable, Sendable {
  package let id: RunID
  package let slug: String
  package var cause: Cause
  package let generation: Int
  package var pipeline: NamedFile
  /// Never empty; the last one is in force.
  package var revisions: [Revision]
  package var parameters: [String: JSONValue]
  package var title: String
  package var priority: Int
  package var due: Instant?
  package var budget: Money?
  package let admitted: Instant
  /// In the order of expansion; a task's place is its ordinal.
  package var tasks: [Name]
  package var state: State
  /// A person keeps everything of it that has not started from starting.
  package var hold: Hold?
  /// What its templates and tasks were given besides parameters; only where it may grow.
  package var given: Given?

  package enum State: String, Hashable, Sendable {
    case active, succeeded, failed, cancelled
  }

  package struct Cause: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
      case brief, paths, schedule, run, compensation
    }
    package let kind: Kind
    /// What the run's identity hangs on: a brief's path, `<pipeline>:<identity>`,
    /// `<schedule>:<nominal instant>`, `<pipeline>:<causing run>`, or the run that is undone.
    package let path: String
    package let commit: CommitID
    /// The file on main that asks for the run.
    package var file: FilePath?
    /// The run that set it going, by its end or by what it published.
    package let parent: RunID?
    /// How many runs stand between it and people's own doing.
    package let depth: Int

    package init(
      kind: Kind, path: String, commit: CommitID, file: FilePath? = nil, parent: RunID? = nil,
      depth: Int = 0
    ) {
      self.kind = kind
      self.path = path
      self.commit = commit
      self.file = file
      self.parent = parent
      self.depth = depth
    }

    package init(_ occasion: Occasion, commit: CommitID) {
      self.init(
        kind: occasion.kind, path: occasion.source, commit: commit, file: occasion.file.path,
        parent: occasion.parent, depth: occasion.depth)
    }
  }

  package struct NamedFile: Hashable, Sendable {
    package let name: Name
    package let path: FilePath
    package let blob: BlobID

    package init(name: Name, path: FilePath, blob: BlobID) {
      self.name = name
      self.path = path
      self.blob = blob
    }
  }

  package struct Revision: Hashable, Sendable {
    package let number: Int
    package let commit: CommitID
    package let blob: BlobID
    package let at: Instant

    package init(number: Int, commit: CommitID, blob: BlobID, at: Instant) {
      self.number = number
      self.commit = commit
      self.blob = blob
      self.at = at
    }
  }

  package init(
    id: RunID, slug: String, cause: Cause, generation: Int, pipeline: NamedFile,
    revisions: [Revision], parameters: [String: JSONValue], title: String, priority: Int,
    due: Instant?, budget: Money?, admitted: Instant, tasks: [Name], state: State,
    hold: Hold? = nil, given: Given? = nil
  ) {
    self.id = id
    self.slug = slug
    self.cause = cause
    self.generation = generation
    self.pipeline = pipeline
    self.revisions = revisions
    self.parameters = parameters
    self.title = title
    self.priority = priority
    self.due = due
    self.budget = budget
    self.admitted = admitted
    self.tasks = tasks
    self.state = state
    self.hold = hold
    self.given = given
  }

  /// The folder of the run: by the hour that admitted it, so that directories stay small.
  package var folder: String { "runs/\(admitted.hourFolder)/\(id)" }

  /// Whether its revisions are those of a brief.
  package var hasBrief: Bool {
    switch cause.kind {
    case .brief: true
    case .compensation: cause.file.flatMap(ProjectFile.init(at:)) == .brief
    case .paths, .schedule, .run: false
    }
  }

  package func ordinal(of task: Name) -> Int? { tasks.firstIndex(of: task) }
}

extension RunRecord {
  package var json: JSONValue {
    [
      "format": 1, "id": .text(id), "slug": .string(slug),
      "cause": [
        "kind": .string(cause.kind.rawValue), "path": .string(cause.path),
        "commit": .text(cause.commit), "file": .text(cause.file),
        "parent": .text(cause.parent), "depth": .integer(cause.depth),
      ],
      "generation": .integer(generation),
      "pipeline": [
        "name": .text(pipeline.name), "path": .text(pipeline.path), "blob": .text(pipeline.blob),
      ],
      "revisions": .array(
        revisions.map {
          [
            "number": .integer($0.number), "commit": .text($0.commit), "blob": .text($0.blob),
            "at": .text($0.at),
          ]
        }),
      "parameters": .object(parameters), "title": .string(title),
      "priority": .integer(priority), "due": .text(due), "budget": budget?.json ?? .null,
      "admitted": .text(admitted), "tasks": .texts(tasks), "state": .string(state.rawValue),
      "hold": hold?.json ?? .null, "given": given?.json ?? .null,
    ]
  }

  package init(json: JSONValue) throws(RecordFault) {
    let fields = try RecordFields(json, kind: "run", format: 1)
    self.init(
      id: try fields.run("id"), slug: try fields.text("slug"),
      cause: try fields.object("cause") { (cause) throws(RecordFault) in
        Cause(
          kind: try cause.choice("kind", Cause.Kind.self), path: try cause.text("path"),
          commit: try cause.commit("commit"), file: try cause.pathIfAny("file"),
          parent: try cause.runIfAny("parent"), depth: try cause.count("depth"))
      },
      generation: try fields.count("generation"),
      pipeline: try fields.object("pipeline") { (file) throws(RecordFault) in
        NamedFile(
          name: try file.name("name"), path: try file.path("path"), blob: try file.blob("blob"))
      },
      revisions: try fields.objects("revisions") { (revision) throws(RecordFault) in
        Revision(
          number: try revision.count("number"), commit: try revision.commit("commit"),
          blob: try revision.blob("blob"), at: try revision.instant("at"))
      },
      parameters: try fields.map("parameters", "an object") { $0 },
      title: try fields.text("title"), priority: try fields.count("priority"),
      due: try fields.instantIfAny("due"), budget: try fields.moneyIfAny("budget"),
      admitted: try fields.instant("admitted"), tasks: try fields.names("tasks"),
      state: try fields.choice("state", State.self),
      hold: try fields.objectIfAny("hold", Hold.init),
      given: try fields.objectIfAny("given", Given.init))
    guard !revisions.isEmpty else { throw fields.fault("revisions", "is empty") }
  }
}
