// backup_label is the only thing that tells a server where replay of a base backup must begin; with it
// removed the server starts, says nothing, and rows are gone. So it is read here and never dropped.
//
// Format: access/transam/xlogbackup.c (build_backup_content) and xlogrecovery.c (read_backup_label,
// read_tablespace_map).
#include "postgresql/backup_label.hpp"

#include <charconv>

namespace recover::postgresql {

namespace {

constexpr std::string_view start_key = "START WAL LOCATION: ";
constexpr std::string_view stop_key = "STOP WAL LOCATION: ";

/// Calls `visit` for each line without its end.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    visit(line);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::uint32_t timeline_of_file(std::string_view value) {
  const std::size_t at = value.find("(file ");
  if (at == std::string_view::npos || value.size() < at + 14) return 0;
  std::uint32_t timeline = 0;
  std::from_chars(value.data() + at + 6, value.data() + at + 14, timeline, 16);
  return timeline;
}

std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return std::nullopt;
  return line.substr(key.size());
}

void read_line(std::string_view line, BackupLabel& label, bool& has_start) {
  if (const auto value = value_of(line, start_key)) {
    if (const auto position = parse_lsn(value->substr(0, value->find(' ')))) {
      label.start = *position;
      has_start = true;
    }
    label.start_timeline = timeline_of_file(*value);
  } else if (const auto stop = value_of(line, stop_key)) {
    label.stop = parse_lsn(stop->substr(0, stop->find(' ')));
  } else if (const auto checkpoint = value_of(line, "CHECKPOINT LOCATION: ")) {
    label.checkpoint = parse_lsn(*checkpoint).value_or(Lsn{});
  } else if (const auto method = value_of(line, "BACKUP METHOD: ")) {
    label.method = *method;
  } else if (const auto from = value_of(line, "BACKUP FROM: ")) {
    label.from = *from;
  } else if (const auto time = value_of(line, "START TIME: ")) {
    label.start_time = *time;
  } else if (const auto name = value_of(line, "LABEL: ")) {
    label.label = *name;
  } else if (const auto earlier = value_of(line, "INCREMENTAL FROM LSN: ")) {
    label.incremental_from = parse_lsn(*earlier).value_or(Lsn{});
  } else if (const auto timeline = value_of(line, "INCREMENTAL FROM TLI: ")) {
    std::from_chars(timeline->data(), timeline->data() + timeline->size(), label.incremental_timeline);
  }
}

}  // namespace

std::optional<BackupLabel> parse_backup_label(std::string_view text) {
  BackupLabel label;
  bool has_start = false;
  for_each_line(text, [&](std::string_view line) { read_line(line, label, has_start); });
  if (!has_start) return std::nullopt;
  return label;
}

std::vector<std::pair<std::string, std::string>> parse_tablespace_map(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> spaces;
  std::string line;
  const auto finish = [&] {
    if (const std::size_t blank = line.find(' '); blank != std::string::npos && blank > 0) {
      spaces.emplace_back(line.substr(0, blank), line.substr(blank + 1));
    }
    line.clear();
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      line.push_back(text[++at]);
    } else if (text[at] == '\n' || text[at] == '\r') {
      finish();
    } else {
      line.push_back(text[at]);
    }
  }
  finish();
  return spaces;
}

}  // namespace recover::postgresql
