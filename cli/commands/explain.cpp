// recover explain ID: one row of the error catalogues, core's and every engine's.
#include "cli/commands/commands.hpp"
#include "cli/documents.hpp"
#include "cli/session.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

namespace {

/// Core's rows, and those of the engines where the catalog can be opened.
std::vector<ErrorKind> all_kinds(Session& session) {
  if (auto catalog = session.catalog()) return (*catalog)->error_kinds();
  const auto core = core_error_kinds();
  return {core.begin(), core.end()};
}

std::string explanation(const ErrorKind& kind) {
  return std::string(kind.id) + ": " + kind.title + "\n\n  " + kind.meaning +
         "\n\n  What to do: " + kind.fix + "\n\n  Exit code " + std::to_string(static_cast<int>(kind.exit)) +
         " (" + std::string(exit_code_name(kind.exit)) + "). " +
         (kind.retryable ? "Repeating it may succeed." : "Repeating it alone does not help.") + "\n";
}

}  // namespace

Result<Answer> run_explain(Session& session) {
  if (session.words().size() != 1) {
    return make_error(errors::usage_invalid, "recover explain needs one error id")
        .advise("recover explain disk.not_enough_space; recover help errors lists the ids.");
  }
  const std::string& id = session.words().front();
  std::vector<std::string> known;
  for (const ErrorKind& kind : all_kinds(session)) {
    if (id == kind.id) return Answer{explanation(kind), explain_json(kind), ExitCode::ok, {}};
    known.emplace_back(kind.id);
  }
  const std::string close = text::closest(id, known);
  return make_error(errors::usage_invalid, "no error is called \"" + text::printable(id) + "\"",
                    close.empty() ? "" : "did you mean " + close + "?")
      .advise("recover help errors lists the ids.");
}

}  // namespace recover::cli
