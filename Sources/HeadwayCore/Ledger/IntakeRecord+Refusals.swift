/// What a broken file refuses is as good as missed: it is made up for once files are mended.
extension IntakeRecord {
  /// The most follow-up runs that are remembered.
  package static let followerLimit = 100

  /// Remembers an instant that was refused, as the schedule's rule for missed ones has it.
  package mutating func refuse(_ instant: WaitingInstant, _ rule: Schedule.CatchUp) {
    switch rule {
    case .none: return
    case .latest: refused.removeAll { $0.schedule == instant.schedule }
    case .all:
      refused.removeAll { $0.schedule == instant.schedule && $0.nominal == instant.nominal }
    }
    refused.append(instant)
    let own = refused.filter { $0.schedule == instant.schedule }
    let excess = Set(own.dropLast(Schedule.catchUpLimit))
    refused.removeAll { excess.contains($0) }
  }

  package mutating func refuse(_ follower: WaitingFollower) {
    followers.removeAll { $0.pipeline == follower.pipeline && $0.run == follower.run }
    followers = Array((followers + [follower]).suffix(Self.followerLimit))
  }

  /// Lets the instants that were refused wait again, now that `commit` holds other files.
  ///
  /// They stay refused while their own schedule has errors; they go with it, and after a day.
  package mutating func readmit(in project: Project, at commit: CommitID, now: Instant) {
    let known = refused
    refused = []
    for instant in known where instant.nominal > now - Schedule.window {
      guard let schedule = project.schedules[instant.schedule] else {
        let isBroken = project.blob(at: Project.path(ofSchedule: instant.schedule)) != nil
        if isBroken { refused.append(instant) }
        continue
      }
      guard project.awaits(schedule.name) else { continue }
      instants.append(
        WaitingInstant(
          schedule: schedule.name, nominal: instant.nominal, due: instant.due, commit: commit,
          isCatchUp: schedule.missed == .all))
    }
  }
}

extension Project {
  /// Pipelines that cannot be read, and of which it is not known that something else sets them
  /// going; `trigger` is what would be.
  package func brokenPipelines(that trigger: String, name: Name) -> [Name] {
    let files = Set(diagnostics.filter { $0.severity == .error }.map(\.file))
    return files.compactMap { file -> Name? in
      guard let path = FilePath(checked: file), ProjectFile(at: path) == .pipeline,
        let pipeline = Name(String(file.dropFirst(Pipeline.folder.count).dropLast(5))),
        pipelines[pipeline] == nil
      else { return nil }
      guard let node = nodes[path] else { return pipeline }
      return node["on"]?[trigger]?.text == name.text ? pipeline : nil
    }.sorted()
  }

  /// Whether a schedule sets a pipeline going, or would if that could be read.
  package func awaits(_ schedule: Name) -> Bool {
    pipeline(of: schedule) != nil || !brokenPipelines(that: "schedule", name: schedule).isEmpty
  }
}
