import Testing

@testable import HeadwayCore

private func number(_ text: String) throws -> JSONValue { .number(try #require(JSONNumber(text))) }

@Suite struct JSONSchemaTests {
  @Test(arguments: [
    ("100", "0.01", true), ("0.07", "0.01", true), ("0.075", "0.01", false), ("1e3", "10", true),
    ("1e999999", "7", false), ("0", "3", true), ("-9", "3", true), ("4.5", "1.5", true),
    ("1", "1e2", false), ("19.99", "0.01", true),
  ])
  func multiplesAreExact(_ value: String, _ divisor: String, _ isValid: Bool) throws {
    let schema = try JSONSchema(["multipleOf": number(divisor)])
    #expect(try schema.findings(in: number(value)).isEmpty == isValid)
  }

  @Test func comparesNumbersByValue() throws {
    let schema = try JSONSchema(["minimum": number("0.1"), "exclusiveMaximum": number("1e1")])
    for text in ["0.1", "0.10", "1e-1", "9.999999999999999999999"] {
      #expect(try schema.findings(in: number(text)).isEmpty)
    }
    for text in ["0.0999999999999999999", "10.0", "-5", "1e1"] {
      #expect(try !schema.findings(in: number(text)).isEmpty)
    }
    #expect(try JSONSchema(["const": 1]).findings(in: number("1.0")).isEmpty)
    #expect(try JSONSchema(["type": "integer"]).findings(in: number("2.0")).isEmpty)
    #expect(try !JSONSchema(["uniqueItems": true]).findings(in: [1, number("1.0")]).isEmpty)
  }

  @Test func reportsEveryPlace() throws {
    let schema = try JSONSchema([
      "type": "object", "required": ["total", "lines"], "additionalProperties": false,
      "properties": [
        "total": ["type": "number"], "a/b": ["type": "string"],
        "lines": ["type": "array", "items": ["type": "string", "maxLength": 2]],
      ],
    ])
    let findings = schema.findings(in: ["total": "x", "a/b": 1, "lines": ["ok", "long"], "z": 1])
    #expect(
      findings.map(\.description) == [
        "/a~1b must be string, not number", "/lines/1 must have at most 2 characters, has 4",
        "/total must be number, not string", "the value has an unknown member `z`",
      ])
    #expect(schema.findings(in: [:]).map(\.message) == ["must have `total`", "must have `lines`"])
  }

  @Test func combinesSchemas() throws {
    let schema = try JSONSchema([
      "if": ["required": ["card"]], "then": ["required": ["name"]], "else": ["required": ["iban"]],
      "dependentRequired": ["name": ["city"]], "not": ["required": ["secret"]],
      "oneOf": [["required": ["a"]], ["required": ["b"]]], "minProperties": 2,
      "propertyNames": ["pattern": "^[a-z]+$"],
    ])
    #expect(schema.findings(in: ["card": 1, "name": 1, "city": 1, "a": 1]).isEmpty)
    #expect(schema.findings(in: ["iban": 1, "b": 1]).isEmpty)
    #expect(schema.findings(in: ["iban": 1, "a": 1, "b": 1]).count == 1)
    #expect(schema.findings(in: ["iban": 1, "a": 1, "secret": 1]).count == 1)
    #expect(schema.findings(in: ["card": 1, "a": 1, "X": 1]).count == 2)
    let list = try JSONSchema([
      "prefixItems": [["type": "string"]], "items": ["type": "integer"],
      "contains": ["const": 3], "maxContains": 1,
    ])
    #expect(list.findings(in: ["a", 3, 4]).isEmpty)
    #expect(list.findings(in: ["a", 3, 3]).count == 1)
    #expect(list.findings(in: [1, 2]).count == 2)
  }

  @Test func followsReferencesOnlySoDeep() throws {
    let tree = try JSONSchema([
      "$ref": "#/$defs/node",
      "$defs": ["node": ["type": "object", "properties": ["next": ["$ref": "#/$defs/node"]]]],
    ])
    var value: JSONValue = [:]
    for _ in 0..<30 { value = ["next": value] }
    #expect(tree.findings(in: value).isEmpty)
    #expect(tree.findings(in: ["next": ["next": 1]]).map(\.pointer) == ["/next/next"])
    let endless = try JSONSchema(["$ref": "#"])
    #expect(endless.findings(in: 1).count == 1)
    let explosive = try JSONSchema(["anyOf": [["$ref": "#"], ["$ref": "#"]]])
    #expect(!explosive.findings(in: 1).isEmpty)
  }

  @Test(
    arguments: [
      (["typo": 1], "`typo` is no keyword"), (["unevaluatedProperties": false], "not supported"),
      (["type": "text"], "must be one or several of"),
      (["$ref": "#/$defs/x"], "not in this schema"),
      (["$ref": "https://example.org/x"], "not in this schema"),
      (["pattern": "(?=a)"], "look-around"),
      (["format": "ipv4"], "not known"), (["items": 3], "a schema is an object"),
      (["multipleOf": 0], "positive"), (["minLength": -1], "whole number"),
      (["$defs": ["x": ["typo": 1]]], "no keyword"), (["enum": []], "at least one"),
    ] as [(JSONValue, String)])
  func refusesWhatItWouldNotCheck(_ schema: JSONValue, _ reason: String) {
    #expect {
      try JSONSchema(schema)
    } throws: { error in
      "\(error)".contains(reason)
    }
  }

  @Test(arguments: [
    ("date-time", "2026-11-23T10:15:30Z", "2026-11-23 10:15"), ("date", "2024-02-29", "2026-02-29"),
    ("email", "a.b+c@example.org", "a@@example.org"),
    ("uri", "https://example.org/%20", "example.org"),
    ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000"),
  ])
  func assertsFormats(_ format: String, _ good: String, _ bad: String) throws {
    let schema = try JSONSchema(["format": .string(format)])
    #expect(schema.findings(in: .string(good)).isEmpty)
    #expect(!schema.findings(in: .string(bad)).isEmpty)
  }

  @Test(arguments: [
    ("^[A-Z]{2}\\d{3}$", "AB123", true), ("^[A-Z]{2}\\d{3}$", "AB1234", false),
    ("colou?r", "the color", true), ("^(a|bc)+$", "abcbca", true), ("^(a|bc)+$", "abcb", false),
    ("^[^\\d\\s]*$", "ab c", false), ("\\bcat\\b", "a cat!", true), ("\\bcat\\b", "concat", false),
    ("^\\u0041.$", "Aß", true), ("^a{2,}$", "aaa", true), ("^a{2,3}?$", "aaaa", false),
    ("", "x", true),
    ("^[\\w.-]+$", "a_b.c-d", true), ("^$", "", true), ("[a-]", "-", true),
  ])
  func matchesPatterns(_ pattern: String, _ text: String, _ matches: Bool) throws {
    #expect(try SchemaPattern(pattern).matches(text) == matches)
  }

  @Test func noPatternHangs() throws {
    let text = String(repeating: "a", count: 20_000) + "!"
    for pattern in ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*b", "^((a?){20})*$"] {
      #expect(try !SchemaPattern(pattern).matches(text))
    }
    #expect(throws: SchemaPattern.Fault.tooLarge) {
      try SchemaPattern("((((){1000}){1000}){1000}){1000}")
    }
    #expect(throws: SchemaPattern.Fault.tooLarge) { try SchemaPattern("((a{1000}){1000}){1000}") }
    let deep = String(repeating: "(", count: 200) + String(repeating: ")", count: 200)
    #expect(throws: SchemaPattern.Fault.tooDeep) { try SchemaPattern(deep) }
    for bad in ["[", "(", ")", "*", "a**", "a{3,1}", "[z-a]", "\\1", "\\", "a{1"] {
      #expect(throws: SchemaPattern.Fault.self) { try SchemaPattern(bad) }
    }
  }
}
