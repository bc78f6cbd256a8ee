internal import ArgumentParser

extension Headway {
  /// Parses `arguments`, runs the command they name, and tells what went wrong, if anything.
  package static func run(
    _ arguments: some Collection<String>, in context: CommandContext
  ) async -> ExitStatus {
    let command: any ParsableCommand
    do {
      command = try parseAsRoot(Array(arguments))
    } catch {
      return answer(error, in: context)
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
      return answer(error, in: context)
    }
  }

  /// Help, versions and completion scripts arrive as errors too.
  private static func answer(_ error: any Error, in context: CommandContext) -> ExitStatus {
    let text = message(for: error)
    guard exitCode(for: error) != .success else {
      context.output.line(fullMessage(for: error))
      return .success
    }
    return complain(
      Complaint(
        text.isEmpty ? "\(error)" : text, hint: "`headway help` lists all commands and options",
        status: .usage),
      in: context)
  }

  private static func complain(
    _ complaint: Complaint, in context: CommandContext
  ) -> ExitStatus {
    complaint.write(to: context.errors, on: context.errorTerminal)
    return complaint.status
  }
}
