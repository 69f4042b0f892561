/// INI files, strictly: what inih would accept silently (cut lines, duplicates, indented
/// continuations) is an error with its line. Used by manifests and configuration.
#pragma once

#include "recover/result.hpp"

#include <string>
#include <vector>

namespace recover::sys {

struct IniEntry {
  std::string section;  ///< "" before the first section
  std::string key;
  std::string value;
  int line = 0;
};

/// All entries of a file in order. Errors (config.line_too_long, config.duplicate_key,
/// config.invalid) carry facts "file" and "line" and a cause "FILE:LINE: ...". Several problems: the
/// first is returned.
Result<std::vector<IniEntry>> read_ini(const std::string& path);
/// The same for text in memory; `name` appears in messages.
Result<std::vector<IniEntry>> parse_ini(const std::string& text, const std::string& name);

}  // namespace recover::sys
