// A table may come in several pieces. Pieces with the same columns add up to one sum; pieces with other
// columns, or rows that came as INSERT, leave only the count.
#include "postgresql/load/tally.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql::load {

void Tally::add_copy(const std::string& database, const std::string& table, const std::string& columns,
                     const dump::RowSum& sum, const std::string& normalised) {
  const std::scoped_lock lock(mutex_);
  const auto [place, is_new] = tables_.try_emplace({database, table});
  Entry& entry = place->second;
  if (is_new) {
    entry.columns = columns;
    entry.normalised = normalised;
  } else if (entry.columns != columns) {
    entry.has_sum = false;
  }
  entry.sum.merge(sum);
}

void Tally::add_rows(const std::string& database, const std::string& table, std::uint64_t rows) {
  const std::scoped_lock lock(mutex_);
  Entry& entry = tables_[{database, table}];
  entry.inserted += rows;
  entry.has_sum = false;
}

void Tally::set_sequence(const std::string& database, const std::string& sequence, const std::string& state) {
  const std::scoped_lock lock(mutex_);
  sequences_[{database, sequence}] = state;
}

void Tally::add_refusal(const std::string& state) {
  const std::scoped_lock lock(mutex_);
  ++refusals_[state];
}

void Tally::add_passed_over(bool filled) {
  const std::scoped_lock lock(mutex_);
  ++passed_over_;
  if (filled) ++tables_passed_over_;
}

void Tally::add_role(const std::string& role) {
  const std::scoped_lock lock(mutex_);
  roles_.insert(role);
}

bool Tally::add_warning(const std::string& warning) {
  const std::scoped_lock lock(mutex_);
  if (std::find(warnings_.begin(), warnings_.end(), warning) != warnings_.end()) return false;
  warnings_.push_back(warning);
  return true;
}

void Tally::add_note(const std::string& what, std::uint64_t line) {
  constexpr std::size_t most_kinds = 50;
  const std::scoped_lock lock(mutex_);
  const bool is_new = notes_.find(what) == notes_.end();
  Note& note = notes_[is_new && notes_.size() >= most_kinds ? "other things worth a look" : what];
  if (note.count++ == 0) note.line = line;
}

void Tally::move_to(LoadRecord& record) {
  const std::scoped_lock lock(mutex_);
  for (auto& [key, entry] : tables_) {
    record.tables.push_back({key.first, key.second, entry.columns, entry.sum.rows() + entry.inserted,
                             entry.has_sum ? entry.sum.text() : "", entry.normalised});
  }
  for (const auto& [key, state] : sequences_) record.sequences.push_back({key.first, key.second, state});
  record.made_roles.assign(roles_.begin(), roles_.end());
  record.warnings = std::exchange(warnings_, {});
  record.refusals = refusals_;
  record.passed_over = passed_over_;
  record.tables_passed_over = tables_passed_over_;
  for (const auto& [what, note] : notes_) {
    record.warnings.push_back(note.count == 1 ? fmt::format("{} (line {})", what, note.line)
                                              : fmt::format("{}: {} of this kind, the first in line {}", what,
                                                            note.count, note.line));
  }
}

}  // namespace recover::postgresql::load
