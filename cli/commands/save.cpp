// recover save: a safety copy of a running server, before something is done to it. Nothing is replaced, so
// nobody is asked; --dry-run tells what would be copied and from where.
#include "cli/choices.hpp"
#include "cli/commands/commands.hpp"
#include "cli/documents.hpp"
#include "cli/saving.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

namespace recover::cli {

namespace {

Error wrong_words(const std::string& cause) {
  return make_error(errors::usage_invalid, "cannot understand recover save", cause)
      .advise("recover save postgresql DIRECTORY --target postgresql://USER@HOST/");
}

Result<SaveRequest> understand_save(Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  std::string engine;
  std::string directory;
  for (const std::string& word : session.words()) {
    const scan::Manifest* manifest = catalog->find(word);
    std::string& place = manifest != nullptr ? engine : directory;
    if (!place.empty()) return wrong_words("one engine and one directory, not more");
    place = manifest != nullptr ? manifest->engine : word;
  }
  for (const std::string& word : session.settings().list("engine")) {
    const scan::Manifest* manifest = catalog->find(word);
    if (manifest != nullptr && engine.empty()) engine = manifest->engine;
  }
  if (engine.empty()) return wrong_words("no engine is named");
  return save_request(engine, directory, session);
}

std::string saved_text(const SaveOffer& offer, const run::Saved& saved) {
  std::string words =
      fmt::format("Saved {} as\n  {}\n  {} on the disk, {:.1f} s\n\n", text::printable(offer.server),
                  text::printable(saved.path), text::bytes(saved.bytes), saved.seconds);
  for (const Check& check : saved.checks)
    words += fmt::format("  {:<11} {}: {}\n", to_text(check.verdict), check.title,
                         text::printable(check.evidence));
  return words + "\nRecover it with: recover " + text::printable(saved.path) + "\n";
}

}  // namespace

Result<Answer> run_save(Session& session) {
  const SaveRequest request = RECOVER_TRY(understand_save(session));
  const SaveOffer offer = RECOVER_TRY(ask_server(request, session));
  if (session.settings().flag("dry_run_mode")) {
    const std::string text = "Would save " + description(offer, request, session) + ".\n";
    return Answer{text, offer_json(offer, request.place.directory), ExitCode::ok, {}};
  }
  const run::Saved saved = RECOVER_TRY(make_safety_copy(offer, request, session));
  session.progress().end();
  return Answer{
      saved_text(offer, saved), saved_json(offer, saved), session.exit_unless_signalled(ExitCode::ok), {}};
}

}  // namespace recover::cli
