/// --include and --exclude: which entries of a walk are looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recover::scan {

/// A pattern with a '/' is compared with the path below the source, any other with the name. Immutable.
class PathFilter {
 public:
  PathFilter(const std::vector<std::string>& exclude, const std::vector<std::string>& include);

  /// True when the entry `name` of `directory` is passed over, with everything below it.
  [[nodiscard]] bool excludes(std::string_view directory, std::string_view name) const {
    return any_matches(exclude_, directory, name);
  }
  /// True when only what some pattern includes is looked at.
  [[nodiscard]] bool is_restricted() const { return !include_.empty(); }
  /// True when this entry itself is included (with everything below it), or there is no restriction.
  [[nodiscard]] bool includes(std::string_view directory, std::string_view name) const {
    return include_.empty() || any_matches(include_, directory, name);
  }
  /// The same for a whole path: itself or a directory above it is included.
  [[nodiscard]] bool includes_path(std::string_view path) const;

 private:
  struct Pattern {
    std::string glob;
    bool is_literal = false;
    bool is_path = false;
  };
  static std::vector<Pattern> patterns_of(const std::vector<std::string>& globs);
  static bool any_matches(const std::vector<Pattern>& patterns, std::string_view directory,
                          std::string_view name);

  std::vector<Pattern> exclude_;
  std::vector<Pattern> include_;
};

}  // namespace recover::scan
