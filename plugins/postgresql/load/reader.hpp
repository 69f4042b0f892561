/// The reading half of a load: pieces of the dump become tasks.
#pragma once

#include "postgresql/dump/splitter.hpp"
#include "postgresql/load/beside.hpp"
#include "postgresql/load/options.hpp"
#include "postgresql/load/schedule.hpp"
#include "postgresql/load/tally.hpp"
#include "recover/host.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace recover::postgresql::load {

class Reader {
 public:
  Reader(dump::Splitter& splitter, const LoadOptions& options, Schedule& schedule, Tally& tally,
         StepContext& context);

  /// Reads to the end of the dump. Returns early without an error when the schedule has failed.
  Result<void> read();

  /// Gives out what was gathered although the dump ended too early.
  Result<void> end_early();

  [[nodiscard]] std::vector<std::string> databases() const { return databases_; }
  /// Where the databases are in a server that others use; nothing in one of our own.
  [[nodiscard]] const std::optional<Beside>& beside() const { return beside_; }
  [[nodiscard]] std::string encoding() const { return encoding_; }
  /// Of the text of each database: pg_dumpall writes each one in its own.
  [[nodiscard]] const std::map<std::string, std::string>& encodings() const { return encodings_; }
  [[nodiscard]] std::uint64_t statements() const { return statements_; }

 private:
  Result<void> take(const dump::Piece& piece);
  Result<void> statement(const dump::Piece& piece);
  Result<void> meta_command(const dump::Piece& piece);
  Result<void> begin_copy(Task task);
  Result<void> make_tablespace(Task& task);
  Result<void> enter_single_database(const dump::Statement& first, std::uint64_t line);
  Result<void> make_database(const std::string& name, std::uint64_t line, bool in_every_attempt);
  void remember_setting(const std::string& statement);
  Result<void> connect(const std::string& in_dump, std::uint64_t line);
  void begin_in(const std::string& database);
  Result<std::string> name_on_target(const std::string& in_dump);
  Result<void> rename_databases(Task& task);
  [[nodiscard]] std::string with_roles(const dump::Piece& piece);
  void note_database(const std::string& database);
  void note(const dump::Piece& piece, const std::string& allowed);
  [[nodiscard]] bool is_wanted(const Task& task) const;
  Result<void> add(Task task);
  Result<void> hand_over(Task task);
  Result<void> flush_inserts();
  Result<bool> gather_insert(Task& task);
  /// True when an earlier attempt finished it: what is known of it is tallied.
  Result<bool> pass_over(const Task& task);
  [[nodiscard]] bool is_about_temporary(const Task& task) const;

  dump::Splitter& splitter_;
  const LoadOptions& options_;
  Schedule& schedule_;
  Tally& tally_;
  StepContext& context_;
  RowBudget budget_;
  std::optional<Beside> beside_;
  SessionState session_;
  std::string schema_;           ///< first of search_path: where names without a schema lie
  bool linked_ = false;          ///< rows must come in the dump's order (see Statement::links_tables)
  bool pinned_ = false;          ///< in a transaction of the dump's own, or with temporary tables
  bool database_known_ = false;  ///< the dump said, or was told, which database it is for
  bool given_up_ = false;
  bool strings_conform_ = true;         ///< how the current piece's strings were read
  bool is_wanted_here_ = true;          ///< the database that the dump is in is loaded
  std::set<std::string> fresh_tables_;  ///< made by this dump in this database, and not filled yet
  std::set<std::string> temporary_tables_;
  std::shared_ptr<RowQueue> rows_;  ///< of the COPY that is being read
  std::optional<Task> inserts_;     ///< INSERTs into one table that are sent together
  std::vector<std::string> databases_;
  std::map<std::string, std::string> origins_;  ///< name on the target -> name in the dump
  std::string encoding_ = "UTF8";
  std::map<std::string, std::string> encodings_;  ///< by database
  std::uint64_t statements_ = 0;
};

}  // namespace recover::postgresql::load
