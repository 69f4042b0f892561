/// Engine manifests (engine.ini): signatures as data. docs/formats/manifest.md describes the keys.
#pragma once

#include "recover/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace recover::scan {

/// `bytes` at `offset` of a file's (decoded) head; offset `anywhere`: in the whole head (64 KiB where
/// `names` matched, else the first 4 KiB).
struct Magic {
  static constexpr std::int64_t anywhere = -1;
  std::int64_t offset = 0;
  std::string bytes;
};

enum class Target { directory, file };

/// One section [signature.NAME] of a manifest. Hits when all conditions that are given hold.
struct Signature {
  std::string name;  ///< section name without the prefix
  std::string kind;  ///< what people read ("pg_dump custom archive")
  Target target = Target::file;
  std::vector<std::string> entries;  ///< directory: all must be there ("base/" = a directory, "a/b" = a path)
  std::vector<std::string> any_entry;  ///< directory: at least one glob must match ("PG_*/" = a directory)
  std::vector<std::string> forbidden;  ///< directory: no entry may match one of these globs
  std::vector<std::string> names;      ///< file: globs of the name, one must match; empty = any name
  bool name_decides = false;           ///< file: the name alone is enough to ask the plugin (no magic)
  std::vector<std::vector<Magic>> magics;  ///< file: one inner list (all of it) must match the head
  std::uint64_t min_size = 0;              ///< file: smaller ones are not looked at
  bool through_compression = false;        ///< file: magics are matched in the decoded head too
  bool claims_tree = false;       ///< directory: all below belongs to it; other engines do not look there
  std::vector<std::string> keep;  ///< files to hold when this is inside an archive (relative globs)
  std::string role;               ///< "", "part", "repository", "wrapper": the finding's role
  std::string advice;             ///< for repository and wrapper: the line that makes it readable
  int priority = 0;               ///< the higher one wins on the same path
};

struct Manifest {
  std::string engine;     ///< "postgresql"
  std::string product;    ///< "PostgreSQL"
  std::string id_prefix;  ///< "pg"
  std::vector<std::string> aliases;
  std::string library;  ///< file name of the plugin; empty: recognition only (wrappers)
  std::uint32_t interface_version = 0;
  std::string package;  ///< what to install when the library is missing
  std::string path;     ///< where this manifest was read
  std::vector<Signature> signatures;
};

/// Reads one manifest. Errors: scan.manifest_invalid with file and line.
Result<Manifest> load_manifest(const std::string& path);

/// The same for text in memory; `name` appears in messages.
Result<Manifest> parse_manifest(const std::string& text, const std::string& name);

/// Reads every *.ini of a directory, sorted by name.
Result<std::vector<Manifest>> load_manifests(const std::string& directory);

}  // namespace recover::scan
