/// What a tree says an entry is; git knows no other modes.
package enum FileMode: UInt32, Hashable, Sendable, CaseIterable {
  case tree = 0o040000
  case blob = 0o100644
  case executable = 0o100755
  case symlink = 0o120000
  /// A commit of another repository (a submodule).
  case gitlink = 0o160000

  /// Reads a mode as git does, which folds the permissions that old versions wrote into two.
  init?(stored mode: UInt32) {
    switch mode & 0o170000 {
    case 0o040000: self = .tree
    case 0o100000: self = mode & 0o100 == 0 ? .blob : .executable
    case 0o120000: self = .symlink
    case 0o160000: self = .gitlink
    default: return nil
    }
  }

  /// The octal text as trees store it: no leading zero.
  package var text: String { "\(octal)" }

  var octal: StaticString {
    switch self {
    case .tree: "40000"
    case .blob: "100644"
    case .executable: "100755"
    case .symlink: "120000"
    case .gitlink: "160000"
    }
  }

  /// Whether the entry's id names a blob.
  package var isFile: Bool { self != .tree && self != .gitlink }
}
