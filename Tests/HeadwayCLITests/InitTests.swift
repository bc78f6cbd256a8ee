import Glibc
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayCLI

struct InitTests {
  @Test func writesFilesSettingsAndHooksAndCommitsNothing() async throws {
    let trial = try await Trial()
    let key = try await trial.makeKey()
    let ending = await trial.run("init")

    #expect(ending.status == .success, "\(ending.errors)")
    #expect(trial.exists("headway.json") && trial.exists("pipelines/article.json"))
    #expect(try trial.read("people/ada-lovelace.json").contains(key))
    #expect(try await trial.git("rev-list", "--all", "--count") == "0")
    #expect(try await trial.git("diff", "--cached", "--name-only") == "")
    #expect(try await trial.git("config", "--local", "headway.scheduler") == "true")
    #expect(try await trial.git("config", "--local", "headway.branch") == "main")
    #expect(try await trial.git("config", "--local", "gpg.format") == "ssh")
    #expect(trial.exists(".git/hooks/post-commit"))
    #expect(ending.output.contains("gpg.ssh.allowedSignersFile"))
    #expect(!(try trial.read(trial.home + "/gitconfig")).contains("headway"))
  }

  @Test func whatItWroteIsSoundAndItsSignaturesAreKnownToGit() async throws {
    let trial = try await Trial()
    _ = try await trial.makeKey()
    _ = await trial.run("init")
    let check = await trial.run("check")
    #expect(check.status == .success, "\(check.output)")

    try trial.writeProgram(".git/hooks/post-commit", "#!/bin/sh\n")
    try await trial.git("add", "-A")
    try await trial.git(
      "commit", "-q", "-S", "-m", "Start", adding: ["GIT_COMMITTER_EMAIL": "ada@example.org"])
    #expect(try await trial.git("log", "-1", "--format=%G?") == "G")
  }

  @Test func listsEveryClashAndWritesNothing() async throws {
    let trial = try await Trial()
    try trial.repository.write("headway.json", "mine")
    try trial.repository.write("executors/publish.py", "mine too")
    symlink("/tmp", trial.path + "/prompts")
    let ending = await trial.run("init")

    #expect(ending.status == .failed)
    for clash in ["headway.json", "executors/publish.py", "prompts"] {
      #expect(ending.errors.contains(clash))
    }
    #expect(!trial.exists("pipelines") && !trial.exists(".git/headway"))
    #expect(try trial.read("headway.json") == "mine")
    #expect(!(try trial.read(".git/config")).contains("headway"))
    #expect(!trial.exists(".git/hooks/post-commit"))
  }

  @Test func makesARepositoryWhereThereIsNone() async throws {
    let trial = try await Trial()
    let place = trial.home + "/new/place"
    let ending = await trial.run("init", place, "--template", "content-ops")
    #expect(ending.status == .success, "\(ending.errors)")
    #expect(trial.exists(place + "/.git/hooks/post-merge"))
    #expect(ending.output.contains("cd \(place)"))
  }

  @Test func aClashKeepsItFromMakingARepository() async throws {
    let trial = try await Trial()
    let place = trial.home + "/plain"
    mkdir(place, 0o777)
    symlink("nowhere", place + "/headway.json")
    let ending = await trial.run("init", place)
    #expect(ending.status == .failed)
    #expect(!trial.exists(place + "/.git"))
  }

  @Test func withoutAKeyItLeavesAPlaceholderAndNamesTheCommand() async throws {
    let trial = try await Trial()
    let ending = await trial.run("init")
    #expect(ending.status == .success)
    #expect(ending.output.contains(SigningKey.making))
    #expect(try trial.read("people/ada-lovelace.json").contains("\"keys\": []"))
    #expect(!(try trial.read(".git/config")).contains("gpg"))
    let check = await trial.run("check")
    #expect(check.output.contains("people/ada-lovelace.json"))
  }

  @Test func whatTheUserHasSetStays() async throws {
    let trial = try await Trial()
    let key = try await trial.repository.makeSSHKey("other")
    try await trial.git("config", "--global", "gpg.format", "ssh")
    try await trial.git("config", "--global", "user.signingkey", key)
    try await trial.git("config", "headway.branch", "trunk")
    let ending = await trial.run("init")
    #expect(ending.status == .success, "\(ending.errors)")
    let config = try trial.read(".git/config")
    #expect(!config.contains("signingkey") && !config.contains("format = ssh"))
    #expect(try await trial.git("config", "headway.branch") == "trunk")
    let line = try trial.read(key + ".pub").split(separator: " ")[1]
    #expect(try trial.read("people/ada-lovelace.json").contains(line))
  }

  @Test func refusesAFolderBelowTheTopAndABareRepository() async throws {
    let trial = try await Trial()
    mkdir(trial.path + "/inside", 0o777)
    let below = await trial.run("init", "inside")
    #expect(below.status == .failed && below.errors.contains("is inside the repository"))
    let missing = await trial.run("init", "inside/new")
    #expect(missing.errors.contains("is inside the repository"))

    let bare = try await Trial(bare: true)
    let ending = await bare.run("init")
    #expect(ending.errors.contains("bare repository"))
  }

  @Test func anUnknownTemplateListsTheKnownOnes() async throws {
    let trial = try await Trial()
    let ending = await trial.run("init", "--template", "nope")
    #expect(ending.status == .usage)
    #expect(ending.errors.contains("hint: known templates: content-ops"))
  }

  @Test(arguments: [
    ("Ada Lovelace", "ada-lovelace"), ("Jürgen Groß", "juergen-gross"), ("O'Neil", "oneil"),
    ("José  María!", "jose-maria"), ("3rd Dana", "rd-dana"), ("a--b", "a-b"),
  ])
  func namesFold(_ text: String, _ name: String) {
    #expect(Creator.name(from: text)?.text == name)
  }

  @Test func namesWithoutALetterOfOursGiveNone() {
    #expect(Creator.name(from: "李明") == nil)
    #expect(Creator.name(from: "42") == nil)
    #expect(Creator.name(from: String(repeating: "a-", count: 60))?.text.hasSuffix("-") == false)
  }
}

struct SigningKeyTests {
  @Test func privateKeysAndCertificatesAreNoPublicKeys() {
    #expect(SigningKeySearch.keyWords("ssh-ed25519 AAAAC3 me@host") == "ssh-ed25519 AAAAC3")
    #expect(SigningKeySearch.keyWords("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl") == nil)
    #expect(SigningKeySearch.keyWords("ssh-ed25519\nAAAA") == nil)
  }

  @Test func findsALiteralAPathAndAnOpenPGPKey() async throws {
    let repository = try await TemporaryRepository()
    let key = try await repository.makeSSHKey()
    func find(_ format: String?, _ setting: String) async throws -> SigningKey? {
      try await SigningKeySearch(
        environment: repository.openPGPEnvironment, home: repository.directory, format: format,
        setting: setting
      ).find()
    }
    #expect(
      try await find("ssh", "key::ssh-ed25519 AAAAC3")?.material == .ssh("ssh-ed25519 AAAAC3"))
    #expect(try await find("ssh", key)?.source == key + ".pub")
    #expect(try await find("ssh", "~/key.pub")?.source == key + ".pub")
    #expect(try await find("ssh", "/nowhere") == nil)
    #expect(try await find(nil, "--output=/tmp/x") == nil)

    let fingerprint = try await repository.makeOpenPGPKey()
    let found = try #require(try await find(nil, fingerprint))
    #expect(found.format == "openpgp" && found.field.value.contains("PUBLIC KEY BLOCK"))
  }
}
