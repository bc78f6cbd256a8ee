extension TaskExpansion {
  mutating func proposed(by task: TaskTemplate, _ item: FanItem?) -> [ProposedOutput] {
    guard !task.propose.isEmpty else { return [] }
    let upstream = PipelineCheck.upstream(of: task, in: pipeline.tasks)
    var proposed: [ProposedOutput] = []
    for template in task.propose {
      do {
        let source = try PipelineCheck.source(of: template.output, among: upstream)
        let text = text(template.target, "propose", of: task.name)
        guard let target = target(text, of: task.name) else { continue }
        proposed.append(
          ProposedOutput(
            task: instance(of: source.task, paired: task, item), output: source.output,
            target: target))
      } catch {
        report(error.message, of: task.name, "propose", hint: error.hint)
      }
    }
    return proposed
  }

  /// Judged on the final bytes, and as a file system without case would see them.
  private mutating func target(_ text: String, of task: Name) -> FilePath? {
    let shown = "`propose`: `\(text)`"
    if let fault = ProtectedPaths.fault(ofTarget: text) {
      report("\(shown) \(fault)", of: task, "propose")
      return nil
    }
    guard let path = FilePath(checked: text) else { return nil }
    guard pipeline.publishes.contains(where: { path.isUnder($0) }) else {
      let folders = pipeline.publishes.map { "`\($0)`" }.joined(separator: ", ")
      report(
        "\(shown) lies outside of what the pipeline publishes", of: task, "propose",
        hint: "folders: \(folders)")
      return nil
    }
    guard !project.protected.contains(path) else {
      report(
        "\(shown) is named by a protected file, and so protected itself", of: task, "propose")
      return nil
    }
    let folded = text.lowercased()
    if let other = targets.updateValue((task, path), forKey: folded),
      other.task == task || !other.target.text.utf8.elementsEqual(text.utf8)
    {
      report("\(shown) clashes with `\(other.target)` of `\(other.task)`", of: task, "propose")
      return nil
    }
    if let clash = caseClash(of: path) {
      report(
        "\(shown) differs from `\(clash)` on main only by case", of: task, "propose",
        hint: "some file systems cannot hold both")
      return nil
    }
    return path
  }

  /// A path on main, or a folder of one, that `path` differs from only by case or by being a
  /// folder where the other is a file.
  private func caseClash(of path: FilePath) -> String? {
    let mine = path.text.split(separator: "/")
    for other in project.listing.keys {
      let theirs = other.text.split(separator: "/")
      for (my, their) in zip(mine, theirs) {
        guard my.lowercased() == their.lowercased() else { break }
        if !my.utf8.elementsEqual(their.utf8) { return other.text }
      }
      if theirs.count != mine.count, zip(mine, theirs).allSatisfy({ $0 == $1 }) {
        return other.text
      }
    }
    return nil
  }
}
