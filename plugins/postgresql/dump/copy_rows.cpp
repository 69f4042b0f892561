// COPY data is only looked at for line ends and for "\.". psql ends the data at a line that is exactly "\."
// in every format (src/bin/psql/copy.c, handleCopyIn), so that is done here, too. In the text format a row is
// a line, but for a newline with a backslash before it, which is data (CopyReadLineText in
// src/backend/commands/copyfromparse.c); pg_dump writes \n instead.
#include "postgresql/dump/copy_rows.hpp"

#include <algorithm>
#include <cstring>

namespace recover::postgresql::dump {

namespace {

constexpr std::size_t none = std::string_view::npos;

/// The length of the line "\." in front of the text, 0 when another line is there.
std::size_t end_line(std::string_view text, bool is_last) {
  if (!text.starts_with("\\.")) return 0;
  const std::string_view rest = text.substr(2);
  if (rest.starts_with("\n")) return 3;
  if (rest.starts_with("\r\n")) return 4;
  return is_last && (rest.empty() || rest == "\r") ? text.size() : 0;
}

std::size_t find_end_candidate(std::string_view text, std::size_t from) {
  constexpr std::string_view wanted = "\n\\.";
  if (from >= text.size()) return none;
  const void* found = ::memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
  if (found == nullptr) return none;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

bool is_escaped_newline(std::string_view text, std::size_t position) {
  std::size_t backslashes = 0;
  while (backslashes < position && text[position - backslashes - 1] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

CopyCut cut_rows(std::string_view text, std::size_t searched, bool lines_are_rows, bool is_last) {
  if (const std::size_t length = end_line(text, is_last); length > 0) return {0, length};
  for (std::size_t at = find_end_candidate(text, searched - std::min<std::size_t>(searched, 2)); at != none;
       at = find_end_candidate(text, at + 1)) {
    const std::string_view line = text.substr(at + 1);
    const bool is_undecided = line.find('\n') == none && !is_last;
    if (end_line(line, is_last) > 0 || is_undecided) return {at + 1, 0};
  }
  std::size_t last = text.rfind('\n');
  while (!lines_are_rows && last != none && is_escaped_newline(text, last)) {
    last = last == 0 ? none : text.rfind('\n', last - 1);
  }
  return {last == none ? 0 : last + 1, 0};
}

std::uint64_t count_rows(std::string_view rows, bool lines_are_rows) {
  auto count = static_cast<std::uint64_t>(std::count(rows.begin(), rows.end(), '\n'));
  if (lines_are_rows) return count;
  for (std::size_t at = rows.find("\\\n"); at != none; at = rows.find("\\\n", at + 2)) {
    if (is_escaped_newline(rows, at + 1)) --count;
  }
  return count;
}

std::size_t row_length(std::string_view rows) {
  std::size_t end = rows.find('\n');
  while (end != none && end > 0 && rows[end - 1] == '\\' && is_escaped_newline(rows, end)) {
    end = rows.find('\n', end + 1);
  }
  return end == none ? rows.size() : end + 1;
}

}  // namespace recover::postgresql::dump
