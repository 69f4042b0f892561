/// A sum over rows that does not depend on their order: equal sums mean equal contents.
#pragma once

#include "postgresql/dump/row_form.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recover::postgresql::dump {

class RowSum {
 public:
  explicit RowSum(RowForm form = {});

  /// Whole rows in COPY's text format, each with its '\n' (or "\r\n").
  void add_rows(std::string_view rows);
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  /// "ROWS:32 hexadecimal digits".
  [[nodiscard]] std::string text() const;
  void merge(const RowSum& other);
  /// The sum that text() wrote; nothing when it is not one.
  static std::optional<RowSum> parse(std::string_view text);
  friend bool operator==(const RowSum& one, const RowSum& other) {
    return one.rows_ == other.rows_ && one.low_ == other.low_ && one.high_ == other.high_;
  }

 private:
  void add_row(std::string_view row);

  RowForm form_;
  std::uint64_t rows_ = 0;
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
  std::string normal_;  ///< the current row in its one form
};

}  // namespace recover::postgresql::dump
