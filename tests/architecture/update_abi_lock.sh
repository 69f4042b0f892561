#!/bin/bash
# Writes tests/architecture/abi.lock: the interface version and a hash over the code (without comments and
# white space) of the headers that plugins see. With --print it only shows what would be written.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C
version=$(sed -n 's/^#define RECOVER_ABI //p' core/include/recover/plugin.hpp)
hash=$(cat core/include/recover/*.hpp | sed 's,//.*$,,' | tr -d '[:space:]' | sha256sum | cut -d ' ' -f 1)
lock="interface $version"$'\n'"sha256 $hash"
if [ "${1:-}" = --print ]; then
  printf '%s\n' "$lock"
else
  printf '%s\n' "$lock" > tests/architecture/abi.lock
fi
