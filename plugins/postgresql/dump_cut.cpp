// psql takes a dump that is cut within the rows of a table without a word. That it is cut is known from its
// last bytes; which table lost rows is known to who reads it from the front, as the loader would.
#include "postgresql/dump_cut.hpp"

#include "postgresql/dump/splitter.hpp"
#include "postgresql/load/dump_text.hpp"

#include <fmt/format.h>

namespace recover::postgresql {

namespace {

constexpr std::uint64_t read_for_a_message = std::uint64_t{4} << 30;

}  // namespace

std::string place_of_cut(const Finding& finding, Tree& tree) {
  const auto parts = load::parts_of(finding);
  if (parts.size() != 1 || parts.front().form != "sql") return {};
  auto content = tree.open_content(parts.front().path);
  if (!content) return {};
  dump::Splitter splitter(**content);
  std::uint64_t statements = 0;
  while (splitter.offset() < read_for_a_message) {
    const auto piece = splitter.next();
    if (!piece) return piece.error().what + ": " + piece.error().cause;
    if (!*piece)
      return fmt::format("{} statements are whole, what came behind them is not known", statements);
    if ((*piece)->kind == dump::PieceKind::statement) ++statements;
  }
  return {};
}

}  // namespace recover::postgresql
