#!/bin/sh
# embed.sh ROOT OUTPUT: writes EmbeddedFiles.swift, touching it only when its content changed.
set -eu
cd "$1"
out=$2/EmbeddedFiles.swift
new=$out.new
{
  echo 'package struct EmbeddedFile: Sendable {'
  echo '  package let path: String'
  echo '  package let executable: Bool'
  echo '  package let base64: String'
  echo '}'
  echo 'package let embeddedFiles: [EmbeddedFile] = ['
  find templates hooks -type f | LC_ALL=C sort | while IFS= read -r f; do
    if [ -x "$f" ]; then x=true; else x=false; fi
    printf '  EmbeddedFile(path: "%s", executable: %s, base64: "%s"),\n' \
      "$f" "$x" "$(base64 <"$f" | tr -d '\n')"
  done
  echo ']'
} >"$new"
if cmp -s "$new" "$out"; then rm "$new"; else mv "$new" "$out"; fi
