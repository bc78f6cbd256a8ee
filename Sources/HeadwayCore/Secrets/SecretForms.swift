internal import Crypto

/// The encodings in which a secret value may turn up.
enum SecretForms {
  static func all(of value: [UInt8]) -> [(SecretScanner.Form, [UInt8])] {
    var forms: [(SecretScanner.Form, [UInt8])] = [(.raw, value)]
    for offset in 0..<3 {
      let text = base64(value, offset: offset)
      forms.append((.base64, text))
      forms.append((.base64, text.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }))
    }
    for digits in ["0123456789abcdef", "0123456789ABCDEF"] {
      let digits = Array(digits.utf8)
      forms.append((.hex, value.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }))
      let percent = value.flatMap { byte -> [UInt8] in
        if byte.isLetterOrDigit || "-._~".utf8.contains(byte) { return [byte] }
        return [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
      forms.append((.percent, percent))
    }
    let json = JSONValue.string(String(decoding: value, as: UTF8.self)).compact
    forms.append((.json, Array(json.dropFirst().dropLast())))
    var seen: Set<[UInt8]> = []
    return forms.filter { seen.insert($0.1).inserted }
  }

  /// The part of a Base64 text that depends on `value` alone when it starts `offset` bytes
  /// after a group of three.
  private static func base64(_ value: [UInt8], offset: Int) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let bits = Array(repeating: UInt8(0), count: offset) + value
    let first = (offset * 8 + 5) / 6
    let last = bits.count * 8 / 6
    return (first..<last).map { place in
      let bit = place * 6
      let pair =
        UInt16(bits[bit / 8]) << 8 | UInt16(bit / 8 + 1 < bits.count ? bits[bit / 8 + 1] : 0)
      return alphabet[Int(pair >> (10 - bit % 8)) & 63]
    }
  }

  /// Twelve hexadecimal digits of a keyed hash.
  static func code(of value: [UInt8], key: [UInt8]) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: value, using: SymmetricKey(data: key))
    let digits = Array("0123456789abcdef".utf8)
    let text = Array(code).prefix(6).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}

/// What the keys of a vendor look like.
struct KeyShape: Sendable {
  let name: String
  let prefix: String
  /// How many more characters of the alphabet must follow.
  let least: Int
  var isUpperCase = false
  var needsDigit = false

  /// Longer prefixes stand before the shorter ones that they begin with.
  static let all: [KeyShape] = [
    KeyShape(name: "Anthropic key", prefix: "sk-ant-", least: 20),
    KeyShape(name: "OpenAI key", prefix: "sk-", least: 20, needsDigit: true),
    KeyShape(name: "AWS key", prefix: "AKIA", least: 16, isUpperCase: true),
    KeyShape(name: "AWS temporary key", prefix: "ASIA", least: 16, isUpperCase: true),
    KeyShape(name: "GitHub token", prefix: "ghp_", least: 30),
    KeyShape(name: "GitHub token", prefix: "gho_", least: 30),
    KeyShape(name: "GitHub token", prefix: "ghu_", least: 30),
    KeyShape(name: "GitHub token", prefix: "ghs_", least: 30),
    KeyShape(name: "GitHub token", prefix: "ghr_", least: 30),
    KeyShape(name: "GitHub token", prefix: "github_pat_", least: 22),
    KeyShape(name: "GitLab token", prefix: "glpat-", least: 20),
    KeyShape(name: "Slack token", prefix: "xoxb-", least: 10, needsDigit: true),
    KeyShape(name: "Slack token", prefix: "xoxa-", least: 10, needsDigit: true),
    KeyShape(name: "Slack token", prefix: "xoxp-", least: 10, needsDigit: true),
    KeyShape(name: "Slack token", prefix: "xoxr-", least: 10, needsDigit: true),
    KeyShape(name: "Slack token", prefix: "xoxs-", least: 10, needsDigit: true),
    KeyShape(name: "Google key", prefix: "AIza", least: 35),
    KeyShape(name: "Hugging Face token", prefix: "hf_", least: 30),
    KeyShape(name: "npm token", prefix: "npm_", least: 36),
    KeyShape(name: "Stripe key", prefix: "sk_live_", least: 16),
    KeyShape(name: "Stripe key", prefix: "rk_live_", least: 16),
    KeyShape(name: "private key", prefix: "-----BEGIN ", least: 0),
  ]

  func range(in bytes: [UInt8], at start: Int) -> Range<Int>? {
    let body = start + prefix.utf8.count
    if least == 0 {
      let line = bytes[body...].prefix(60).prefix { $0 != 0x0A }
      let text = String(decoding: line, as: UTF8.self)
      return text.contains("PRIVATE KEY") ? start..<body + line.count : nil
    }
    if start > 0, bytes[start - 1].isLetterOrDigit || bytes[start - 1] == 0x5F { return nil }
    let tail = bytes[body...].prefix(300).prefix { byte in
      isUpperCase
        ? byte.isDigit || (0x41...0x5A).contains(byte)
        : byte.isLetterOrDigit || byte == 0x2D || byte == 0x5F
    }
    guard tail.count >= least, !needsDigit || tail.contains(where: \.isDigit) else { return nil }
    return start..<body + tail.count
  }
}

/// Tokens of 32 characters and more with the mixture of a random text.
enum RandomTokens {
  static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start: Int?
    for index in 0...bytes.count {
      let isInside = index < bytes.count && isTokenByte(bytes[index])
      if isInside {
        start = start ?? index
      } else if let from = start {
        if (32...512).contains(index - from), isRandom(bytes[from..<index]) {
          ranges.append(from..<index)
        }
        start = nil
      }
    }
    return ranges
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || byte == 0x2B || byte == 0x2D || byte == 0x5F || byte == 0x3D
  }

  /// Object ids and UUIDs have one case only and are no secrets.
  private static func isRandom(_ token: ArraySlice<UInt8>) -> Bool {
    var counts = Array(repeating: 0, count: 256)
    var (upper, lower, digits) = (0, 0, 0)
    for byte in token {
      counts[Int(byte)] += 1
      if byte.isDigit {
        digits += 1
      } else if (0x41...0x5A).contains(byte) {
        upper += 1
      } else {
        lower += 1
      }
    }
    guard upper >= 3, lower >= 3, digits >= 3 else { return false }
    let total = Double(token.count)
    let entropy = counts.filter { $0 > 0 }.reduce(0.0) { sum, count in
      let share = Double(count) / total
      return sum - share * naturalLogarithm(share)
    }
    return entropy / naturalLogarithm(2) >= 4.25
  }
}
