import Foundation
import Testing

@testable import HeadwayCore

/// Pairs from the sample vocabulary that the Snowball project publishes for this algorithm.
@Test(arguments: [
  ("consign", "consign"), ("consigned", "consign"), ("consigning", "consign"),
  ("consignment", "consign"), ("consist", "consist"), ("consistency", "consist"),
  ("consistently", "consist"), ("consolation", "consol"), ("consolatory", "consolatori"),
  ("consolingly", "consol"), ("conspicuous", "conspicu"), ("conspiracy", "conspiraci"),
  ("conspirators", "conspir"), ("constancy", "constanc"), ("constables", "constabl"),
  ("knackeries", "knackeri"), ("knavish", "knavish"), ("kneaded", "knead"),
  ("kneeling", "kneel"), ("knightly", "knight"), ("knives", "knive"), ("knocker", "knocker"),
  ("skies", "sky"), ("dying", "die"), ("news", "news"), ("inning", "inning"), ("gas", "gas"),
  ("this", "this"), ("kiwis", "kiwi"), ("hoping", "hope"), ("hopping", "hop"), ("ties", "tie"),
  ("cries", "cri"), ("generous", "generous"), ("general", "general"), ("community", "communiti"),
  ("relational", "relat"), ("conditional", "condit"), ("vileness", "vile"), ("usefulness", "use"),
  ("by", "by"), ("say", "say"), ("cry", "cri"), ("luxuriated", "luxuri"), ("hoped", "hope"),
  ("scheduling", "schedul"), ("schedules", "schedul"), ("scheduled", "schedul"),
])
func stemsAsThePublishedSampleDoes(_ word: String, _ stem: String) {
  #expect(EnglishStemmer.stem(word) == stem)
}

@Test func leavesOtherScriptsAndShortWordsAlone() {
  for word in ["", "a", "is", "größe", "日本", "x2y"] { #expect(EnglishStemmer.stem(word) == word) }
}

@Test func foldsDiacriticsAndKeepsApostrophes() {
  #expect(
    Words.folded("Zoë’s CAFÉ, don't — e\u{301}clair") == ["zoe's", "cafe", "don't", "eclair"])
  #expect(Words.folded("日本語 x") == ["日", "本", "語", "x"])
  #expect(Words.count(in: "One — two, three. [^1] *") == 4)
}
