import HeadwayTestSupport
import Testing

@testable import HeadwayCLI

/// The template's program that publishes, run as its executor runs it.
struct PublishTests {
  private func publish(
    _ article: String, key: String, in repository: TemporaryRepository
  ) async throws -> String {
    try repository.write("inputs/approve/article.md", article)
    try repository.write("outputs/.keep", "")
    let program = try #require(Snapshot.root) + "/templates/content-ops/executors/publish.py"
    _ = try await TemporaryRepository.run(
      ["python3", program], in: repository.path,
      input: #"{"run": "launch-3f9c2a", "task": "publish", "key": "\#(key)"}"#,
      variables: [
        "PATH": "/usr/bin:/bin", "HEADWAY_OUTPUT": repository.path + "/outputs",
        "SITE": "site", "SITE_BASE": repository.directory,
      ])
    return repository.directory + "/site"
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try FileSystem.read(path), as: UTF8.self)
  }

  @Test func oneKeyIsOnePublicationWhateverComesAfter() async throws {
    let repository = try await TemporaryRepository()
    let site = try await publish("# First\n\nText.", key: "k1", in: repository)
    let page = try text(site + "/launch.html")
    _ = try await publish("# Second\n\nOther.", key: "k1", in: repository)
    #expect(try text(site + "/launch.html") == page)
    #expect(try text(site + "/published.jsonl").split(separator: "\n").count == 1)

    _ = try await publish("# Second\n\nOther.", key: "k2", in: repository)
    #expect(try text(site + "/launch.html").contains("Second"))
    #expect(try text(site + "/index.html").contains("Second"))
    #expect(try text(site + "/published.jsonl").split(separator: "\n").count == 2)
    #expect(try text(repository.path + "/outputs/receipt.json").contains("\"key\": \"k2\""))
  }

  @Test func sourcesBecomeNotesThatCanBeFollowed() async throws {
    let repository = try await TemporaryRepository()
    let article = "# T\n\nSaid so. [^2]\n\n## Sources\n\n[^1]: One\n[^2]: Two, *here*\n"
    let page = try text(try await publish(article, key: "k", in: repository) + "/launch.html")
    #expect(page.contains("Said so. <sup><a href=\"#note-2\">2</a></sup>"))
    #expect(page.contains("<li id=\"note-2\" value=\"2\">Two, <em>here</em></li>"))
  }

  @Test func anArticleCannotBringItsOwnMarkup() async throws {
    let repository = try await TemporaryRepository()
    let article = """
      # A <script>alert(1)</script>

      [click](javascript:alert(1)) and [home](https://example.org/?a=1&b="2")
      """
    let page = try text(try await publish(article, key: "k", in: repository) + "/launch.html")
    #expect(!page.contains("<script") && !page.contains("href=\"javascript"))
    #expect(!page.contains("b=\"2\""))
  }
}
