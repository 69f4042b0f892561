/// What may go wrong when a dump of one major version goes into a server of another one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql {

enum class Compatibility { safe, warning, risky, unsupported };

/// "SAFE", "WARNING", "RISKY", "UNSUPPORTED".
std::string to_text(Compatibility level);

/// One thing that a version took away or changed.
struct VersionRule {
  std::string_view feature;  ///< "object_ids": its name in facts and tests
  int since;                 ///< the first major without it; older dumps may have it
  Compatibility level;       ///< of a dump that has it
  /// Any of these in a statement, in lower case, shows that the dump has it. None: it concerns every dump.
  std::vector<std::string_view> signs;
  std::string_view reason;
};

std::span<const VersionRule> version_rules();

/// What was seen of a dump.
struct DumpFeatures {
  int major = 0;                      ///< of the server that was dumped; 0 unknown
  std::vector<std::string> features;  ///< of version_rules(), those whose signs were seen
  bool seen_whole = false;            ///< nothing else is in it
};

struct VersionJudgement {
  Compatibility level = Compatibility::safe;
  std::vector<std::string> reasons;  ///< none when it is safe
};

/// Rules by feature, not by distance: a dump of 10 that has none of the things that went away is safe in 18.
VersionJudgement judge_versions(const DumpFeatures& dump, int target_major);

/// The features of this list that a statement shows.
std::vector<std::string> features_in(std::string_view statement);

}  // namespace recover::postgresql
