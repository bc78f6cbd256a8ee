/// One item of an `each`, and the place of its task among its template's.
package struct FanItem: Hashable, Sendable {
  /// The template that the task is an instance of.
  package let template: Name
  /// What follows the template's name in the task's own; it depends on the item and nothing else.
  package let instance: String
  package let value: JSONValue

  package init(template: Name, instance: String, value: JSONValue) {
    self.template = template
    self.instance = instance
    self.value = value
  }

  /// The largest item, as JSON; it stands in the task's record.
  package static let maximumSize = 16 << 10

  /// The longest name of a template that leaves room for `-` and six digits.
  package static let longestTemplate = 41

  package var task: Name? { Name("\(template)-\(instance)") }
}

/// Names the tasks of one `each` by what their items are, never by where they stand: another item
/// is another task and leaves the names of all others as they were.
struct FanOut {
  let template: Name
  private(set) var items: [FanItem] = []

  /// Why an item can have no task, as a message that follows the name of the field.
  struct Fault: Error { let message: String }

  init(template: Name) { self.template = template }

  /// Takes in one item; an equal one is the same item, and so the same task.
  mutating func add(_ value: JSONValue, called identity: String? = nil) throws(Fault) {
    guard value != .null else { throw Fault(message: "an item is null") }
    guard value.compact.count <= FanItem.maximumSize else {
      throw Fault(
        message: "an item is larger than \(ByteCount(FanItem.maximumSize))")
    }
    let identity = identity ?? Self.identity(of: value)
    let item = FanItem(template: template, instance: instance(of: identity), value: value)
    if let same = items.first(where: { $0.instance == item.instance }) {
      guard same.value == value else {
        throw Fault(message: "two items are both called `\(identity.prefix(40))`")
      }
      return
    }
    guard item.task != nil else {
      throw Fault(message: "`\(template)` is too long a name for a task with `each`")
    }
    items.append(item)
  }

  /// The text of an item, the `id` or `name` of an object, else all of it.
  static func identity(of value: JSONValue) -> String {
    if let scalar = value.scalar { return scalar }
    if let named = value["id"]?.scalar ?? value["name"]?.scalar { return named }
    return String(decoding: value.compact, as: UTF8.self)
  }

  /// The identity itself where it can stand in a name; else as much of it as fits, and six digits
  /// of its hash.
  private func instance(of identity: String) -> String {
    let room = 48 - template.text.utf8.count - 1
    let slug = RunIdentity.slug(of: identity)
    if slug == identity, slug.utf8.count <= room { return slug }
    let hash = Digest(parts: ["item", identity]).prefix(6)
    // What has no plain letter or digit has no slug of its own.
    var start = slug == "run" ? "" : slug.prefix(max(0, room - 7))
    while start.hasSuffix("-") { start.removeLast() }
    return start.isEmpty ? hash : "\(start)-\(hash)"
  }
}

extension JSONValue {
  /// The text of a text, number or flag.
  fileprivate var scalar: String? {
    switch self {
    case .string(let text): text
    case .number(let number): number.text
    case .bool(let flag): String(flag)
    case .null, .array, .object: nil
    }
  }
}

extension PathPattern {
  /// What the one `*` of a pattern stands for in `path`, so that it tells the files apart;
  /// `nil` for patterns with more or other wildcards.
  static func stem(of path: FilePath, in pattern: String) -> String? {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count == 2, path.text.utf8.count > parts[0].utf8.count + parts[1].utf8.count,
      path.text.hasPrefix(parts[0]), path.text.hasSuffix(parts[1])
    else { return nil }
    return String(path.text.dropFirst(parts[0].count).dropLast(parts[1].count))
  }
}
