/// Numbers, sizes, durations and foreign names as people read them.
#pragma once

#include "recover/units.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::text {

/// "40.2 GB" (SI units, one decimal from KB on).
std::string bytes(Bytes size);
/// "3.1 s", "14:02", "1:02:03".
std::string duration(double seconds);
/// "412 311".
std::string number(std::uint64_t value);
/// A foreign name safe for a terminal: control characters, bidi overrides and invalid UTF-8 as \xNN.
std::string printable(const std::string& bytes);
/// Quoted for a POSIX shell where needed, for lines that a person will paste.
std::string shell_quoted(const std::string& word);
/// "2026-11-21T10:00:00Z".
std::string timestamp(std::int64_t seconds_since_epoch);
/// Without the blanks, tabs and carriage returns at both ends.
std::string trimmed(const std::string& line);
/// Columns padded to the widest cell, two blanks between them, no trailing blanks; one line per row.
std::string table(const std::vector<std::vector<std::string>>& rows);
/// The candidate closest to `word` by edit distance (at most 2), or "".
std::string closest(const std::string& word, const std::vector<std::string>& candidates);
/// True when `name` matches the glob (*, ?, [..]); '*' crosses '/'.
bool glob_match(const std::string& glob, const std::string& name);

}  // namespace recover::text
