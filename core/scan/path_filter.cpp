// Every entry of a tree passes here, a million times a scan: names without wildcards, which the default
// patterns are, are compared without building a string. Exclusion is stronger than inclusion, because
// "not there" is what somebody says who knows the place.

#include "core/scan/path_filter.hpp"

#include "core/text/format.hpp"
#include "recover/tree.hpp"

#include <algorithm>

namespace recover::scan {

std::vector<PathFilter::Pattern> PathFilter::patterns_of(const std::vector<std::string>& globs) {
  std::vector<Pattern> patterns;
  for (auto glob : globs) {
    while (glob.ends_with('/')) glob.pop_back();
    if (glob.empty()) continue;
    const bool is_literal = glob.find_first_of("*?[") == std::string::npos;
    patterns.push_back({glob, is_literal, glob.find('/') != std::string::npos});
  }
  return patterns;
}

PathFilter::PathFilter(const std::vector<std::string>& exclude, const std::vector<std::string>& include)
    : exclude_(patterns_of(exclude)), include_(patterns_of(include)) {}

bool PathFilter::any_matches(const std::vector<Pattern>& patterns, std::string_view directory,
                             std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& pattern) {
    if (pattern.is_literal && !pattern.is_path) return pattern.glob == name;
    const std::string text =
        pattern.is_path ? join_path(std::string(directory), std::string(name)) : std::string(name);
    return text::glob_match(pattern.glob, text);
  });
}

bool PathFilter::includes_path(std::string_view path) const {
  if (!is_restricted()) return true;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto directory = begin == 0 ? std::string_view{} : path.substr(0, begin - 1);
    if (includes(directory, path.substr(begin, end - begin))) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace recover::scan
