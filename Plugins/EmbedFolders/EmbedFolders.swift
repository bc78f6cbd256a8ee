import Foundation
import PackagePlugin

/// Puts `templates/` and `hooks/` into the binary, so that it works from any directory.
@main struct EmbedFolders: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = context.package.directoryURL
    let output = context.pluginWorkDirectoryURL
    return [
      .prebuildCommand(
        displayName: "Embedding templates and hooks", executable: URL(filePath: "/bin/sh"),
        arguments: [
          root.appending(path: "Plugins/EmbedFolders/embed.sh").path, root.path, output.path,
        ], outputFilesDirectory: output)
    ]
  }
}
