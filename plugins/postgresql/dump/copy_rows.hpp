/// The data of COPY ... FROM stdin in a script: whole rows, and the line "\." that ends them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace recover::postgresql::dump {

struct CopyCut {
  std::size_t rows = 0;     ///< bytes of whole rows in front
  std::size_t end = 0;      ///< only when there are no rows: the length of the line that ends the data
  std::uint64_t count = 0;  ///< of those rows
  std::uint64_t lines = 0;  ///< in those rows
};

/// Cuts what is at hand at a row's end, before the end of the data. Nothing at all: more text is needed.
/// The first `searched` bytes are known to hold no newline. `lines_are_rows`: a backslash before a newline
/// means nothing.
CopyCut cut_rows(std::string_view text, std::size_t searched, bool lines_are_rows, bool is_last);

/// Where the first row ends (behind its '\n'); the length of the text when it has none.
std::size_t row_length(std::string_view rows);

/// Is the '\n' at `position` part of the row because a backslash stands before it?
bool is_escaped_newline(std::string_view text, std::size_t position);

}  // namespace recover::postgresql::dump
