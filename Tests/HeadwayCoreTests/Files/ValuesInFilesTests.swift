import HeadwayCore
import Testing

@Suite struct ValuesInFilesTests {
  static let moments: [(String, String, String?)] = [
    ("2026-12-01", "Europe/Berlin", "2026-12-01T22:59:59.000Z"),
    ("2026-07-01", "Europe/Berlin", "2026-07-01T21:59:59.000Z"),
    ("2026-12-01T17:00", "UTC", "2026-12-01T17:00:00.000Z"),
    ("2026-12-01 17:00:00", "America/New_York", "2026-12-01T22:00:00.000Z"),
    ("2026-12-01T17:00:00+01:00", "Asia/Tokyo", "2026-12-01T16:00:00.000Z"),
    // Skipped by clocks in spring, shown twice in autumn.
    ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"),
    ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"),
    ("2026-13-01", "UTC", nil), ("tomorrow", "UTC", nil), ("2026-12-01T", "UTC", nil),
    ("2026-12-01é17:00", "UTC", nil), ("", "UTC", nil),
  ]

  @Test(arguments: moments)
  func datesAreLocalToTheirZone(_ text: String, _ zone: String, _ expected: String?) throws {
    let zone = try #require(Zone(zone))
    #expect(LocalTime(text)?.instant(in: zone).description == expected)
  }

  @Test func zonesAreKnownOrRefused() {
    #expect(Zone("Mars/Olympus") == nil)
    #expect(Zone("../../etc/passwd") == nil)
    #expect(Zone("UTC") == .utc)
  }

  static let sizes: [(String, Int?)] = [
    ("1KiB", 1_024), ("5MiB", 5 << 20), ("0B", 0), ("12", nil), ("1KB", nil), ("-1B", nil),
    ("99999999999999999999GiB", nil), ("9999999GiB", nil),
  ]

  @Test(arguments: sizes)
  func sizesHaveUnits(_ text: String, _ bytes: Int?) {
    #expect(ByteCount(text: text)?.count == bytes)
    if let bytes { #expect(ByteCount(text: ByteCount(bytes).description)?.count == bytes) }
  }

  static let checks: [(String, Check?)] = [
    ("grounded", .grounded), ("words >= 600", .measure(.words, .atLeast, 600)),
    ("lines<9", .measure(.lines, .below, 9)), ("characters != 0", .measure(.characters, .other, 0)),
    ("words", nil), ("words >= -1", nil), ("words >= 6.5", nil), ("json.total == sum", nil),
    ("word >= 6", nil), ("", nil), ("words >= 99999999999999999999", nil),
  ]

  @Test(arguments: checks)
  func checksAreNamesOrMeasures(_ text: String, _ expected: Check?) {
    do throws(Check.Fault) { #expect(try Check(text) == expected) } catch {
      #expect(expected == nil)
    }
  }

  static let modelFile = """
    { "name": "local/tiny", "provider": "openai-chat", "endpoint": "http://127.0.0.1:8080/v1",
      "windows": { "input": 8000, "output": 1000 },
      "prices": [{ "from": "2026-01-01", "to": "2026-07-01", "currency": "USD",
                   "tiers": [{ "input": "0.10", "output": "0.5" }] },
                 { "from": "2026-07-01", "currency": "USD",
                   "tiers": [{ "input": "0.20", "output": "1" }] }] }
    """

  private func model(_ text: String) throws -> (ModelFile?, [String]) {
    var reading = FileReading(try FilePath("models/local/tiny.json"))
    let file = ModelFile(try JSONReader.read(Array(text.utf8)), reading: &reading)
    return (file, reading.diagnostics.map(\.message))
  }

  @Test func pricesHoldBetweenTheirDates() throws {
    let file = try #require(try model(Self.modelFile).0)
    func input(_ text: String) throws -> Int64? {
      guard case .priced(let price) = file.price(at: try #require(Instant(iso: text))) else {
        return nil
      }
      return price.tiers.first?.input
    }
    #expect(try input("2025-12-31T23:59:59Z") == nil)
    #expect(try input("2026-01-01T00:00:00Z") == 100_000)
    #expect(try input("2026-06-30T23:59:59Z") == 100_000)
    #expect(try input("2026-07-01T00:00:00Z") == 200_000)
  }

  @Test func anUnknownPriceIsNeverFree() throws {
    let bare = """
      { "name": "local/tiny", "provider": "openai-chat", "endpoint": "http://127.0.0.1/v1",
        "windows": { "input": 8000, "output": 1000 } }
      """
    #expect(try model(bare).1 == ["the price of this model is unknown"])
    let free = bare.replacing("\"windows\"", with: "\"free\": true, \"windows\"")
    #expect(try model(free).0?.price(at: Instant(milliseconds: 0)) == .free)
    let both = Self.modelFile.replacing("\"windows\"", with: "\"free\": true, \"windows\"")
    #expect(try model(both).1 == ["`free` and `prices` exclude each other"])
    let overlap = Self.modelFile.replacing("\"to\": \"2026-07-01\"", with: "\"to\": \"2026-07-02\"")
    #expect(try model(overlap).1 == ["these prices overlap those from 2026-01-01T00:00:00.000Z"])
  }

  static let people: [(String, String)] = [
    (#""kind": "runner", "roles": ["admin"]"#, "a runner can hold no role"),
    (#""keys": [{}]"#, "exactly one of `ssh`, `openpgp` must be given in `keys`"),
    (
      #""keys": [{ "ssh": "ssh-dss AAAAB3NzaC1kc3MA x" }]"#,
      "`ssh`: keys of type `ssh-dss` are not accepted"
    ),
    (#""keys": [{ "openpgp": "mQENB" }]"#, "`openpgp`: not an armoured public key block"),
    (#""emails": ["dana"]"#, "`emails`: `dana` is not an e-mail address"),
    (#""keys": [{ "ssh": "x", "from": "2026-11-23" }]"#, "`from`: `2026-11-23` is not a moment"),
  ]

  @Test(arguments: people)
  func refusesPeople(_ fields: String, _ expected: String) throws {
    var reading = FileReading(try FilePath("people/dana.json"))
    let node = try JSONReader.read(Array("{ \"name\": \"dana\", \(fields) }".utf8))
    #expect(Person(node, reading: &reading) == nil)
    #expect(reading.diagnostics.map(\.message) == [expected])
  }

  @Test func keysCountBetweenTheirMoments() throws {
    let moment = Instant(milliseconds: 1_000)
    let material = PersonKey.Material.ssh(type: "ssh-ed25519", key: "AAAA")
    #expect(PersonKey(material: material).isValid(at: moment))
    #expect(PersonKey(material: material, from: moment).isValid(at: moment))
    #expect(!PersonKey(material: material, until: moment).isValid(at: moment))
    #expect(!PersonKey(material: material, revoked: moment).isValid(at: moment))
  }

  @Test func nearestNamesAreNear() {
    #expect(Nearest.nearest(to: "ouline", among: ["draft", "outline"]) == "outline")
    #expect(Nearest.nearest(to: "publihs", among: ["publish"]) == "publish")
    #expect(Nearest.nearest(to: "zebra", among: ["draft", "outline"]) == nil)
    #expect(Nearest.nearest(to: "", among: ["draft"]) == nil)
  }
}
