internal import SystemPackage

/// Where a command's lines go.
package struct Output: Sendable {
  private let sink: @Sendable ([UInt8]) -> Void

  package init(_ sink: @escaping @Sendable ([UInt8]) -> Void) { self.sink = sink }

  package func write(_ bytes: [UInt8]) { sink(bytes) }
  package func write(_ text: String) { sink(Array(text.utf8)) }
  package func line(_ text: String = "") { write(text.hasSuffix("\n") ? text : text + "\n") }

  /// A file that the process has open.
  ///
  /// A reader that has gone away misses the rest; nobody is left
  /// to tell of other failures.
  static func descriptor(_ number: Int32) -> Output {
    let file = FileDescriptor(rawValue: number)
    return Output { bytes in _ = try? file.writeAll(bytes) }
  }
}
