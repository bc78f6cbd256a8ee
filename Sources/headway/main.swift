internal import Glibc
internal import HeadwayCLI

// A git hook waits for this path: it must not cost what parsing a command line costs.
if CommandLine.arguments.dropFirst().elementsEqual(["tick", "--detach"]) {
  exit(Detach.run())
}
let status = await Headway.run(CommandLine.arguments.dropFirst(), in: .process())
exit(status.rawValue)
