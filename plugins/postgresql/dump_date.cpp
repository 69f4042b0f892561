// Scripts of pg_dump carry no time but with --verbose: "-- Started on 2026-11-21 02:00:03 CET" (dumpTimestamp
// in pg_backup_archiver.c). The zone is an abbreviation that nobody can resolve; it is left out, as pg_dump
// leaves it out in the head of its archives.
#include "postgresql/dump_date.hpp"

#include "postgresql/facts.hpp"

#include <ctime>

namespace recover::postgresql {

void set_begin(Finding& finding, const std::string& head) {
  static const std::string begin = "\n-- Started on ";
  const std::size_t at = head.find(begin);
  std::tm time{};
  if (at == std::string::npos ||
      ::strptime(head.c_str() + at + begin.size(), "%Y-%m-%d %H:%M:%S", &time) == nullptr)
    return;
  finding.content_time = ::timegm(&time);
  set_fact(finding.facts, fact::dated_by, std::string("header"));
}

std::string without_time(const std::string& name) {
  constexpr std::size_t shortest_date = 6;
  std::size_t digits = 0;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    const bool is_digit = i < name.size() && name[i] >= '0' && name[i] <= '9';
    const bool continues = digits >= 4 && i < name.size() && (name[i] == '-' || name[i] == '_');
    if (is_digit || continues) {
      ++digits;
      continue;
    }
    if (digits >= shortest_date) return name.substr(0, i - digits);
    digits = 0;
  }
  return name;
}

}  // namespace recover::postgresql
