/// The manifest of a multi-part append-only file (Redis 7.0 and later).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::redis {

enum class AofPart { base, incremental, history };

struct AofFile {
  std::string name;
  AofPart part = AofPart::incremental;
};

/// The files in the order of their lines, or nothing when this is no such manifest.
std::optional<std::vector<AofFile>> parse_aof_manifest(std::string_view text);

}  // namespace recover::redis
