/// Why a command that needs no engine could not do its work.
package enum CommandError: Error, Hashable, Sendable {
  case noDirectory(String)
  case file(String, _ action: String, _ reason: String)
  case unknownTemplate(String, known: [String])
  /// `init` found these in its way, and wrote nothing.
  case clashes([String], in: String)
  case notTheTop(String, top: String)
  case bareRepository(String)
  case notInstalled(program: String, package: String)
  /// A tick holds the lock.
  case busy
  case unquotable(path: String)
  case revision(String, String)
  /// A command of the demonstration ended badly.
  case stepFailed(String)
  case invalid(String, hint: String)
}
