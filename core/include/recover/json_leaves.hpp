/// Foreign JSON (a backup's manifest, a dump's metadata) for plugins: the values with their paths.
/// The text may be cut off, because heads of large files are read: what came before the cut counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recover {

/// One string, number, true/false or null. Object keys and array positions are joined with '/':
/// "snapshots/0/name".
struct JsonLeaf {
  std::string path;
  std::string value;  ///< text of the value; strings without quotes
};

struct JsonLeaves {
  std::vector<JsonLeaf> leaves;
  bool is_complete = false;  ///< the text was one whole JSON document

  /// The value at exactly this path, or "".
  [[nodiscard]] std::string at(std::string_view path) const;
  /// The values whose path begins with `first` and ends with `last` ("snapshots/", "/version").
  [[nodiscard]] std::vector<std::string> all(std::string_view first, std::string_view last) const;
};

/// Never fails: text that is no JSON has no leaves. Depth is capped at 64, leaves at 100,000.
JsonLeaves json_leaves(std::string_view text);

}  // namespace recover
