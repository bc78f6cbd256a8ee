internal import ArgumentParser
internal import HeadwayCore

extension Headway {
  /// Parses `arguments`, runs the command they name, and tells what went wrong, if anything.
  package static func run(
    _ arguments: some Collection<String>, in context: CommandContext
  ) async -> ExitStatus {
    let status = await carryOut(arguments, in: context)
    // What did not arrive was not said: a script must not take half an answer for a whole one.
    guard case .failed(let reason) = context.output.failure else { return status }
    let complaint = Complaint("the output could not be written: \(reason)")
    return status == .success ? complain(complaint, in: context) : status
  }

  private static func carryOut(
    _ arguments: some Collection<String>, in context: CommandContext
  ) async -> ExitStatus {
    let command: any ParsableCommand
    do {
      command = try parseAsRoot(Array(arguments))
    } catch {
      return answer(error, to: Array(arguments), in: context)
    }
    guard let command = command as? any HeadwayCommand else {
      return showHelp(command, in: context)
    }
    do {
      let context = try context.applying(command.options)
      do {
        return try await command.run(in: context)
      } catch {
        return complain(Complaint(error), in: context)
      }
    } catch {
      return complain(Complaint(error), in: context)
    }
  }

  /// A group of commands, such as `headway hooks`, does nothing by itself.
  private static func showHelp(
    _ command: any ParsableCommand, in context: CommandContext
  ) -> ExitStatus {
    var command = command
    do {
      try command.run()
      return .success
    } catch {
      return answer(error, to: [], in: context)
    }
  }

  /// Help, versions and completion scripts arrive as errors too.
  private static func answer(
    _ error: any Error, to arguments: [String], in context: CommandContext
  ) -> ExitStatus {
    guard exitCode(for: error) != .success else {
      context.output.line(fullMessage(for: error))
      return .success
    }
    return complain(misuse(error, arguments), in: context)
  }

  private static func misuse(_ error: any Error, _ arguments: [String]) -> Complaint {
    let commands = configuration.subcommands.map { $0._commandName }
    let first = arguments.first { !$0.hasPrefix("-") }
    guard let first, arguments.first == first else {
      return Complaint(
        message(for: error), hint: "`headway help` lists all commands and options", status: .usage)
    }
    guard commands.contains(first) || first == "help" else {
      let nearest = Nearest.hint(for: first, among: commands, listing: "commands")
      return Complaint(
        "no command is called `\(first)`", hints: [nearest].compactMap { $0 }, status: .usage)
    }
    return Complaint(
      message(for: error), hint: "`headway help \(first)` tells what it takes", status: .usage)
  }

  private static func complain(
    _ complaint: Complaint, in context: CommandContext
  ) -> ExitStatus {
    complaint.write(to: context.errors, on: context.errorTerminal)
    return complaint.status
  }
}
