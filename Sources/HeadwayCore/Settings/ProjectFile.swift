/// Which kind of file a path of main holds, by its place alone.
package enum ProjectFile: Hashable, Sendable, CaseIterable {
  case settings, brief, pipeline, executor, model, person, schedule

  /// `nil` for everything that ``Project`` does not read.
  package init?(at path: FilePath) {
    let text = path.text
    if text == Settings.file {
      self = .settings
    } else if text.hasPrefix(Brief.folder), text.hasSuffix(".md") {
      self = .brief
    } else if Self.isDirectChild(text, of: Pipeline.folder) {
      self = .pipeline
    } else if Self.isDirectChild(text, of: ExecutorFile.folder) {
      self = .executor
    } else if text.hasPrefix(ModelFile.folder), text.hasSuffix(".json") {
      self = .model
    } else if Self.isDirectChild(text, of: Person.folder) {
      self = .person
    } else if Self.isDirectChild(text, of: Schedule.folder) {
      self = .schedule
    } else {
      return nil
    }
  }

  private static func isDirectChild(_ text: String, of folder: String) -> Bool {
    text.hasPrefix(folder) && text.hasSuffix(".json") && !text.dropFirst(folder.count).contains("/")
  }

  /// The schema of the file, or of a brief's front matter.
  package var schema: Schema {
    switch self {
    case .settings: Settings.schema
    case .brief: Brief.schema
    case .pipeline: Pipeline.schema
    case .executor: ExecutorFile.schema
    case .model: ModelFile.schema
    case .person: Person.schema
    case .schedule: Schedule.schema
    }
  }

  package var noun: String {
    switch self {
    case .settings: "settings"
    case .brief: "brief"
    case .pipeline: "pipeline"
    case .executor: "executor"
    case .model: "model"
    case .person: "person"
    case .schedule: "schedule"
    }
  }
}

/// A file of a commit's tree with its content.
package struct FileEntry: Hashable, Sendable {
  package let mode: FileMode
  package let blob: BlobID
  package let bytes: [UInt8]

  package init(mode: FileMode = .regular, blob: BlobID, bytes: [UInt8]) {
    self.mode = mode
    self.blob = blob
    self.bytes = bytes
  }
}
