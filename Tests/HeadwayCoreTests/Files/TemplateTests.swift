import HeadwayCore
import Testing

@Suite struct TemplateTests {
  static let scope = Scope([
    "title": "A & B <c>", "words": 900, "due": nil, "list": ["x", "y"], "on": true,
    "trick": "{{words}}", "json": ["id": 42, "name": "n"],
  ])

  static let rendered: [(String, String)] = [
    ("plain", "plain"), ("{{title}}!", "A & B <c>!"), ("{{ words }} words", "900 words"),
    ("due {{due}}.", "due ."), ("{{list}} all", "x, y all"),
    ("{{#list}}<{{.}}>{{/list}}", "<x><y>"),
    ("{{#on}}yes{{/on}}{{^on}}no{{/on}}", "yes"), ("{{^due}}no date{{/due}}", "no date"),
    ("{{trick}} stays", "{{words}} stays"), ("case {{json.id}}", "case 42"),
    ("a{{! nothing }}b", "ab"),
  ]

  @Test(arguments: rendered)
  func renders(_ text: String, _ expected: String) throws {
    #expect(try Template(text).render(in: Self.scope) == expected)
  }

  @Test func exactNamesKeepTheirType() throws {
    #expect(try Template("{{words}}").value(in: Self.scope) == 900)
    #expect(try Template("{{ list }}").value(in: Self.scope) == ["x", "y"])
    #expect(try Template("{{due}}").value(in: Self.scope) == .null)
    #expect(try Template(" {{words}}").value(in: Self.scope) == " 900")
    #expect(try Template("{{words}}{{words}}").value(in: Self.scope) == "900900")
  }

  static let refused: [(String, String)] = [
    ("{{wrods}}", "`{{wrods}}`: no such name | did you mean `words`?"),
    ("x {{json.nmae}}", "`{{json.nmae}}`: no such name | did you mean `json.name`?"),
    ("{{> file}}", "templates have no partials"),
    ("{{$ block}}", "templates have no partials"),
    ("{{=<% %>=}}", "templates cannot change their own syntax"),
    ("{{% CONTENT_TYPE:HTML}}", "templates cannot change their own syntax"),
    (
      "{{{title}}}",
      "`{{{title`: write `{{name}}` | nothing is escaped, so there is nothing to switch off"
    ),
    ("{{title", "`{{` has no closing `}}`"),
    (
      "{{}}",
      "`{{}}` is not a name | names are letters, digits, `_` and `-`, with `.` between parts"
    ),
    (
      "{{upper(title)}}",
      "`{{upper(title)}}` is not a name | names are letters, digits, `_` and `-`, with `.` between parts"
    ),
    ("{{#on}}", "the template's sections do not match | every `{{#name}}` needs its `{{/name}}`"),
    (
      "{{#on}}{{/due}}",
      "the template's sections do not match | every `{{#name}}` needs its `{{/name}}`"
    ),
  ]

  @Test(arguments: refused)
  func refuses(_ text: String, _ expected: String) {
    do throws(TemplateFault) {
      _ = try Template(text).render(in: Self.scope)
      Issue.record("rendered")
    } catch {
      #expect(error.message + (error.hint.map { " | \($0)" } ?? "") == expected)
    }
  }

  @Test func textHasNoFieldsWhateverReflectionSays() {
    for text in ["x {{title.count}}", "x {{title._guts}}", "x {{list.first}}"] {
      #expect(throws: TemplateFault.self) { try Template(text).render(in: Self.scope) }
    }
  }

  @Test func knowsTheNamesThatItUses() throws {
    let template = try Template("{{title}} {{#list}}{{.}}{{title}}{{/list}} {{json.id}}")
    #expect(template.names == ["title", "list", ".", "json.id"])
  }

  @Test func sectionsCannotNestWithoutEnd() {
    let text = String(repeating: "{{#on}}", count: 5_000)
    #expect(throws: TemplateFault.self) { try Template(text) }
  }
}
