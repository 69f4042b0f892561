// Timeline history files: lines "parent timeline, position where it was left, reason", separated by tabs;
// "#" begins a comment (access/transam/timeline.c, readTimeLineHistory). The order in which a server looks
// for a segment is that of XLogFileReadAnyTLI in xlogrecovery.c.
#include "postgresql/replay/lineage.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace recover::postgresql {

namespace {

constexpr std::size_t timeline_digits = 8;
constexpr std::string_view history_suffix = ".history";

std::string_view next_word(std::string_view& line) {
  constexpr std::string_view blanks = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

bool Lineage::holds(std::uint32_t timeline, Lsn position) const {
  for (std::size_t at = 0; at < parts_.size(); ++at) {
    if (parts_[at].timeline != timeline) continue;
    return at + 1 == parts_.size() || position <= parts_[at + 1].begin;
  }
  return false;
}

std::vector<std::uint32_t> Lineage::of_segment(std::uint64_t number, std::uint64_t segment_size) const {
  std::vector<std::uint32_t> timelines;
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    if (part->begin.value / segment_size <= number) timelines.push_back(part->timeline);
  }
  return timelines;
}

std::optional<Lineage> parse_history(std::uint32_t timeline, std::string_view text) {
  std::vector<TimelinePart> parts;
  Lsn begin;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view parent = next_word(line);
    if (parent.empty() || parent.starts_with('#')) continue;
    std::uint32_t number = 0;
    const auto [stop, problem] = std::from_chars(parent.data(), parent.data() + parent.size(), number);
    const auto left = parse_lsn(next_word(line));
    if (problem != std::errc{} || stop != parent.data() + parent.size() || !left) return std::nullopt;
    parts.push_back({number, begin});
    begin = *left;
  }
  if (parts.empty()) return std::nullopt;
  parts.push_back({timeline, begin});
  return Lineage(std::move(parts));
}

std::optional<std::uint32_t> timeline_of_history(std::string_view file_name) {
  if (!file_name.substr(std::min(file_name.size(), timeline_digits)).starts_with(history_suffix))
    return std::nullopt;
  const std::string_view digits = file_name.substr(0, timeline_digits);
  // A segment's name has the same form as far as hexadecimal digits go.
  const std::string as_segment = std::string(digits) + "0000000000000000";
  std::uint32_t timeline = 0;
  if (!is_segment_name(as_segment)) return std::nullopt;
  std::from_chars(digits.data(), digits.data() + digits.size(), timeline, 16);
  return timeline;
}

}  // namespace recover::postgresql
