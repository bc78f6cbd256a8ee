/// Text as one word of a POSIX shell.
enum ShellWord {
  /// In quotes that nothing inside can end.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }

  /// As a person would type it: in quotes only where they are needed.
  static func typed(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || "/._-+=:@%,".utf8.contains(byte)
      }
    return isPlain ? text : quoted(text)
  }
}
