internal import Glibc
internal import HeadwayCLI

// A git hook waits for this path: it must not cost what parsing a command line costs.
if CommandLine.arguments.dropFirst().elementsEqual(["tick", "--detach"]) {
  exit(Detach.run())
}
// A reader of our output that goes away, or a child that does not read what we give it, must not
// end us in the middle of a ledger commit; children get the usual disposition back.
_ = signal(SIGPIPE, SIG_IGN)
let status = await Headway.run(CommandLine.arguments.dropFirst(), in: .process())
exit(status.rawValue)
