/// The files of a workshop's project.
enum Project {
  static let settings = """
    { "format": 1, "name": "studio", "timeZone": "UTC", "currency": "USD", "trust": "open",
      "solo": true, "durability": "process", "settle": "20s",
      "limits": { "concurrency": 2, "runCost": "1.00 USD", "dayCost": "1.50 USD" } }

    """

  /// Two tasks without any effect.
  static let note = """
    { "name": "note", "parameters": { "words": { "type": "integer", "default": 100 } },
      "tasks": {
        "gather": { "executor": "writer", "intent": "Gather for {{title}}.", "outputs": { "notes.md": {} } },
        "write": { "after": ["gather"], "executor": "editor", "intent": "Write {{words}} words.",
                   "outputs": { "note.md": {} } } } }

    """

  /// The main job.
  static let article = """
    { "name": "article", "publishes": ["content/"],
      "tasks": {
        "draft": { "executor": "writer", "intent": "Draft {{title}}.", "outputs": { "draft.md": {} } },
        "edit": { "after": ["draft"], "executor": "editor", "outputs": { "article.md": {} } },
        "approve": { "after": ["edit"], "executor": "creator",
                     "propose": { "article.md": "content/{{slug}}.md" },
                     "approval": { "role": "creator", "count": 1, "within": "7d", "risk": "medium" },
                     "onReject": { "retry": "draft", "times": 2 } },
        "publish": { "after": ["approve"], "executor": "publish", "effect": "external",
                     "once": "publish:{{slug}}", "outputs": { "receipt.json": {} } } } }

    """

  /// As `article`, with two approvers.
  static let pair = """
    { "name": "pair", "publishes": ["content/"],
      "tasks": {
        "draft": { "executor": "writer", "outputs": { "draft.md": {} } },
        "approve": { "after": ["draft"], "executor": "creator",
                     "propose": { "draft.md": "content/{{slug}}.md" },
                     "approval": { "count": 2 } },
        "publish": { "after": ["approve"], "executor": "publish", "effect": "external",
                     "once": "publish:{{slug}}", "outputs": { "receipt.json": {} } } } }

    """

  /// An external effect that nobody has to approve.
  static let announce = """
    { "name": "announce",
      "tasks": {
        "draft": { "executor": "writer", "outputs": { "draft.md": {} } },
        "publish": { "after": ["draft"], "executor": "publish", "effect": "external",
                     "once": "announce:{{slug}}", "outputs": { "receipt.json": {} } } } }

    """

  /// Work that costs money.
  static let paid = """
    { "name": "paid",
      "tasks": {
        "think": { "executor": "thinker", "outputs": { "thought.md": {} } },
        "more": { "after": ["think"], "executor": "thinker", "outputs": { "more.md": {} } } } }

    """

  static let files = [
    "headway.json": settings, "pipelines/note.json": note, "pipelines/article.json": article,
    "pipelines/pair.json": pair, "pipelines/announce.json": announce,
    "pipelines/paid.json": paid,
    "executors/creator.json": #"{ "name": "creator", "kind": "person", "role": "creator" }"#,
    "executors/writer.json": command("writer", "write.sh"),
    "executors/editor.json": command("editor", "write.sh"),
    "executors/publish.json": """
    { "name": "publish", "kind": "command", "run": ["sh", "executors/publish.sh"],
      "effect": "external", "environment": { "RECORDER": { "from": "RECORDER" } } }

    """,
    "executors/write.sh": writer, "executors/publish.sh": publisher,
    "executors/thinker.json": """
    { "name": "thinker", "kind": "model", "models": ["acme/large"], "output": 1000 }

    """,
    "models/acme-large.json": """
    { "name": "acme/large", "provider": "openai-chat", "endpoint": "http://127.0.0.1:9/v1",
      "windows": { "input": 100000, "output": 1000 },
      "prices": [{ "from": "2020-01-01", "currency": "USD",
                   "tiers": [{ "input": "4.00", "output": "100.00" }] }] }

    """,
  ]

  private static func command(_ name: String, _ script: String) -> String {
    #"{ "name": "\#(name)", "kind": "command", "run": ["sh", "executors/\#(script)"] }"#
  }

  /// As a real process: an output for each task that writes, out of its inputs.
  private static let writer = """
    set -eu
    case $HEADWAY_TASK in gather) name=notes.md ;; write) name=note.md ;; edit) name=article.md ;;
    draft) name=draft.md ;; esac
    { echo "# $HEADWAY_TASK"; cat "$HEADWAY_INPUTS/brief.md"; } >"$HEADWAY_OUTPUT/$name"

    """

  /// As a real process: one line for each effect, outside any repository.
  private static let publisher = """
    set -eu
    echo "$HEADWAY_KEY published" >>"$RECORDER"
    echo '{ "done": true }' >"$HEADWAY_OUTPUT/receipt.json"

    """

  static func brief(
    _ pipeline: String, _ title: String, _ body: String = "Say it plainly.",
    _ fields: [String] = []
  ) -> String {
    (["---", "pipeline: \(pipeline)", "title: \(title)"] + fields + ["---", body, ""])
      .joined(separator: "\n")
  }
}
