internal import Git
internal import HeadwayCore
internal import HeadwayEngine

/// The person whose key signs in this clone, as the project's `people/` knows them.
struct Me: Hashable, Sendable {
  let name: Name
  let roles: Set<Name>

  /// `nil` when no key is set up, or when it is nobody's: then everything may concern the reader.
  static func find(
    _ context: CommandContext, _ site: Site, among people: [Person]
  ) async throws -> Me? {
    let (format, setting) = try await site.store.perform { (repository) throws(GitError) in
      (
        try repository.configuration("gpg.format"),
        try repository.configuration("user.signingkey")
      )
    }
    guard let setting, !setting.isEmpty else { return nil }
    let search = SigningKeySearch(
      environment: context.environment, home: context.home, format: format, setting: setting)
    guard let key = try await search.find() else { return nil }
    let now = context.now()
    let owner = people.sorted { $0.name < $1.name }.first { person in
      person.kind == .person
        && person.keys.contains { $0.isValid(at: now) && $0.material.identity == key.identity }
    }
    return owner.map { Me(name: $0.name, roles: $0.roles) }
  }
}

extension SigningKey {
  /// What makes two keys the same; the counterpart of `PersonKey.Material.identity`.
  fileprivate var identity: String {
    switch material {
    case .ssh(let line): line.split(separator: " ").dropFirst().first.map(String.init) ?? line
    case .openPGP(let block): block.filter { !$0.isWhitespace }
    }
  }
}
