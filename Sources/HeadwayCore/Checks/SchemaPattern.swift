/// A regular expression of ECMA-262's regular part: no look-around, no back-references.
///
/// It runs as a set of states over the text, so time is bounded by pattern × text whatever the
/// pattern; a backtracking engine can be made to hang by one line in a schema.
package struct SchemaPattern: Sendable {
  package let text: String
  private let program: [Step]

  /// Why a pattern is refused, as a phrase that follows its text.
  package enum Fault: String, Error, Hashable, Sendable {
    case tooLong = "is longer than 1,000 characters"
    case tooLarge = "repeats too much"
    case tooDeep = "nests deeper than 50 groups"
    case unbalanced = "has an unbalanced bracket"
    case danglingQuantifier = "has a quantifier with nothing to repeat"
    case badRange = "has a range or count that is out of order"
    case unsupported = "uses look-around, back-references or named groups, which are not supported"
    case badEscape = "has an escape that is not supported"
  }

  fileprivate enum Step: Sendable {
    case match(Set)
    case split(Int, Int)
    case jump(Int)
    case start, end
    case edge(isEdge: Bool)
    case accept
  }

  /// A set of scalars as ranges, perhaps inverted.
  fileprivate struct Set: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isInverted = false

    func contains(_ scalar: UInt32) -> Bool {
      ranges.contains { $0.contains(scalar) } != isInverted
    }
  }

  fileprivate indirect enum Tree {
    case empty
    case set(Set)
    case sequence([Tree])
    case choice([Tree])
    case repeated(Tree, Int, Int?)
    case start, end
    case edge(Bool)
  }

  package init(_ text: String) throws(Fault) {
    guard text.unicodeScalars.count <= 1_000 else { throw .tooLong }
    var parser = Parser(scalars: Array(text.unicodeScalars))
    let tree = try parser.choice(depth: 0)
    guard parser.isAtEnd else { throw .unbalanced }
    var program: [Step] = []
    var budget = 20_000
    try Self.emit(tree, into: &program, &budget)
    program.append(.accept)
    self.text = text
    self.program = program
  }

  /// `budget` also counts what emits no step: nested repetitions of nothing.
  private static func emit(
    _ tree: Tree, into program: inout [Step], _ budget: inout Int
  ) throws(Fault) {
    budget -= 1
    guard budget > 0, program.count < 5_000 else { throw .tooLarge }
    switch tree {
    case .empty: return
    case .set(let set): program.append(.match(set))
    case .start: program.append(.start)
    case .end: program.append(.end)
    case .edge(let isEdge): program.append(.edge(isEdge: isEdge))
    case .sequence(let parts):
      for part in parts { try emit(part, into: &program, &budget) }
    case .choice(let branches):
      var jumps: [Int] = []
      for (index, branch) in branches.enumerated() {
        let split = program.count
        let isLast = index == branches.count - 1
        if !isLast { program.append(.jump(0)) }
        try emit(branch, into: &program, &budget)
        guard !isLast else { continue }
        jumps.append(program.count)
        program.append(.jump(0))
        program[split] = .split(split + 1, program.count)
      }
      for jump in jumps { program[jump] = .jump(program.count) }
    case .repeated(let part, let least, let most):
      for _ in 0..<least { try emit(part, into: &program, &budget) }
      if let most {
        var splits: [Int] = []
        for _ in least..<most {
          splits.append(program.count)
          program.append(.jump(0))
          try emit(part, into: &program, &budget)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
      } else {
        let split = program.count
        program.append(.jump(0))
        try emit(part, into: &program, &budget)
        program.append(.jump(split))
        program[split] = .split(split + 1, program.count)
      }
    }
  }

  /// The longest text that is looked at; a longer one does not match.
  package static let longestText = 100_000

  /// Whether the pattern occurs in `text`, as JSON Schema asks: not anchored by itself.
  package func matches(_ text: String) -> Bool {
    guard text.utf8.count <= Self.longestText else { return false }
    var states = States(count: program.count)
    var next = States(count: program.count)
    var before: Unicode.Scalar?
    var iterator = text.unicodeScalars.makeIterator()
    var current = iterator.next()
    while true {
      if follow(0, before: before, after: current, &states) { return true }
      guard let scalar = current else { return false }
      let after = iterator.next()
      next.clear()
      for state in states.list {
        guard case .match(let set) = program[state], set.contains(scalar.value) else { continue }
        if follow(state + 1, before: scalar, after: after, &next) { return true }
      }
      swap(&states, &next)
      (before, current) = (scalar, after)
    }
  }

  private func follow(
    _ first: Int, before: Unicode.Scalar?, after: Unicode.Scalar?, _ states: inout States
  ) -> Bool {
    var stack = [first]
    while let state = stack.popLast() {
      guard states.insert(state) else { continue }
      switch program[state] {
      case .match: continue
      case .accept: return true
      case .jump(let target): stack.append(target)
      case .split(let one, let other): stack += [other, one]
      case .start: if before == nil { stack.append(state + 1) }
      case .end: if after == nil { stack.append(state + 1) }
      case .edge(let isEdge):
        if (Self.isWord(before) != Self.isWord(after)) == isEdge { stack.append(state + 1) }
      }
    }
    return false
  }

  private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar, scalar.isASCII else { return false }
    return UInt8(ascii: scalar).isLetterOrDigit || scalar == "_"
  }

  private struct States {
    var list: [Int] = []
    private var marks: [Bool]

    init(count: Int) { marks = Array(repeating: false, count: count) }

    mutating func insert(_ state: Int) -> Bool {
      guard !marks[state] else { return false }
      marks[state] = true
      list.append(state)
      return true
    }

    mutating func clear() {
      for state in list { marks[state] = false }
      list.removeAll(keepingCapacity: true)
    }
  }
}

extension SchemaPattern {
  fileprivate struct Parser {
    let scalars: [Unicode.Scalar]
    var index = 0

    var isAtEnd: Bool { index == scalars.count }
    private var peek: Unicode.Scalar? { isAtEnd ? nil : scalars[index] }

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func take() -> Unicode.Scalar? {
      guard let scalar = peek else { return nil }
      index += 1
      return scalar
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
      guard peek == scalar else { return false }
      index += 1
      return true
    }

    mutating func choice(depth: Int) throws(Fault) -> Tree {
      guard depth <= 50 else { throw .tooDeep }
      var branches = [try sequence(depth: depth)]
      while skip("|") { branches.append(try sequence(depth: depth)) }
      return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence(depth: Int) throws(Fault) -> Tree {
      var parts: [Tree] = []
      while let scalar = peek, scalar != "|", scalar != ")" {
        parts.append(try quantified(try atom(depth: depth)))
      }
      return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func atom(depth: Int) throws(Fault) -> Tree {
      guard let scalar = take() else { throw .unbalanced }
      switch scalar {
      case "^": return .start
      case "$": return .end
      case ".": return .set(Set(ranges: [0x0A...0x0A, 0x0D...0x0D], isInverted: true))
      case "*", "+", "?": throw .danglingQuantifier
      case "(":
        if skip("?") { guard skip(":") else { throw .unsupported } }
        let tree = try choice(depth: depth + 1)
        guard skip(")") else { throw .unbalanced }
        return tree
      case "[": return .set(try set())
      case "\\":
        if skip("b") { return .edge(true) }
        if skip("B") { return .edge(false) }
        return .set(try escape())
      default: return .set(Set(ranges: [scalar.value...scalar.value]))
      }
    }

    private mutating func quantified(_ tree: Tree) throws(Fault) -> Tree {
      let bounds: (Int, Int?)
      switch peek {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        index += 1
        return try quantifiedByCount(tree)
      default: return tree
      }
      index += 1
      // Laziness does not change whether there is a match.
      _ = skip("?")
      if let peek, "*+?{".unicodeScalars.contains(peek) { throw .danglingQuantifier }
      return .repeated(tree, bounds.0, bounds.1)
    }

    private mutating func quantifiedByCount(_ tree: Tree) throws(Fault) -> Tree {
      guard let least = number() else { throw .badRange }
      var most: Int? = least
      if skip(",") { most = number() }
      guard skip("}") else { throw .unbalanced }
      _ = skip("?")
      guard least <= most ?? least else { throw .badRange }
      guard max(least, most ?? 0) <= 1_000 else { throw .tooLarge }
      return .repeated(tree, least, most)
    }

    private mutating func number() -> Int? {
      var digits = ""
      while let scalar = peek, scalar.isASCII, UInt8(ascii: scalar).isDigit, digits.utf8.count < 6 {
        digits.unicodeScalars.append(scalar)
        index += 1
      }
      return Int(digits)
    }

    private mutating func set() throws(Fault) -> Set {
      var set = Set(isInverted: skip("^"))
      while let scalar = take() {
        if scalar == "]" { return set }
        let first =
          scalar == "\\" ? try escape(inSet: true) : Set(ranges: [scalar.value...scalar.value])
        let isSingle = first.ranges.count == 1 && first.ranges[0].count == 1 && !first.isInverted
        guard isSingle, peek == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
          set.ranges += first.isInverted ? first.complement : first.ranges
          continue
        }
        index += 1
        guard let end = take() else { throw .unbalanced }
        let last = end == "\\" ? try escape(inSet: true) : Set(ranges: [end.value...end.value])
        let low = first.ranges[0].lowerBound
        guard last.ranges.count == 1, let high = last.ranges.first?.upperBound, low <= high else {
          throw .badRange
        }
        set.ranges.append(low...high)
      }
      throw .unbalanced
    }

    private mutating func escape(inSet: Bool = false) throws(Fault) -> Set {
      guard let scalar = take() else { throw .badEscape }
      switch scalar {
      case "d", "D": return Set(ranges: [0x30...0x39], isInverted: scalar == "D")
      case "w", "W":
        return Set(
          ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A], isInverted: scalar == "W")
      case "s", "S":
        return Set(
          ranges: [
            0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x2000...0x200A, 0x2028...0x2029,
            0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
          ], isInverted: scalar == "S")
      case "t": return Set(ranges: [0x09...0x09])
      case "n": return Set(ranges: [0x0A...0x0A])
      case "r": return Set(ranges: [0x0D...0x0D])
      case "f": return Set(ranges: [0x0C...0x0C])
      case "v": return Set(ranges: [0x0B...0x0B])
      case "0": return Set(ranges: [0...0])
      case "x": return try hexadecimal(2)
      case "u": return try hexadecimal(4)
      case "1"..."9", "k": throw .unsupported
      default:
        guard !scalar.isASCII || !UInt8(ascii: scalar).isLetterOrDigit else { throw .badEscape }
        return Set(ranges: [scalar.value...scalar.value])
      }
    }

    private mutating func hexadecimal(_ count: Int) throws(Fault) -> Set {
      var digits = ""
      for _ in 0..<count {
        guard let scalar = take() else { throw .badEscape }
        digits.unicodeScalars.append(scalar)
      }
      guard let value = UInt32(digits, radix: 16) else { throw .badEscape }
      return Set(ranges: [value...value])
    }
  }
}

extension SchemaPattern.Set {
  /// What is not in the ranges, for `[\D…]`.
  fileprivate var complement: [ClosedRange<UInt32>] {
    var (result, next): ([ClosedRange<UInt32>], UInt32) = ([], 0)
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    return result + [next...0x10FFFF]
  }
}
