import HeadwayCore
import HeadwayTestSupport

extension RecordGenerator {
  mutating func condition() -> TaskCondition {
    let (task, output) = (name(), path().text)
    let isField = random.onceIn(2)
    return TaskCondition(
      Condition(
        subject: isField
          ? .field(task: task, output: output, path: "a.b") : .name("words"),
        comparison: .exactly, literal: .string(text())),
      source: isField
        ? .field(task: task, output: output, path: "a.b") : .value(.string(text())))
  }

  mutating func fan() -> FanRule {
    FanRule(
      place: OutputPlace(task: name(), output: path().text, field: maybe { _ in "a.b" }),
      most: maybe { $0.random.below(9) })
  }
}
