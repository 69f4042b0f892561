// The same splitter, policy and end check as a load, and no server: what this finds, a load would find too.
// Names are kept for the tables only; memory does not grow with the rows.
#include "postgresql/dump/reading.hpp"

#include "postgresql/dump/end_check.hpp"
#include "postgresql/dump/statement.hpp"
#include "recover/errors.hpp"

#include <utility>

namespace recover::postgresql::dump {

namespace {

constexpr std::size_t most_kinds = 50;

void note(std::map<std::string, Seen>& seen, const std::string& what, std::uint64_t line) {
  const bool fits = seen.size() < most_kinds || seen.find(what) != seen.end();
  Seen& one = seen[fits ? what : "others"];
  if (one.count++ == 0) one.line = line;
}

template <typename Number>
std::uint64_t sum(const std::map<std::string, Contents>& databases, const Number& number) {
  std::uint64_t total = 0;
  for (const auto& [name, contents] : databases) total += number(contents);
  return total;
}

}  // namespace

std::uint64_t Reading::rows() const {
  return sum(databases_, [](const Contents& one) { return one.rows; });
}
std::uint64_t Reading::inserts() const {
  return sum(databases_, [](const Contents& one) { return one.inserts; });
}
std::uint64_t Reading::tables() const {
  return sum(databases_, [](const Contents& one) { return std::uint64_t{one.tables.size()}; });
}

Result<void> Reading::read(ByteSource& text, const std::string& database, const CancellationToken& cancel) {
  Splitter splitter(text);
  database_ = database;
  schema_ = "public";
  const std::uint64_t before = bytes_;
  while (true) {
    RECOVER_TRY(cancel.check());
    const std::uint64_t from = splitter.offset();
    auto piece = splitter.next();
    last_rows_ = splitter.rows_of_copy();
    bytes_ = before + splitter.offset();
    if (!piece) return std::move(piece).error();
    if (!*piece) return check_end(splitter.markers());
    here().bytes += splitter.offset() - from;
    take(**piece);
  }
}

void Reading::take(const Piece& piece) {
  auto judged = judge(piece, allowed_);
  if (!judged) {
    const bool is_command = piece.kind == PieceKind::meta_command;
    note(refused_,
         is_command ? std::string(piece.text.substr(0, piece.text.find_first_of(" \t")))
                    : judged.error().cause,
         piece.line);
  } else if (const std::string what = judged->empty() ? noteworthy(piece) : *judged; !what.empty()) {
    note(notable_, what, piece.line);
  }
  switch (piece.kind) {
    case PieceKind::statement: return take_statement(piece);
    case PieceKind::meta_command:
      if (const std::string target = connect_target(piece.text); !target.empty()) {
        database_ = target;
        schema_ = "public";
      }
      return;
    case PieceKind::copy_rows: return;
    case PieceKind::copy_end:
      here().rows += last_rows_;
      is_within_table_ = false;
      return;
  }
}

void Reading::take_statement(const Piece& piece) {
  ++statements_;
  const Statement statement = describe(piece.text, schema_);
  if (statement.kind == StatementKind::setting) {
    if (auto schema = schema_set_by(piece.text)) schema_ = *std::move(schema);
  } else if (statement.kind == StatementKind::create_database) {
    databases_.try_emplace(statement.name);
  } else if (statement.kind == StatementKind::insert) {
    ++here().inserts;
    here().tables.insert(statement.object);
  } else if (statement.reads_rows) {
    last_table_ = statement.object;
    is_within_table_ = true;
    here().tables.insert(statement.object);
  }
}

}  // namespace recover::postgresql::dump
