/// One thing that an attempt is given to work on.
package struct Material: Hashable, Sendable {
  /// Where it stands below the attempt's inputs.
  package let name: String
  package let blob: BlobID
  /// Where it came from, as the attempt's record says.
  package let from: String
}

extension BoardRun {
  /// What an attempt of `task` is given besides its brief: the results of what comes before it,
  /// its own inputs and what a rejection said.
  package func materials(of task: TaskRecord) -> [Material] {
    var materials: [Material] = []
    for name in task.specification.after {
      guard let earlier = tasks[name]?.record else { continue }
      for (output, blob) in earlier.standing.sorted(by: { $0.key < $1.key }) {
        materials.append(
          Material(name: "\(earlier.inputFolder)/\(output)", blob: blob, from: name.text))
      }
    }
    for input in task.specification.inputs {
      switch input {
      case .file(let path, let blob):
        materials.append(Material(name: "files/\(path)", blob: blob, from: "main"))
      case .delivered(let attempt, let output, let blob):
        materials.append(
          Material(
            name: "\(attempt.task.task)/\(output)", blob: blob, from: attempt.description))
      case .recall: break
      }
    }
    if let feedback = task.feedback {
      materials.append(Material(name: "feedback.md", blob: feedback, from: "feedback"))
    }
    return materials
  }
}
