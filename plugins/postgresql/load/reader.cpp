// Turning a dump into tasks. The reader interprets only what steers the session: settings, \connect,
// \encoding; what is not allowed was refused by the policy before it gets here. A dump of one database does
// not say where it belongs, so its database is made when the first statement arrives that needs one.
#include "postgresql/load/reader.hpp"

#include "postgresql/dump/database_names.hpp"
#include "postgresql/dump/policy.hpp"
#include "postgresql/dump/role_names.hpp"
#include "postgresql/dump/tokens.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/load/object_count.hpp"
#include "postgresql/load/tolerated.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace recover::postgresql::load {

namespace {

using dump::PieceKind;
using dump::Statement;
using dump::StatementKind;

constexpr std::size_t inserts_together = std::size_t{1} << 20;
constexpr const char* first_database = "postgres";  // where psql begins with a pg_dumpall

Statement barrier(StatementKind kind) {
  Statement statement;
  statement.kind = kind;
  statement.footprint.everything = true;
  return statement;
}

/// What a transaction statement does to the session: begins one, ends one, or neither (SET LOCAL, LOCK).
std::optional<bool> in_transaction_after(const std::string& sql) {
  static constexpr std::string_view begin[] = {"begin", "start"};
  static constexpr std::string_view end[] = {"commit", "end", "rollback", "abort"};
  const auto starts = [&](std::string_view word) { return dump::Tokens(sql).at(word); };
  if (std::any_of(std::begin(begin), std::end(begin), starts)) return true;
  const bool is_partial = sql.find(" TO ") != std::string::npos;  // ROLLBACK TO SAVEPOINT
  if (!is_partial && std::any_of(std::begin(end), std::end(end), starts)) return false;
  return std::nullopt;
}

bool makes_temporary_table(const std::string& sql) {
  static constexpr std::string_view forms[] = {"CREATE TEMP", "CREATE LOCAL TEMP", "CREATE GLOBAL TEMP"};
  return std::any_of(std::begin(forms), std::end(forms),
                     [&](std::string_view form) { return sql.starts_with(form); });
}

}  // namespace

Reader::Reader(dump::Splitter& splitter, const LoadOptions& options, Schedule& schedule, Tally& tally,
               StepContext& context)
    : splitter_(splitter),
      options_(options),
      schedule_(schedule),
      tally_(tally),
      context_(context),
      budget_(options.row_memory) {
  if (options.shared) beside_.emplace(*options.shared, options.maintenance);
  begin_in(first_database);  // what comes before any database is for all of them
}

/// What the dump says of `in_dump` is about the target's database from here on.
Result<void> Reader::connect(const std::string& in_dump, std::uint64_t line) {
  is_wanted_here_ = options_.databases.takes(in_dump);
  if (!is_wanted_here_) {
    begin_in(in_dump);
    return {};
  }
  const std::string database = RECOVER_TRY(name_on_target(in_dump));
  // Nothing in a dump makes what every cluster has; under another name it must be made.
  const bool is_missing = is_of_every_cluster(in_dump) && database != in_dump;
  if (is_missing && !beside_) RECOVER_TRY(make_database(database, line, true));
  begin_in(database);
  note_database(database);
  return {};
}

/// Errors: postgresql.name_invalid, name_taken: of databases that nobody knew of before.
Result<std::string> Reader::name_on_target(const std::string& in_dump) {
  std::string name = options_.names.database(in_dump);
  if (name != in_dump) RECOVER_TRY(check_name(in_dump, name));
  const auto [origin, is_new] = origins_.try_emplace(name, in_dump);
  if (!is_new && origin->second != in_dump) {
    return make_error(errors::name_taken, "database " + name,
                      fmt::format("{} and {} would both be called so", origin->second, in_dump));
  }
  return name;
}

Result<void> Reader::rename_databases(Task& task) {
  const auto about = dump::database_named(task.sql);
  if (!about) return {};
  const std::string name = RECOVER_TRY(name_on_target(*about));
  if (name == *about) return {};
  task.sql = options_.names.with_databases(task.sql);
  task.statement = dump::describe(task.sql, schema_);
  return {};
}

void Reader::begin_in(const std::string& database) {
  session_ = {database, std::make_shared<const std::vector<std::string>>()};
  fresh_tables_.clear();
  temporary_tables_.clear();
  linked_ = false;
  schema_ = "public";
  pinned_ = false;
  encodings_.emplace(database, encoding_);
}

void Reader::note_database(const std::string& database) {
  if (std::find(databases_.begin(), databases_.end(), database) == databases_.end())
    databases_.push_back(database);
}

Result<void> Reader::read() {
  while (!given_up_) {
    RECOVER_TRY(context_.cancel.check());
    strings_conform_ = splitter_.strings_conform();
    const auto piece = RECOVER_TRY(splitter_.next());
    if (!piece) return flush_inserts();
    note(*piece, RECOVER_TRY(dump::judge(*piece, options_.allowed)));
    RECOVER_TRY(take(*piece));
  }
  return {};
}

/// What a person should know of, although it is carried out.
void Reader::note(const dump::Piece& piece, const std::string& allowed) {
  const std::string what = allowed.empty() ? dump::noteworthy(piece) : "allowed: " + allowed;
  if (!what.empty()) tally_.add_note(what, piece.line);
}

/// Rows are handed out whole, so those before the cut are good.
Result<void> Reader::end_early() {
  if (rows_) rows_->end();
  rows_.reset();
  return flush_inserts();
}

Result<void> Reader::take(const dump::Piece& piece) {
  switch (piece.kind) {
    case PieceKind::statement: return statement(piece);
    case PieceKind::meta_command: return meta_command(piece);
    case PieceKind::copy_rows:
      if (rows_ && !rows_->push(std::string(piece.text))) given_up_ = true;
      return {};
    case PieceKind::copy_end:
      if (rows_) rows_->end();
      rows_.reset();
      return {};
  }
  return {};
}

Result<void> Reader::meta_command(const dump::Piece& piece) {
  RECOVER_TRY(flush_inserts());
  if (piece.text.starts_with("\\connect") || piece.text.starts_with("\\c ")) {
    database_known_ = true;
    RECOVER_TRY(connect(dump::connect_target(piece.text), piece.line));
  } else if (piece.text.starts_with("\\encoding ")) {
    remember_setting("SET client_encoding = " + quoted_literal(std::string(piece.text.substr(10))));
  }
  return {};
}

void Reader::remember_setting(const std::string& statement) {
  auto settings = std::make_shared<std::vector<std::string>>(*session_.settings);
  settings->push_back(statement);
  session_.settings = std::move(settings);
  const auto named = dump::setting(statement);
  if (named && named->first == "client_encoding")
    encodings_[session_.database] = encoding_ = dump::value_of(dump::Tokens(named->second).current());
  if (auto schema = dump::schema_set_by(statement)) schema_ = *std::move(schema);
}

Result<void> Reader::statement(const dump::Piece& piece) {
  Task task;
  task.sql = with_roles(piece);
  splitter_.forget_piece();  // of a huge statement one copy is enough
  task.line = piece.line;
  task.strings_conform = strings_conform_;
  task.statement = dump::describe(task.sql, schema_);
  task.place = {options_.part, ++statements_};
  if (task.sql.empty()) return {};  // it only said whose something is
  const StatementKind kind = task.statement.kind;
  linked_ = linked_ || task.statement.links_tables;
  // A dump whose keys and triggers come before its rows has the rows in the one order that they allow.
  if (linked_ && (kind == StatementKind::copy || kind == StatementKind::insert))
    task.statement.footprint.everything = true;
  if (kind != StatementKind::insert) RECOVER_TRY(flush_inserts());
  if (kind == StatementKind::setting && !pinned_) {
    remember_setting(task.sql);
    return {};
  }
  if (!database_known_) RECOVER_TRY(enter_single_database(task.statement, task.line));
  if (!is_wanted(task)) return {};
  RECOVER_TRY(rename_databases(task));
  task.pinned = pinned_ || kind == StatementKind::transaction;
  if (kind == StatementKind::transaction)
    pinned_ = in_transaction_after(task.sql).value_or(pinned_) || !temporary_tables_.empty();
  if (makes_temporary_table(task.sql)) {
    task.pinned = pinned_ = true;
    temporary_tables_.insert(task.statement.object);
  }
  task.temporary = is_about_temporary(task);
  task.repeated = task.temporary || kind == StatementKind::setting || kind == StatementKind::transaction;
  task.session = session_;
  task.belongs_to = kind == StatementKind::create_database ? task.statement.name : session_.database;
  task.objects = dump::objects_of(task.sql, task.statement, schema_);
  // CREATE DATABASE of the next one stands in the section of one that is not made.
  if (!is_wanted_here_) task.session.database = options_.maintenance;
  if (kind == StatementKind::create_tablespace) RECOVER_TRY(make_tablespace(task));
  if (kind == StatementKind::create_table && task.sql.find("PARTITION BY") == std::string::npos)
    fresh_tables_.insert(task.statement.object);  // a partitioned one has no rows of its own to freeze
  if (kind == StatementKind::insert) fresh_tables_.erase(task.statement.object);
  if (task.statement.reads_rows) return begin_copy(std::move(task));
  if (kind == StatementKind::insert && RECOVER_TRY(gather_insert(task))) return {};
  return add(std::move(task));
}

/// What belongs to a database that was not asked for is read over; its rows too, because nobody waits for
/// them.
bool Reader::is_wanted(const Task& task) const {
  if (options_.databases.is_all()) return true;
  const Subject subject = subject_of(task.statement, task.sql);
  switch (subject.kind) {
    case Subject::Kind::server: return options_.databases.globals;
    case Subject::Kind::database: return options_.databases.takes(subject.name);
    case Subject::Kind::here: break;
  }
  return is_wanted_here_ && options_.databases.contents;
}

/// Owners that are not set are told, each with how often it would have been.
std::string Reader::with_roles(const dump::Piece& piece) {
  if (!options_.names.sets_owners) {
    if (const auto owner = dump::owner_named(piece.text))
      tally_.add_note("owner not set, as asked: " + *owner, piece.line);
  }
  return options_.names.with_roles(piece.text);
}

/// Globals come before any database; everything else needs the one that the dump is of. Its text's encoding
/// may have been chosen for the text alone, and not every encoding fits the cluster's locale: UTF8 holds them
/// all, but for bytes that are of none.
Result<void> Reader::enter_single_database(const Statement& first, std::uint64_t line) {
  if (dump::is_global(first.kind) || options_.database.empty()) return {};
  database_known_ = true;
  if (!options_.databases.takes(options_.database)) {
    is_wanted_here_ = false;
    return {};
  }
  const std::string name = RECOVER_TRY(name_on_target(options_.database));
  if (!beside_) RECOVER_TRY(make_database(name, line, false));  // else it is made like the one that is there
  const auto settings = session_.settings;
  const std::string schema = schema_;
  RECOVER_TRY(connect(options_.database, line));
  session_.settings = settings;
  schema_ = schema;
  return {};
}

/// What only one attempt may make is entered in the ledger: when it is gone later, somebody dropped it.
Result<void> Reader::make_database(const std::string& name, std::uint64_t line, bool in_every_attempt) {
  Task make;
  make.line = line;
  make.place = {options_.part, 0};  // no statement of the dump
  make.repeated = in_every_attempt;
  make.statement = barrier(StatementKind::create_database);
  make.sql = fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING {}", quoted_identifier(name),
                         encoding_ == "SQL_ASCII" ? "'SQL_ASCII'" : "'UTF8'");
  make.session = {options_.maintenance, std::make_shared<const std::vector<std::string>>()};
  return add(std::move(make));
}

/// The path in the dump is one of the old machine.
Result<void> Reader::make_tablespace(Task& task) {
  if (options_.tablespaces.empty()) return {};
  const std::string directory = options_.tablespaces + "/" + task.statement.name;
  if (task.statement.name.find('/') != std::string::npos || task.statement.name.starts_with(".")) {
    return make_error(errors::statement_failed, task.sql, "its name cannot be the name of a directory");
  }
  Files& files = context_.host.files();
  RECOVER_TRY(files.make_directory(options_.tablespaces, options_.owner, 0700));
  RECOVER_TRY(files.make_directory(directory, options_.owner, 0700));
  task.sql = dump::rewrite_tablespace_location(task.sql, directory);
  return {};
}

Result<void> Reader::begin_copy(Task task) {
  rows_.reset();  // of a COPY that is passed over the rows are only read
  const bool is_fresh = fresh_tables_.erase(task.statement.object) != 0;
  task.lines_are_rows = splitter_.lines_are_rows();
  task.freeze = !task.pinned && !linked_ && task.statement.freeze_possible && is_fresh;
  return add(std::move(task));
}

/// A session that is gone took its temporary tables along: they are made and filled again in every attempt.
bool Reader::is_about_temporary(const Task& task) const {
  if (temporary_tables_.count(task.statement.object) != 0) return true;
  const StatementKind kind = task.statement.kind;
  if (kind != StatementKind::other && kind != StatementKind::select_other) return false;
  return std::any_of(temporary_tables_.begin(), temporary_tables_.end(), [&](const std::string& table) {
    return task.sql.find(table.substr(table.find('.') + 1)) != std::string::npos;
  });
}

Result<bool> Reader::pass_over(const Task& task) {
  if (options_.ledger == nullptr || task.repeated) return false;
  const DoneTask* done =
      RECOVER_TRY(options_.ledger->find(task.session.database, task.place, context_.cancel));
  if (done == nullptr) return false;
  if (done->refused.empty()) note_objects(task, options_);
  const Statement& statement = task.statement;
  const bool fills = statement.kind == StatementKind::copy || statement.kind == StatementKind::insert;
  tally_.add_passed_over(fills);
  if (!done->refused.empty()) tally_.add_refusal(done->refused);
  if (const auto sum = dump::RowSum::parse(done->sum)) {
    tally_.add_copy(task.session.database, statement.object, column_list(statement), *sum, done->normalised);
  } else if (fills) {
    tally_.add_rows(task.session.database, statement.object, done->rows);
  }
  return true;
}

/// One INSERT for each row costs a round trip each; sent together they are one.
Result<bool> Reader::gather_insert(Task& task) {
  if (task.pinned) return false;
  if (inserts_ && inserts_->statement.object == task.statement.object && inserts_->session == task.session &&
      inserts_->sql.size() + task.sql.size() < inserts_together) {
    inserts_->sql += ";\n" + task.sql;
    return true;
  }
  auto full = std::exchange(inserts_, std::move(task));
  if (full) RECOVER_TRY(add(std::move(*full)));
  return true;
}

Result<void> Reader::flush_inserts() {
  if (!inserts_) return {};
  return add(*std::exchange(inserts_, std::nullopt));
}

/// Where others use the server, a task runs in another database than it says, or brings one along.
Result<void> Reader::add(Task task) {
  if (!beside_) return hand_over(std::move(task));
  for (Task& one : beside_->place(std::move(task))) RECOVER_TRY(hand_over(std::move(one)));
  return {};
}

Result<void> Reader::hand_over(Task task) {
  if (task.statement.kind == StatementKind::setval) {
    if (const auto state = dump::sequence_state(task.sql))
      tally_.set_sequence(task.session.database, task.statement.object, *state);
  }
  if (RECOVER_TRY(pass_over(task))) return {};
  if (task.statement.kind == StatementKind::copy) {
    rows_ = std::make_shared<RowQueue>(budget_);
    task.rows = rows_;
  }
  given_up_ = !schedule_.add(std::move(task)) || given_up_;
  return {};
}

}  // namespace recover::postgresql::load
