/// Reading a dump without loading it: what is in it, and whether it is whole.
#pragma once

#include "postgresql/dump/policy.hpp"
#include "recover/byte_source.hpp"
#include "recover/cancel.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace recover::postgresql::dump {

/// What one database of a dump holds.
struct Contents {
  std::set<std::string> tables;  ///< with rows, or at least a COPY
  std::uint64_t rows = 0;        ///< of COPY
  std::uint64_t inserts = 0;     ///< INSERT statements
  std::uint64_t bytes = 0;       ///< decoded
};

/// Something of one kind: how often, and where first.
struct Seen {
  std::uint64_t count = 0;
  std::uint64_t line = 0;
};

/// Reads dumps one after the other and adds up what is in them.
class Reading {
 public:
  explicit Reading(Allowed allowed) : allowed_(std::move(allowed)) {}

  /// Reads `text` to its last byte; `database` is where it goes as long as it does not say so itself. What
  /// the policy refuses is counted, and the reading goes on. Errors: those of the splitter, of check_end()
  /// and of the text; rows() and tables() then tell how far it came.
  Result<void> read(ByteSource& text, const std::string& database, const CancellationToken& cancel);

  [[nodiscard]] const std::map<std::string, Contents>& databases() const { return databases_; }
  [[nodiscard]] const std::map<std::string, Seen>& refused() const { return refused_; }
  [[nodiscard]] const std::map<std::string, Seen>& notable() const { return notable_; }
  [[nodiscard]] std::uint64_t statements() const { return statements_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] std::uint64_t inserts() const;
  [[nodiscard]] std::uint64_t tables() const;
  /// The table that was read last, and how many of its rows: where a cut dump ends.
  [[nodiscard]] const std::string& last_table() const { return last_table_; }
  [[nodiscard]] std::uint64_t last_rows() const { return last_rows_; }
  [[nodiscard]] bool is_within_table() const { return is_within_table_; }

 private:
  void take(const Piece& piece);
  void take_statement(const Piece& piece);
  Contents& here() { return databases_[database_]; }

  Allowed allowed_;
  std::string database_;
  std::string schema_;
  std::map<std::string, Contents> databases_;
  std::map<std::string, Seen> refused_;
  std::map<std::string, Seen> notable_;
  std::uint64_t statements_ = 0;
  std::uint64_t bytes_ = 0;
  std::string last_table_;
  std::uint64_t last_rows_ = 0;
  bool is_within_table_ = false;
};

}  // namespace recover::postgresql::dump
