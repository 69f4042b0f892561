/// What a load took out of a dump: the expectation that the recovered server is held against. Written to a
/// file, because verification may run in another process.
#pragma once

#include "postgresql/load/object_count.hpp"
#include "recover/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql::load {

/// One table as the dump has it. Rows of several COPY blocks or INSERTs add up.
struct LoadedTable {
  std::string database;
  std::string table;    ///< as an SQL name, schema-qualified
  std::string columns;  ///< "(a, b)" as the dump has it; may be empty
  std::uint64_t rows = 0;
  std::string sum;         ///< order-independent content sum of the rows; empty when they came as INSERT
  std::string normalised;  ///< how rows are brought to a common form before they are summed (see row_sum.hpp)
};

/// Where the dump puts a sequence.
struct LoadedSequence {
  std::string database;
  std::string sequence;  ///< as an SQL name, schema-qualified
  std::string state;     ///< "42|t": last_value and is_called
};

struct LoadRecord {
  std::vector<LoadedTable> tables;
  std::vector<LoadedSequence> sequences;
  std::vector<LoadedObjects> objects;  ///< a kind that is missing here was not made
  std::vector<LoadedOutside> outside;
  std::vector<std::string> databases;  ///< in the order of the dump
  std::vector<std::string> unstated;  ///< those whose own properties (owner, settings) the dump does not tell
  std::string encoding;               ///< client encoding of the dump's text
  std::map<std::string, std::string> encodings;  ///< of the text of each database
  std::uint64_t statements = 0;
  std::uint64_t bytes = 0;              ///< of the decoded dump
  double seconds = 0;                   ///< of the load
  std::vector<std::string> made_roles;  ///< roles that the dump needs and does not define
  std::vector<std::string> warnings;
  std::string cut;  ///< where the dump ended too early and was loaded all the same; empty: it is whole
  std::map<std::string, std::uint64_t> refusals;  ///< that leave nothing missing: how many, by SQLSTATE
  std::uint64_t passed_over = 0;                  ///< tasks that earlier attempts had finished
  std::uint64_t tables_passed_over = 0;           ///< those of them that filled a table
};

/// The text of a record, and back. Errors of parsing: internal.error.
std::string to_text(const LoadRecord& record);
Result<LoadRecord> parse_record(std::string_view text);

}  // namespace recover::postgresql::load
