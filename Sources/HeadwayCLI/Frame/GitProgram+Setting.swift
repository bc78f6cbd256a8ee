internal import Git

extension GitProgram {
  /// The value in force in `directory`, whoever set it and by whatever file git reads for its user.
  func setting(_ key: String, in directory: String) async throws(GitProgramError) -> String? {
    let answer = try await outcome(of: ["config", "--get", key], in: directory, as: .user)
    return answer.status == 0 && !answer.text.isEmpty ? answer.text : nil
  }
}
