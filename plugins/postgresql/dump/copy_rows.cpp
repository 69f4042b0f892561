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

}  // namespace

bool is_escaped_newline(std::string_view text, std::size_t position) {
  std::size_t backslashes = 0;
  while (backslashes < position && text[position - backslashes - 1] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

CopyCut cut_rows(std::string_view text, std::size_t searched, bool lines_are_rows, bool is_last) {
  if (const std::size_t length = end_line(text, is_last); length > 0) return {0, length};
  CopyCut cut;
  std::uint64_t lines = 0;
  for (std::size_t at = text.find('\n', searched); at != none; at = text.find('\n', at + 1)) {
    ++lines;
    const std::string_view behind = text.substr(at + 1);
    const bool may_end = behind.starts_with("\\.");
    const bool is_escaped = !lines_are_rows && at > 0 && text[at - 1] == '\\' && is_escaped_newline(text, at);
    // Whatever stands before it, psql takes the line for the end.
    const bool ends = may_end && (end_line(behind, is_last) > 0 || (!is_last && behind.find('\n') == none));
    if (is_escaped && !ends) continue;
    cut = {at + 1, 0, cut.count + 1, lines};
    if (ends) break;
  }
  return cut;
}

std::size_t row_length(std::string_view rows) {
  std::size_t end = rows.find('\n');
  while (end != none && end > 0 && rows[end - 1] == '\\' && is_escaped_newline(rows, end)) {
    end = rows.find('\n', end + 1);
  }
  return end == none ? rows.size() : end + 1;
}

}  // namespace recover::postgresql::dump
