internal import CLibgit2

extension Repository {
  /// A value of the merged configuration (repository, user, system), or `nil` when unset.
  package borrowing func configuration(_ key: String) throws(GitError) -> String? {
    let config = try snapshot()
    return try Self.value(of: key, in: config.pointer)
  }

  /// A boolean as git reads it; throws when the value is none.
  package borrowing func configurationFlag(_ key: String) throws(GitError) -> Bool? {
    let config = try snapshot()
    var flag: CInt = 0
    let status = git_config_get_bool(&flag, config.pointer, key)
    if status == GIT_ENOTFOUND.rawValue {
      git_error_clear()
      return nil
    }
    try check(status, .readConfiguration)
    return flag != 0
  }

  /// A value that this repository's own configuration sets.
  package borrowing func localConfiguration(_ key: String) throws(GitError) -> String? {
    let local = try localConfiguration(.readConfiguration)
    return try Self.value(of: key, in: local.pointer)
  }

  /// Sets `key` in this repository's own configuration only.
  package borrowing func setLocalConfiguration(
    _ key: String, to value: String
  ) throws(GitError) {
    guard !value.utf8.contains(0) else {
      throw GitError(.writeConfiguration, .invalidName(key), "a value cannot contain NUL")
    }
    let local = try localConfiguration(.writeConfiguration)
    try check(git_config_set_string(local.pointer, key, value), .writeConfiguration)
  }

  /// Sets `key` in this repository's own configuration only.
  package borrowing func setLocalConfiguration(_ key: String, to flag: Bool) throws(GitError) {
    let local = try localConfiguration(.writeConfiguration)
    try check(git_config_set_bool(local.pointer, key, flag ? 1 : 0), .writeConfiguration)
  }

  /// Removes `key` from this repository's own configuration; does nothing when it is not there.
  package borrowing func unsetLocalConfiguration(_ key: String) throws(GitError) {
    let local = try localConfiguration(.writeConfiguration)
    let status = git_config_delete_entry(local.pointer, key)
    if status == GIT_ENOTFOUND.rawValue {
      git_error_clear()
      return
    }
    try check(status, .writeConfiguration)
  }

  private borrowing func snapshot() throws(GitError) -> Handle {
    try Handle(.readConfiguration, free: { git_config_free($0) }) {
      git_repository_config_snapshot(&$0, handle.pointer)
    }
  }

  private borrowing func localConfiguration(
    _ operation: GitError.Operation
  ) throws(GitError) -> Handle {
    let merged = try Handle(operation, free: { git_config_free($0) }) {
      git_repository_config(&$0, handle.pointer)
    }
    return try Handle(operation, free: { git_config_free($0) }) {
      git_config_open_level(&$0, merged.pointer, GIT_CONFIG_LEVEL_LOCAL)
    }
  }

  static func value(
    of key: String, in config: OpaquePointer
  ) throws(GitError) -> String? {
    var buffer = git_buf()
    defer { git_buf_dispose(&buffer) }
    let status = git_config_get_string_buf(&buffer, config, key)
    if status == GIT_ENOTFOUND.rawValue {
      git_error_clear()
      return nil
    }
    try check(status, .readConfiguration)
    guard let value = buffer.ptr else { return "" }
    return try text(value, .readConfiguration)
  }
}
