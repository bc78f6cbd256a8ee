internal import HeadwayCore

/// Groups excerpts under headings that are taken from the sources: headings and questions that
/// stood above them, or else the phrase that a group has in common.
struct Sections {
  let selection: Selection

  struct Group {
    var heading: String
    var members: [Selection.Excerpt]
  }

  func group(_ excerpts: [Selection.Excerpt], wordsPerSection: Int = 210) -> [Group] {
    let words = excerpts.reduce(0) { $0 + $1.words }
    let wanted = max(1, min(6, (words + wordsPerSection / 2) / wordsPerSection))
    guard excerpts.count > 2, wanted > 1 else {
      return [Group(heading: phrase(excerpts, []) ?? "What the sources say", members: excerpts)]
    }
    var groups = seeds(excerpts, wanted)
    assign(excerpts, to: &groups)
    groups.removeAll { $0.members.isEmpty }
    return groups.sorted { (place($0), $0.heading) < (place($1), $1.heading) }
  }

  /// The topics with the most to say; phrases of far-apart excerpts where sources name no topics.
  private func seeds(_ excerpts: [Selection.Excerpt], _ wanted: Int) -> [Group] {
    var byTopic: [String: [Selection.Excerpt]] = [:]
    for excerpt in excerpts {
      guard let topic = topic(of: excerpt) else { continue }
      byTopic[topic, default: []].append(excerpt)
    }
    let ranked = byTopic.sorted {
      let (left, right) = (weight($0.key, $0.value), weight($1.key, $1.value))
      return left == right ? $0.key < $1.key : left > right
    }
    var groups = ranked.prefix(wanted).map { Group(heading: $0.key, members: $0.value) }
    if groups.count < 2 {
      groups = farApart(excerpts, wanted)
    }
    return groups
  }

  private func topic(of excerpt: Selection.Excerpt) -> String? {
    guard let topic = selection.passages[excerpt.passage].topic else { return nil }
    return (1...10).contains(Words.count(in: topic)) ? topic : nil
  }

  private func weight(_ topic: String, _ members: [Selection.Excerpt]) -> Double {
    // A statement makes the better heading; a question has to be shared by several answers.
    let form = topic.hasSuffix("?") ? 0.7 : 1.0
    return form * members.reduce(0) { $0 + $1.score }
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

  /// Puts every excerpt with the group that it resembles most and that still has room.
  private func assign(_ excerpts: [Selection.Excerpt], to groups: inout [Group]) {
    let seeded = Set(groups.flatMap { $0.members.map(\.key) })
    let centres = groups.map { group in
      selection.ranking.vector(
        group.members.flatMap { terms(of: $0) } + Words.contentTerms(of: group.heading)
          + Words.contentTerms(of: group.heading))
    }
    let room = excerpts.count / max(1, groups.count) + 2
    for excerpt in excerpts.sorted(by: { $0.passage < $1.passage })
    where !seeded.contains(excerpt.key) {
      let open = groups.indices.filter { groups[$0].members.count < room }
      let best = (open.isEmpty ? Array(groups.indices) : open).max { left, right in
        let one = Ranking.similarity(centres[left], excerpt.vector)
        let other = Ranking.similarity(centres[right], excerpt.vector)
        return one == other ? left > right : one < other
      }
      if let best { groups[best].members.append(excerpt) }
    }
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
