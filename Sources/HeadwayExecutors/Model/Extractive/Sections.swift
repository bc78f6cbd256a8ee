internal import HeadwayCore

/// Groups excerpts under headings that are taken from the sources: headings and questions that
/// stood above them, or else the phrase that a group has in common.
struct Sections {
  let selection: Selection

  struct Group {
    var heading: String
    var members: [Selection.Excerpt]
    /// How well members that stood elsewhere in the sources fit here.
    var fits: [Selection.Excerpt.Key: Double] = [:]
  }

  /// Groups for about `target` words; more is given, so that what fits nowhere can be left out.
  func group(_ excerpts: [Selection.Excerpt], target: Int) -> [Group] {
    let wordsPerSection = 140
    let wanted = max(1, min(7, (target + wordsPerSection / 2) / wordsPerSection))
    guard excerpts.count > 2, wanted > 1 else {
      let heading = phrase(excerpts, []) ?? "What the sources say"
      var groups = [Group(heading: heading, members: excerpts)]
      prune(&groups, to: target)
      return groups
    }
    let topics = topics()
    var groups = seeds(excerpts, topics, wanted)
    let seeds = groups
    assign(excerpts, topics, to: &groups)
    let isSmall = { (group: Group) in group.members.reduce(0) { $0 + $1.words } < 45 }
    if groups.count > 2, groups.contains(where: isSmall) {
      // A heading above one short paragraph promises more than it gives.
      let large = Set(groups.filter { !isSmall($0) }.map(\.heading))
      groups = seeds.filter { large.contains($0.heading) }
      assign(excerpts, topics, to: &groups)
    }
    prune(&groups, to: target)
    groups.removeAll { $0.members.isEmpty }
    return groups.sorted { (place($0), $0.heading) < (place($1), $1.heading) }
  }

  /// What everything under a heading or question speaks of, chosen or not.
  private func topics() -> [String: Ranking.Vector] {
    var words: [String: [String]] = [:]
    for passage in selection.passages {
      guard let topic = passage.topic else { continue }
      if words[topic] == nil {
        words[topic] = Array(repeating: Words.contentTerms(of: topic), count: 3).flatMap { $0 }
      }
      words[topic, default: []] += Words.contentTerms(of: passage.text)
    }
    return words.mapValues(selection.ranking.vector)
  }

  /// The topics with the most to say, unlike each other; phrases where sources name no topics.
  private func seeds(
    _ excerpts: [Selection.Excerpt], _ topics: [String: Ranking.Vector], _ wanted: Int
  ) -> [Group] {
    var byTopic: [String: [Selection.Excerpt]] = [:]
    for excerpt in excerpts {
      guard let topic = topic(of: excerpt) else { continue }
      byTopic[topic, default: []].append(excerpt)
    }
    var open = byTopic.map { (topic: $0.key, weight: weight($0.key, $0.value)) }
      .filter { $0.weight > 0 }.sorted { $0.topic < $1.topic }
    var groups: [Group] = []
    while groups.count < wanted, !open.isEmpty {
      let values = open.map { candidate in
        let nearest = groups.reduce(0.0) {
          max($0, Ranking.similarity(topics[$1.heading] ?? [], topics[candidate.topic] ?? []))
        }
        return candidate.weight * (1 - nearest)
      }
      guard let best = open.indices.max(by: { values[$0] < values[$1] }) else { break }
      let topic = open.remove(at: best).topic
      groups.append(Group(heading: topic, members: byTopic[topic] ?? []))
    }
    return groups.count < 2 ? farApart(excerpts, wanted) : groups
  }

  private func topic(of excerpt: Selection.Excerpt) -> String? {
    guard let topic = selection.passages[excerpt.passage].topic else { return nil }
    return (1...10).contains(Words.count(in: topic)) ? topic : nil
  }

  /// What a topic's excerpts are worth, more when its words are those of the brief.
  private func weight(_ topic: String, _ members: [Selection.Excerpt]) -> Double {
    let worth = members.reduce(0) { $0 + $1.score }
    let terms = Set(Words.contentTerms(of: topic))
    let asked = Double(terms.count { selection.assignment.query[$0] != nil })
    let interest = 1 + asked / Double(max(1, terms.count))
    guard topic.hasSuffix("?") else { return worth * interest }
    // A statement makes the better heading; a question has to be shared by several voices.
    let voices = Set(members.compactMap { selection.passages[$0.passage].speaker?.name })
    return voices.count > 1 ? 0.7 * worth * interest : 0
  }

  private func farApart(_ excerpts: [Selection.Excerpt], _ wanted: Int) -> [Group] {
    guard let first = excerpts.first else { return [] }
    var seeds = [first]
    while seeds.count < wanted {
      let distances = excerpts.map { excerpt in
        excerpt.score
          - seeds.reduce(0.0) { max($0, Ranking.similarity($1.vector, excerpt.vector)) } * 2
      }
      guard let next = excerpts.indices.max(by: { distances[$0] < distances[$1] }) else { break }
      seeds.append(excerpts[next])
    }
    var headings: [String] = []
    return seeds.map { seed in
      let near = excerpts.sorted {
        let left = Ranking.similarity($0.vector, seed.vector)
        let right = Ranking.similarity($1.vector, seed.vector)
        return left == right ? $0.passage < $1.passage : left > right
      }
      let heading = phrase(Array(near.prefix(3)), headings) ?? "More from the sources"
      headings.append(heading)
      return Group(heading: heading, members: [seed])
    }
  }

  /// Puts every excerpt with the group that it resembles most and that still has room, the
  /// clearest cases first.
  private func assign(
    _ excerpts: [Selection.Excerpt], _ topics: [String: Ranking.Vector], to groups: inout [Group]
  ) {
    let seeded = Set(groups.flatMap { $0.members.map(\.key) })
    let centres = groups.map { group in
      topics[group.heading] ?? selection.ranking.vector(group.members.flatMap(terms))
    }
    var pairs: [(excerpt: Int, group: Int, value: Double)] = []
    for (index, excerpt) in excerpts.enumerated() where !seeded.contains(excerpt.key) {
      // The question that an answer was given to says what the answer is about.
      let asked = topic(of: excerpt).flatMap { topics[$0] } ?? []
      for group in groups.indices {
        let own = Ranking.similarity(centres[group], excerpt.vector)
        let shared = Ranking.similarity(centres[group], asked)
        let named = Ranking.similarity(
          heading(groups[group].heading), heading(topic(of: excerpt) ?? ""))
        pairs.append((index, group, 0.35 * own + 0.5 * shared + 0.3 * named))
      }
    }
    pairs.sort { ($1.value, $0.excerpt, $0.group) < ($0.value, $1.excerpt, $1.group) }
    let room = excerpts.count / max(1, groups.count) + 2
    var placed: Set<Int> = []
    for isLast in [false, true] {
      for pair in pairs where !placed.contains(pair.excerpt) {
        guard isLast || groups[pair.group].members.count < room else { continue }
        placed.insert(pair.excerpt)
        groups[pair.group].members.append(excerpts[pair.excerpt])
        groups[pair.group].fits[excerpts[pair.excerpt].key] = pair.value
      }
    }
  }

  /// Takes out what resembles its group least, then what is worth least, until the length is met.
  private func prune(_ groups: inout [Group], to target: Int) {
    var total = groups.flatMap(\.members).reduce(0) { $0 + $1.words }
    while total > target + max(25, target / 25) {
      var weakest: (group: Int, member: Int, value: Double)?
      for (index, group) in groups.enumerated() where group.members.count > 1 {
        for (place, member) in group.members.enumerated() {
          // What stood under the heading in the source belongs there.
          let value = 0.6 * member.score + min(0.35, group.fits[member.key] ?? 0.35)
          if value < weakest?.value ?? .infinity { weakest = (index, place, value) }
        }
      }
      guard let weakest else { return }
      total -= groups[weakest.group].members.remove(at: weakest.member).words
    }
  }

  private func heading(_ text: String) -> Ranking.Vector {
    selection.ranking.vector(Words.contentTerms(of: text))
  }

  private func terms(of excerpt: Selection.Excerpt) -> [String] {
    excerpt.range.flatMap {
      Words.contentTerms(of: selection.passages[excerpt.passage].sentences[$0])
    }
  }

  private func place(_ group: Group) -> Double {
    let places = group.members.map { selection.passages[$0.passage].place }
    return places.reduce(0, +) / Double(max(1, places.count))
  }

  /// The pair of neighbouring content words that most of the excerpts share.
  private func phrase(_ excerpts: [Selection.Excerpt], _ taken: [String]) -> String? {
    var counts: [String: Int] = [:]
    for excerpt in excerpts {
      let sentences = selection.passage(excerpt).sentences
      for sentence in sentences {
        let words = Words.folded(sentence)
        for (left, right) in zip(words, words.dropFirst())
        where Words.isContent(left) && Words.isContent(right) && left != right {
          counts["\(left) \(right)", default: 0] += 1
        }
      }
    }
    let ranked = counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    let heading = ranked.map { $0.key.prefix(1).uppercased() + $0.key.dropFirst() }
      .first { !taken.contains($0) && $0.utf8.allSatisfy { !$0.isDigit } }
    return heading
  }
}

extension Selection.Excerpt {
  struct Key: Hashable {
    let passage: Int
    let range: Range<Int>
  }
  var key: Key { Key(passage: passage, range: range) }
}
