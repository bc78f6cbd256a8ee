/// Reads one file into a value and collects what is wrong with it on the way.
package struct FileReading {
  package let file: FilePath
  package private(set) var diagnostics: [Diagnostic] = []

  package init(_ file: FilePath) { self.file = file }

  package mutating func report(
    _ message: String, at mark: Mark?, hint: String? = nil,
    severity: Diagnostic.Severity = .error
  ) {
    diagnostics.append(
      Diagnostic(
        file: file.text, mark: mark, severity: severity, message: message, hint: hint))
  }

  package mutating func report(_ fault: ReadFault) {
    report(fault.message, at: fault.mark, hint: fault.hint)
  }

  /// The fields of `node`, or `nil` after telling every way in which it breaks the schema.
  package mutating func record(_ node: Node, _ schema: Schema) -> Record? {
    var check = SchemaCheck()
    check.check(node, against: schema, label: "")
    for finding in check.findings {
      report(finding.message, at: finding.mark, hint: finding.hint)
    }
    return check.findings.isEmpty ? Record(node) : nil
  }
}

/// The fields of an object that its schema has approved; a field that is `null` is absent.
package struct Record {
  package let node: Node
  private let fields: [String: Node]

  package init(_ node: Node) {
    self.node = node
    fields = Dictionary(
      (node.fields ?? []).filter { !$0.value.isNull }.map { ($0.key, $0.value) }
    ) { first, _ in first }
  }

  package subscript(field: String) -> Node? { fields[field] }

  package func mark(_ field: String) -> Mark { fields[field]?.mark ?? node.mark }

  package func text(_ field: String) -> String? { fields[field]?.text }
  package func flag(_ field: String) -> Bool? { fields[field]?.flag }
  package func integer(_ field: String) -> Int? { fields[field]?.integer.flatMap(Int.init) }
  package func record(_ field: String) -> Record? { fields[field].map(Record.init) }
  package func name(_ field: String) -> Name? { text(field).flatMap(Name.init) }
  package func span(_ field: String) -> Span? { text(field).flatMap(Span.init) }
  package func money(_ field: String) -> Money? { text(field).flatMap(Money.init) }
  package func instant(_ field: String) -> Instant? { text(field).flatMap(Instant.init(iso:)) }

  package func bytes(_ field: String) -> ByteCount? {
    text(field).flatMap(ByteCount.init(text:))
  }

  package func path(_ field: String) -> FilePath? { text(field).flatMap(FilePath.init(checked:)) }

  package func choice<Choice: RawRepresentable<String>>(_ field: String) -> Choice? {
    text(field).flatMap(Choice.init(rawValue:))
  }

  package func texts(_ field: String) -> [String] {
    fields[field]?.elements?.compactMap(\.text) ?? []
  }

  package func names(_ field: String) -> [Name] { texts(field).compactMap(Name.init) }

  /// Whole numbers by a key that the author chose.
  package func counts(_ field: String) -> [String: Int] {
    Dictionary(
      entries(field).compactMap { entry in
        entry.value.integer.flatMap(Int.init).map { (entry.key, $0) }
      }
    ) { first, _ in first }
  }

  package func records(_ field: String) -> [Record] {
    fields[field]?.elements?.map(Record.init) ?? []
  }

  /// The keys of an object chosen by its author, as they were written.
  package func entries(_ field: String) -> [Node.Field] { fields[field]?.fields ?? [] }
}

extension FilePath {
  /// The path that a checked field holds, or `nil`.
  package init?(checked text: String) {
    do { try self.init(text) } catch { return nil }
  }
}
