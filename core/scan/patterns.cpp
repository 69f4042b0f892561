// The table of all globs: a million names against some hundred patterns.
//
// Nearly every pattern begins or ends with literal bytes, so a name is only compared with those whose
// last (or first) byte agrees: two or three comparisons instead of hundreds.

#include "core/scan/matcher.hpp"
#include "core/text/format.hpp"

#include <algorithm>

namespace recover::scan {
namespace {

constexpr std::string_view wildcards = "*?[";

/// Bytes that the shortest matching name has.
std::size_t least_length(std::string_view glob) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < glob.size(); ++at) {
    if (glob[at] == '*') continue;
    const auto end = glob[at] == '[' ? glob.find(']', at + 2) : std::string_view::npos;
    if (end != std::string_view::npos) at = end;
    ++length;
  }
  return length;
}

/// The literal bytes between a leading '*' and the next wildcard ("disk" of "*disk*"): every name that
/// matches contains them, and nearly no other does.
std::string_view behind_star(std::string_view glob) {
  return glob.substr(1, std::min(glob.find_first_of(wildcards, 1), glob.size()) - 1);
}

std::size_t byte_at(char c) {
  return static_cast<unsigned char>(c);
}

}  // namespace

NamePatterns::Number NamePatterns::add(const std::string& glob, Wanted wanted) {
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    if (patterns_[i].glob == glob && patterns_[i].wanted == wanted) return static_cast<Number>(i);
  }
  const auto number = static_cast<Number>(patterns_.size());
  Pattern pattern{glob, {}, {}, false, glob.find('*') != std::string::npos, least_length(glob), wanted};
  const auto first = glob.find_first_of(wildcards);
  pattern.literal = first == std::string::npos;
  pattern.prefix = glob.substr(0, first);
  pattern.suffix = pattern.literal ? glob : glob.substr(glob.find_last_of("*?]") + 1);
  if (!pattern.suffix.empty()) {
    by_last_[byte_at(pattern.suffix.back())].push_back(number);
  } else if (!pattern.prefix.empty()) {
    by_first_[byte_at(pattern.prefix.front())].push_back(number);
  } else {
    others_.push_back(number);
  }
  patterns_.push_back(std::move(pattern));
  return number;
}

bool NamePatterns::matches(const Pattern& pattern, std::string_view name, EntryType type) {
  if (name.size() < pattern.length || (!pattern.is_open && name.size() > pattern.length)) return false;
  // A link may stand for either: data directories with linked parts are common (pg_wal on another disk).
  const bool is_link = type == EntryType::symlink;
  if (pattern.wanted == Wanted::directory && type != EntryType::directory && !is_link) return false;
  if (pattern.wanted == Wanted::file && type != EntryType::file && !is_link) return false;
  if (pattern.literal) return name == pattern.glob;
  if (!name.starts_with(pattern.prefix) || !name.ends_with(pattern.suffix)) return false;
  if (pattern.glob.front() == '*' && name.find(behind_star(pattern.glob)) == std::string_view::npos) {
    return false;
  }
  return text::glob_match(pattern.glob, std::string(name));
}

void NamePatterns::match(std::string_view name, EntryType type, std::vector<Number>& matched) const {
  if (name.empty()) return;
  const auto try_all = [&](const std::vector<Number>& numbers) {
    for (const auto number : numbers) {
      if (matches(patterns_[number], name, type)) matched.push_back(number);
    }
  };
  try_all(by_last_[byte_at(name.back())]);
  try_all(by_first_[byte_at(name.front())]);
  try_all(others_);
}

}  // namespace recover::scan
