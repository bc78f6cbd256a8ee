import HeadwayCore

/// A commit's tree written down as text, small and complete unless a test changes it.
struct SampleTree {
  var files: [String: String] = [
    "headway.json":
      #"{ "format": 1, "name": "studio", "timeZone": "Europe/Berlin", "solo": true }"#,
    "people/dana.json": """
    { "name": "dana", "emails": ["dana@example.org"], "roles": ["creator", "admin"],
      "keys": [{ "ssh": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbc dana", "until": null }] }
    """,
    "executors/writer.json": """
    { "name": "writer", "kind": "model", "models": ["builtin/extractive"],
      "system": "prompts/writer.md" }
    """,
    "executors/creator.json": #"{ "name": "creator", "kind": "person", "role": "creator" }"#,
    "executors/publish.json": """
    { "name": "publish", "kind": "command", "run": ["python3", "executors/publish.py"],
      "effect": "external", "environment": { "TOKEN": { "from": "SITE_TOKEN", "secret": true } } }
    """,
    "executors/publish.py": "print('hello')\n",
    "prompts/writer.md": "Write plainly.\n",
    "sources/one.md": "One.\n",
    "sources/two.md": "Two.\n",
    "pipelines/article.json": Self.pipeline,
    "briefs/launch.md": """
    ---
    pipeline: article
    title: Yes
    due: 2026-12-01
    priority: 70
    audience: 12000
    sources: [sources/one.md, "sources/two.md"]
    ---
    A short article.
    """,
  ]
  var modes: [String: FileMode] = [:]

  static let pipeline = """
    {
      "name": "article",
      "publishes": ["content/"],
      "parameters": {
        "audience": { "type": "integer", "default": 1000 },
        "sources": { "type": "array" }
      },
      "tasks": {
        "draft": { "executor": "writer", "intent": "Write {{title}} for {{audience}} people.",
                   "inputs": [{ "files": "{{sources}}" }, { "recall": "{{title}}", "tokens": 300 }],
                   "outputs": { "draft.md": { "checks": ["words >= 600", "grounded"] } } },
        "approve": { "after": ["draft"], "executor": "creator",
                     "propose": { "draft.md": "content/{{slug}}.md" },
                     "approval": { "count": 1, "risk": "medium" },
                     "onReject": { "retry": "draft", "times": 2 } },
        "publish": { "after": ["approve"], "executor": "publish", "once": "publish:{{slug}}" }
      }
    }
    """

  static func blob(_ text: String) -> BlobID {
    BlobID(unchecked: Digest(of: text.utf8).prefix(40))
  }

  /// The sample with one text replaced inside of one file.
  func replacing(_ old: String, with new: String, in file: String) -> SampleTree {
    var copy = self
    copy.files[file] = files[file]?.replacing(old, with: new)
    return copy
  }

  func with(_ file: String, _ text: String?) -> SampleTree {
    var copy = self
    copy.files[file] = text
    return copy
  }

  func project() throws -> Project {
    var listing: [FilePath: ListedFile] = [:]
    var entries: [FilePath: FileEntry] = [:]
    for (name, text) in files {
      let path = try FilePath(name)
      let mode = modes[name] ?? .regular
      listing[path] = ListedFile(mode: mode, blob: Self.blob(text))
      guard ProjectFile(at: path) != nil else { continue }
      entries[path] = FileEntry(mode: mode, blob: Self.blob(text), bytes: Array(text.utf8))
    }
    return Project.read(files: entries, listing: listing)
  }

  func diagnostics() throws -> [String] { try project().diagnostics.map(\.description) }

  static let anchor = CommitID(unchecked: String(repeating: "a", count: 40))
  static let programs = TreeID(unchecked: String(repeating: "b", count: 40))

  func plan(
    _ brief: String = "briefs/launch.md", isTaken: (RunID) -> Bool = { _ in false }
  ) throws -> RunPlan {
    let path = try FilePath(brief)
    return try Expansion(
      project: project(),
      identity: RunIdentity(anchor: Self.anchor, brief: path, generation: 1),
      programs: Self.programs
    ).expand(brief: path, isTaken: isTaken)
  }

  /// What stands in the way of a plan.
  func refusal(_ brief: String = "briefs/launch.md") throws -> [String] {
    do {
      _ = try plan(brief)
      return []
    } catch let refusal as Expansion.Refusal {
      return refusal.diagnostics.map(\.description)
    }
  }
}
