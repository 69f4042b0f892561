/// One form for values whose text depends on the session (time zone) or the major (floats before 12).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql::dump {

/// Columns, counted from 0 in the order of COPY.
struct RowForm {
  std::vector<std::size_t> timestamps;  ///< timestamptz, also in arrays and ranges: brought to UTC
  std::vector<std::size_t> doubles;     ///< double precision: the shortest form that reads back
  std::vector<std::size_t> reals;       ///< real: the same
  /// What holds times and numbers somewhere inside: arrays, points, composites, domains, ranges of them.
  std::vector<std::size_t> with_doubles;
  std::vector<std::size_t>
      with_reals;  ///< real, maybe beside double precision, which is then compared as real
  /// A newline ends a row also behind a backslash (Splitter::lines_are_rows).
  bool lines_are_rows = false;
  /// Is every value taken as it is?
  [[nodiscard]] bool is_plain() const {
    return timestamps.empty() && doubles.empty() && reals.empty() && with_doubles.empty() &&
           with_reals.empty();
  }
};

/// The row (text format, without its line end) with these columns in their one form. The result lives in
/// `room`, or is `row` itself when nothing had to change.
std::string_view normal_form(std::string_view row, const RowForm& form, std::string& room);

/// Every "YYYY-MM-DD HH:MM:SS[.ffffff]+ZZ[:MM[:SS]][ BC]" in the text, at UTC ("...+00").
std::string at_utc(std::string_view text);

/// A number of eight (four) bytes in the shortest form that reads back, as servers since 12 write it.
std::string shortest_double(std::string_view text);
std::string shortest_real(std::string_view text);

/// The text with every number in it in its shortest form. In the second one numbers are taken for reals:
/// where real and double precision stand side by side nobody can tell them apart.
std::string with_shortest_doubles(std::string_view text);
std::string with_shortest_reals(std::string_view text);

}  // namespace recover::postgresql::dump
