import HeadwayCLI
import HeadwayCore
import HeadwayTestSupport
import Testing

/// `compensate` shows first, asks, and undoes only then.
@Suite(.timeLimit(.minutes(10))) struct CompensateTests {
  private static let files = [
    "pipelines/announce.json": """
    { "name": "announce",
      "tasks": { "say": { "executor": "say", "effect": "external", "once": "say:{{slug}}",
                          "compensate": "unsay" } },
      "compensations": { "unsay": { "executor": "say", "once": "unsay:{{slug}}" } } }

    """,
    "executors/say.json": """
    { "name": "say", "kind": "command", "run": ["sh", "executors/say.sh"], "effect": "external" }

    """,
    "executors/say.sh": "exit 0\n",
    "briefs/news.md": "---\npipeline: announce\ntitle: News\n---\nNews.\n",
  ]

  private func announced() async throws -> Workshop {
    let workshop = try await Workshop.open()
    try await workshop.repository.commit("News", Self.files)
    let tick = await workshop.headway("tick", "--now")
    #expect(tick.status == .success, "\(tick.errors)")
    return workshop
  }

  @Test func nothingIsUndoneWithoutAWord() async throws {
    let workshop = try await announced()
    let shown = try await workshop.headway("compensate", "news", "--dry-run", "--json").json
    let effects = try #require(shown["effects"]?.elements)
    #expect(effects.map { $0["compensation"]?.text } == ["unsay"])
    let refused = await workshop.headway("compensate", "news", "--json")
    #expect(refused.status == .usage)
    #expect(refused.output.isEmpty, "what is shown to people does not mix with JSON")
    #expect(refused.errors.contains("unsay by say"))
    #expect(refused.errors.contains("--yes"))
    #expect(try await workshop.headway("compensate", "news", "--dry-run", "--json").json == shown)
  }

  @Test func whatIsUndoneIsSaidSo() async throws {
    let workshop = try await announced()
    let done = await workshop.headway("compensate", "news", "--yes", "--reason", "wrong")
    #expect(done.status == .success, "\(done.errors)")
    let shown = try await workshop.headway("compensate", "news", "--dry-run", "--json").json
    #expect(shown["effects"]?.elements?.map { $0["undone"]?.text } == ["succeeded"])
    let page = await workshop.headway("show", "news/say")
    #expect(page.flat.contains("compensated by undo-news-"))
    let again = await workshop.headway("compensate", "news")
    #expect(again.status == .failed)
    #expect(again.errors.contains("is undone by undo-news-"))
  }
}
