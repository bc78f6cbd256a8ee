/// The main job, told as a sequence of commands.
struct Demonstration: Sendable {
  let stage: Stage

  func run() async throws(CommandError) {
    try await start()
    try await brief()
    let proposal = try await proposal()
    try await approve(proposal)
    try await tell(proposal)
  }

  private func start() async throws(CommandError) {
    stage.say("A new repository, with a signing key of its own")
    try await stage.run("git init -q -b main")
    try await stage.run("git config user.name 'Dana Demo'")
    try await stage.run("git config user.email dana@example.org")
    try await stage.run(
      "mkdir -m 700 ~/.ssh && ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519")
    try await stage.run("headway init --template content-ops")
    try await stage.run("git add -A && git commit -q -m 'Start'")
  }

  private func brief() async throws(CommandError) {
    stage.say("A brief, committed: that is all it takes")
    try await stage.run("cp examples/launch.md briefs/launch.md && cat briefs/launch.md")
    try await stage.run("git add -A && git commit -q -m 'Brief: launch article'")
    // The hook has started a tick by now; this one waits for it, so that we see the end.
    try await stage.run("headway tick --now")
    try await stage.run("headway status")
  }

  /// The branch that waits for a signature.
  private func proposal() async throws(CommandError) -> String {
    let list = "git for-each-ref --format='%(refname:short)' 'refs/heads/headway/proposals/'"
    let name = try await stage.answer(list)
    guard !name.isEmpty else { throw .stepFailed(list) }
    return name
  }

  private func approve(_ proposal: String) async throws(CommandError) {
    stage.say("Read what is proposed, then sign: the signed merge is the approval")
    try await stage.run("git show --stat --format='%an proposes %s' \(proposal)")
    try await stage.run("git show \(proposal):content/launch.md")
    try await stage.run("git merge -q --no-ff --no-edit -S \(proposal)")
    try await stage.run("git log -1 --format='%h %s, signed by %GS: %G?'")
    try await stage.run("headway tick --now")
    try await stage.run("headway status")
  }

  private func tell(_ proposal: String) async throws(CommandError) {
    stage.say("It is published, outside the repository")
    try await stage.run("ls ~/sites/content-ops && cat ~/sites/content-ops/published.jsonl")

    stage.say("The whole story is on the branch headway/ledger")
    try await stage.run("git log --graph --format='%h %s' headway/ledger")
    try await stage.run(
      "git log headway/ledger --format='%(trailers:key=Headway-Task,valueonly,separator=%x2C) "
        + "%(trailers:key=Headway-Cost,valueonly,separator=%x2C)' --grep='Headway-Event: result'")

    stage.say("Why did it run when it ran, on which inputs, at what cost?")
    let run = proposal.split(separator: "/").dropLast().last ?? ""
    try await stage.run("headway explain \(run)/draft")

    stage.say("Every decision again, byte for byte")
    try await stage.run("headway replay --all")
  }
}
