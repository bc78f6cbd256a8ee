internal import HeadwayCore

/// Writes a composition as Markdown; every passage ends in the footnote of its source.
struct CompositionWriter {
  private var lines: [String] = []
  private var notes: [String] = []
  private var introduced: Set<String> = []
  private var turn = 0

  static func notes(_ composition: Composition) -> String {
    var writer = CompositionWriter()
    writer.lines = ["# \(Composition.notesPrefix)\(composition.title)", ""]
    let bySource = composition.passages.sorted(by: Passage.precedes)
    var (source, topic): (String?, String?) = (nil, nil)
    for passage in bySource {
      let name = passage.citation.sourceName
      if name != source {
        writer.add(["## \(name)"])
        (source, topic) = (name, nil)
      }
      if passage.topic != topic {
        writer.add(["### \(passage.topic ?? Composition.generalHeading)"])
      }
      topic = passage.topic
      writer.add(["- \(writer.note(passage))"])
    }
    return writer.finished()
  }

  static func outline(_ composition: Composition) -> String {
    var writer = CompositionWriter()
    writer.lines = ["# \(Composition.outlinePrefix)\(composition.title)", ""]
    writer.list(Composition.openingHeading, composition.opening)
    for section in composition.sections { writer.list(section.heading, section.passages) }
    writer.list(Composition.reserveHeading, composition.reserve)
    return writer.finished()
  }

  static func article(_ composition: Composition) -> String {
    var writer = CompositionWriter()
    writer.lines = ["# \(composition.title)", ""]
    for passage in composition.opening { writer.add([writer.paragraph(passage, after: nil)]) }
    for section in composition.sections {
      writer.add(["## \(section.heading)"])
      var previous: Passage?
      for passage in section.passages {
        writer.add([writer.paragraph(passage, after: previous)])
        previous = passage
      }
    }
    return writer.finished()
  }

  private mutating func add(_ block: [String]) { lines += block + [""] }

  private mutating func list(_ heading: String, _ passages: [Passage]) {
    guard !passages.isEmpty else { return }
    add(["## \(heading)"])
    for passage in passages { add(["- \(note(passage))"]) }
  }

  private mutating func note(_ passage: Passage) -> String {
    guard let speaker = passage.speaker else { return "\(passage.text) \(mark(passage))" }
    let role = speaker.role.map { ", \($0)" } ?? ""
    return "\(speaker.name)\(role): “\(passage.text.asQuoted)” \(mark(passage))"
  }

  private mutating func paragraph(_ passage: Passage, after previous: Passage?) -> String {
    guard let speaker = passage.speaker else { return "\(passage.text) \(mark(passage))" }
    var name = speaker.name
    let isNew = introduced.insert(name).inserted
    if isNew, let role = speaker.role { name += ", \(role)," }
    let frames: [QuotationFrame] = [.says, .puts, .explains]
    let frame: QuotationFrame
    if previous?.speaker?.name == speaker.name {
      frame = .adds
    } else {
      frame = isNew ? .says : frames[turn % frames.count]
      turn += 1
    }
    return "\(name)\(frame.words): “\(passage.text.asQuoted)” \(mark(passage))"
  }

  /// Footnotes are numbered as they come, one for each place in a source.
  private mutating func mark(_ passage: Passage) -> String {
    if let known = notes.firstIndex(of: passage.citation) { return "[^\(known + 1)]" }
    notes.append(passage.citation)
    return "[^\(notes.count)]"
  }

  private consuming func finished() -> String {
    lines.append("## \(Composition.sourcesHeading)")
    lines.append("")
    for (index, note) in notes.enumerated() { lines.append("[^\(index + 1)]: \(note)") }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  /// `Interviews (sources/interviews.md)` of a citation that goes on with a place.
  var sourceName: String {
    guard let end = firstRange(of: ".md)") else { return self }
    return String(self[..<end.upperBound])
  }

  /// Double quotation marks inside a quotation become single ones.
  var asQuoted: String {
    var isOpen = false
    return String(
      map { character in
        switch character {
        case "“", "„": return "‘"
        case "”": return "’"
        case "\"":
          isOpen.toggle()
          return isOpen ? "‘" : "’"
        default: return character
        }
      })
  }
}
