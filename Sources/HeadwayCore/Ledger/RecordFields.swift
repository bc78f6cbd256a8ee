/// A ledger file that does not hold what its format promises.
package struct RecordFault: Error, Hashable, Sendable, CustomStringConvertible {
  package let kind: String
  package let field: String
  package let problem: String

  package init(kind: String, field: String, problem: String) {
    self.kind = kind
    self.field = field
    self.problem = problem
  }

  package var description: String { "\(kind): `\(field)` \(problem)" }
}

/// The fields of one JSON object of the ledger, read strictly: a wrong type is never a default.
struct RecordFields {
  let kind: String
  private let fields: [String: JSONValue]

  init(_ value: JSONValue, kind: String) throws(RecordFault) {
    guard case .object(let fields) = value else {
      throw RecordFault(kind: kind, field: "", problem: "is not an object")
    }
    self.kind = kind
    self.fields = fields
  }

  /// Refuses a record that a later format wrote.
  init(_ value: JSONValue, kind: String, format: Int64) throws(RecordFault) {
    try self.init(value, kind: kind)
    let found = try integer("format")
    guard found == format else { throw fault("format", "is \(found), not \(format)") }
  }

  func fault(_ field: String, _ problem: String) -> RecordFault {
    RecordFault(kind: kind, field: field, problem: problem)
  }

  subscript(key: String) -> JSONValue? {
    guard let value = fields[key], value != .null else { return nil }
    return value
  }

  func required<Value>(
    _ key: String, _ expectation: String, _ read: (JSONValue) -> Value?
  ) throws(RecordFault) -> Value {
    guard let value = self[key] else { throw fault(key, "is missing") }
    guard let result = read(value) else { throw fault(key, "is not \(expectation)") }
    return result
  }

  func optional<Value>(
    _ key: String, _ expectation: String, _ read: (JSONValue) -> Value?
  ) throws(RecordFault) -> Value? {
    guard let value = self[key] else { return nil }
    guard let result = read(value) else { throw fault(key, "is not \(expectation)") }
    return result
  }

  func text(_ key: String) throws(RecordFault) -> String { try required(key, "a text") { $0.text } }
  func textIfAny(_ key: String) throws(RecordFault) -> String? {
    try optional(key, "a text") { $0.text }
  }

  func integer(_ key: String) throws(RecordFault) -> Int64 {
    try required(key, "an integer") { $0.integer }
  }

  func count(_ key: String) throws(RecordFault) -> Int {
    try required(key, "a count") { $0.count }
  }

  func countIfAny(_ key: String) throws(RecordFault) -> Int? {
    try optional(key, "a count") { $0.count }
  }

  func flag(_ key: String) throws(RecordFault) -> Bool { try required(key, "a flag") { $0.flag } }

  func instant(_ key: String) throws(RecordFault) -> Instant {
    try required(key, "an instant") { $0.text.flatMap(Instant.init(iso:)) }
  }

  func instantIfAny(_ key: String) throws(RecordFault) -> Instant? {
    try optional(key, "an instant") { $0.text.flatMap(Instant.init(iso:)) }
  }

  func span(_ key: String) throws(RecordFault) -> Span {
    try required(key, "a duration") { $0.text.flatMap(Span.init) }
  }

  func spanIfAny(_ key: String) throws(RecordFault) -> Span? {
    try optional(key, "a duration") { $0.text.flatMap(Span.init) }
  }

  func name(_ key: String) throws(RecordFault) -> Name {
    try required(key, "a name") { $0.text.flatMap(Name.init) }
  }

  func nameIfAny(_ key: String) throws(RecordFault) -> Name? {
    try optional(key, "a name") { $0.text.flatMap(Name.init) }
  }

  func names(_ key: String) throws(RecordFault) -> [Name] {
    try list(key, "a list of names") { $0.text.flatMap(Name.init) }
  }

  func run(_ key: String) throws(RecordFault) -> RunID {
    try required(key, "a run") { $0.text.flatMap(RunID.init) }
  }

  func runIfAny(_ key: String) throws(RecordFault) -> RunID? {
    try optional(key, "a run") { $0.text.flatMap(RunID.init) }
  }

  func blob(_ key: String) throws(RecordFault) -> BlobID {
    try required(key, "an object id") { $0.text.flatMap { BlobID($0) } }
  }

  func pathIfAny(_ key: String) throws(RecordFault) -> FilePath? {
    try optional(key, "a path") { $0.text.flatMap(FilePath.init(reading:)) }
  }

  func blobIfAny(_ key: String) throws(RecordFault) -> BlobID? {
    try optional(key, "an object id") { $0.text.flatMap { BlobID($0) } }
  }

  func commit(_ key: String) throws(RecordFault) -> CommitID {
    try required(key, "a commit id") { $0.text.flatMap { CommitID($0) } }
  }

  func commitIfAny(_ key: String) throws(RecordFault) -> CommitID? {
    try optional(key, "a commit id") { $0.text.flatMap { CommitID($0) } }
  }

  func path(_ key: String) throws(RecordFault) -> FilePath {
    try required(key, "a path") { $0.text.flatMap(FilePath.init(reading:)) }
  }

  func moneyIfAny(_ key: String) throws(RecordFault) -> Money? {
    try optional(key, "an amount", Money.init(json:))
  }

  func choice<Choice: RawRepresentable>(
    _ key: String, _ type: Choice.Type
  ) throws(RecordFault) -> Choice where Choice.RawValue == String {
    try required(key, "one of the known words") { $0.text.flatMap(Choice.init(rawValue:)) }
  }

  func list<Value>(
    _ key: String, _ expectation: String, _ read: (JSONValue) -> Value?
  ) throws(RecordFault) -> [Value] {
    try required(key, expectation) { value in
      guard let elements = value.elements else { return nil }
      let values = elements.compactMap(read)
      return values.count == elements.count ? values : nil
    }
  }

  /// The object under `key` with each of its values read by `read`.
  func map<Value>(
    _ key: String, _ expectation: String, _ read: (JSONValue) -> Value?
  ) throws(RecordFault) -> [String: Value] {
    try required(key, expectation) { value in
      guard let fields = value.fields else { return nil }
      let values = fields.compactMapValues(read)
      return values.count == fields.count ? values : nil
    }
  }

  func object<Value>(
    _ key: String, _ read: (RecordFields) throws(RecordFault) -> Value
  ) throws(RecordFault) -> Value {
    guard let value = self[key] else { throw fault(key, "is missing") }
    return try read(RecordFields(value, kind: "\(kind).\(key)"))
  }

  func objectIfAny<Value>(
    _ key: String, _ read: (RecordFields) throws(RecordFault) -> Value
  ) throws(RecordFault) -> Value? {
    guard let value = self[key] else { return nil }
    return try read(RecordFields(value, kind: "\(kind).\(key)"))
  }

  func objects<Value>(
    _ key: String, _ read: (RecordFields) throws(RecordFault) -> Value
  ) throws(RecordFault) -> [Value] {
    guard let value = self[key] else { throw fault(key, "is missing") }
    guard let elements = value.elements else { throw fault(key, "is not a list") }
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements {
      values.append(try read(RecordFields(element, kind: "\(kind).\(key)")))
    }
    return values
  }
}

extension FilePath {
  init?(reading text: String) {
    guard FilePath.fault(of: text) == nil else { return nil }
    self.init(unchecked: text)
  }
}

extension Money {
  package var json: JSONValue {
    ["micros": .integer(micros), "currency": .string(currency.code)]
  }

  package init?(json: JSONValue) {
    guard let micros = json["micros"]?.integer,
      let currency = json["currency"]?.text.flatMap(Currency.init)
    else { return nil }
    self.init(micros: micros, currency: currency)
  }
}

extension JSONValue {
  /// A whole number from zero.
  fileprivate var count: Int? { integer.flatMap(Int.init(exactly:)).flatMap { $0 < 0 ? nil : $0 } }

  /// The elements of a list of texts; `nil` where one of them is something else.
  var allTexts: [String]? {
    guard let elements else { return nil }
    let texts = elements.compactMap(\.text)
    return texts.count == elements.count ? texts : nil
  }

  /// An object by path.
  ///
  /// JSON's keys cannot hold two spellings of one letter side by side, and git's trees can: the
  /// first by bytes stands for both.
  static func keyed(_ values: [FilePath: JSONValue]) -> JSONValue {
    .object(
      Dictionary(
        values.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) },
        uniquingKeysWith: { first, _ in first }))
  }

  static func text(_ value: (some CustomStringConvertible)?) -> JSONValue {
    value.map { .string($0.description) } ?? .null
  }

  static func texts(_ values: some Sequence<some CustomStringConvertible>) -> JSONValue {
    .array(values.map { .string($0.description) })
  }
}
