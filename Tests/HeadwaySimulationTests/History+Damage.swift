import HeadwayCore
import HeadwayTestSupport

extension History {
  /// Something becomes of the files that Headway keeps on this machine, between two ticks.
  mutating func damage() throws {
    let caches = home.caches
    let kinds = [
      "index gone", "index torn", "index garbage", "index old", "log gone", "vigil torn",
      "vigil gone", "nudge gone", "told torn", "stray marks", "half a request", "index blocked",
      "objects blocked", "reference locked",
    ]
    let kind = random.pick(kinds)
    if kind == "reference locked", !random.onceIn(6) { return }
    tell(kind)
    count(kind)
    switch kind {
    case "index gone": for name in Self.index { caches.remove(name) }
    case "index torn":
      let bytes = caches.read(Self.index[0]) ?? []
      try caches.write(Self.index[0], Array(bytes.prefix(bytes.count * random.below(8) / 8)))
    case "index garbage": try scribble()
    case "index old":
      for name in Self.index { caches.remove(name) }
      for (name, bytes) in oldIndex { try caches.write(name, bytes) }
    case "log gone": caches.remove(Self.index[1])
    case "vigil torn": try caches.write("vigil.json", "{ \"asleep\": \"20")
    case "vigil gone": caches.remove("vigil.json")
    case "nudge gone": caches.remove("nudged")
    case "told torn": try caches.write("told.json", "[ \"a")
    case "stray marks":
      try caches.write("running/long-gone-aaaaaa.draft.1", "99999999 7\n")
      try caches.write("running/long-gone-aaaaaa.edit.1", "")
    case "half a request": try caches.write("requests/.request-1.json", "{ \"verb\": \"fre")
    default: try block(kind)
    }
  }

  private static let index = ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"]

  /// Some pages are not what they were.
  private mutating func scribble() throws {
    let size = 4_096
    guard var bytes = home.caches.read(Self.index[0]), bytes.count > size else { return }
    for _ in 0..<(1 + random.below(4)) {
      let start = random.below(bytes.count / size) * size
      let byte = random.pick([0, 0x5a, 0xff] as [UInt8])
      bytes.replaceSubrange(start..<start + size, with: repeatElement(byte, count: size))
    }
    try home.caches.write(Self.index[0], bytes)
  }

  /// Keeps today's index, to be put back on another day.
  mutating func keepIndex() {
    guard random.onceIn(3) else { return }
    oldIndex = [:]
    for name in Self.index { oldIndex[name] = home.caches.read(name) }
  }

  /// Something stands where a write has to go; it goes away after the tick.
  mutating func block(_ kind: String) throws {
    guard obstacle == nil else { return }
    switch kind {
    case "index blocked":
      for name in Self.index { home.caches.remove(name) }
      try home.caches.makeFolder("index.sqlite/in-the-way")
    case "objects blocked":
      for number in 0..<256 {
        let name = "objects/" + Self.hex(number)
        if !home.folder.exists(name) { try home.folder.write(name, "in the way") }
      }
    case "reference locked": try home.folder.write(Home.ledger + ".lock", "")
    case "running":
      home.caches.remove("running")
      try home.caches.write("running", "in the way")
      tell("no process can be marked")
      count("marks blocked")
    default: return
    }
    obstacle = kind
    hasObstacle = true
  }

  private static func hex(_ number: Int) -> String {
    let digits = Array("0123456789abcdef")
    return String([digits[number / 16], digits[number % 16]])
  }

  mutating func clearObstacles() throws {
    keepIndex()
    guard let kind = obstacle else { return }
    switch kind {
    case "index blocked": home.caches.remove("index.sqlite")
    case "objects blocked":
      for number in 0..<256 {
        let name = "objects/" + Self.hex(number)
        if home.folder.read(name) != nil { home.folder.remove(name) }
      }
    case "reference locked": home.folder.remove(Home.ledger + ".lock")
    default: home.caches.remove("running")
    }
    obstacle = nil
    hasObstacle = false
    tell("\(kind): no longer")
  }
}
