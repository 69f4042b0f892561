// recover plugins: which engines are known, which libraries do their work, and whether those fit.
#include "cli/commands/commands.hpp"
#include "cli/documents.hpp"
#include "cli/session.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

namespace {

const plugin::Status* status_of(const std::vector<plugin::Status>& states, const std::string& engine) {
  for (const auto& state : states) {
    if (state.engine == engine) return &state;
  }
  return nullptr;
}

std::string state_words(const plugin::Status* state) {
  if (state == nullptr) return "unknown";
  if (state->problem) return state->problem->id;
  if (state->loaded) return "loaded";
  return state->library_path.empty() ? "recognition only" : "installed";
}

std::string list_text(const std::vector<scan::Manifest>& manifests,
                      const std::vector<plugin::Status>& states) {
  std::vector<std::vector<std::string>> rows{{" ENGINE", "PRODUCT", "ALIASES", "STATE", "LIBRARY"}};
  for (const auto& manifest : manifests) {
    std::string aliases;
    for (const auto& alias : manifest.aliases) aliases += (aliases.empty() ? "" : " ") + alias;
    const plugin::Status* state = status_of(states, manifest.engine);
    rows.push_back({" " + manifest.engine, manifest.product, aliases, state_words(state),
                    state == nullptr ? "" : text::printable(state->library_path)});
  }
  return text::table(rows);
}

std::string info_text(const scan::Manifest& manifest, const plugin::Status* state) {
  std::vector<std::vector<std::string>> rows{{"engine", manifest.engine},
                                             {"product", manifest.product},
                                             {"manifest", text::printable(manifest.path)},
                                             {"interface", std::to_string(manifest.interface_version)},
                                             {"state", state_words(state)}};
  if (state != nullptr) rows.push_back({"library", text::printable(state->library_path)});
  if (state != nullptr && state->problem) rows.push_back({"problem", text::printable(state->problem->cause)});
  if (!manifest.package.empty()) rows.push_back({"package", manifest.package});
  for (const auto& signature : manifest.signatures) rows.push_back({"recognises", signature.kind});
  return text::table(rows);
}

Result<Answer> info(const std::string& name, plugin::Catalog& catalog) {
  const scan::Manifest* manifest = catalog.find(name);
  if (manifest == nullptr) {
    return make_error(errors::engine_unknown, "no engine is called \"" + text::printable(name) + "\"");
  }
  const auto states = catalog.status();
  return Answer{info_text(*manifest, status_of(states, manifest->engine)),
                plugins_json({*manifest}, states),
                ExitCode::ok,
                {}};
}

/// Loads every plugin; the first that does not fit decides the exit code.
Answer verify(plugin::Catalog& catalog) {
  Answer answer;
  for (const auto& manifest : catalog.manifests()) {
    if (manifest.library.empty()) continue;
    const auto engine = catalog.engine(manifest.engine);
    if (!engine && !answer.error) answer.error = engine.error();
  }
  const auto states = catalog.status();
  answer.text = list_text(catalog.manifests(), states);
  answer.json = plugins_json(catalog.manifests(), states);
  if (answer.error) answer.exit = answer.error->exit;
  return answer;
}

}  // namespace

Result<Answer> run_plugins(Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const auto& words = session.words();
  const std::string verb = words.empty() ? "list" : words.front();
  if (verb == "list") {
    const auto states = catalog->status();
    return Answer{list_text(catalog->manifests(), states),
                  plugins_json(catalog->manifests(), states),
                  ExitCode::ok,
                  {}};
  }
  if (verb == "verify") return verify(*catalog);
  if (verb == "info" && words.size() == 2) return info(words[1], *catalog);
  const std::string close = text::closest(verb, {"list", "info", "verify"});
  return make_error(errors::usage_invalid, "cannot understand recover plugins",
                    close.empty() || close == verb ? "" : "did you mean " + close + "?")
      .advise("Use recover plugins list, info NAME or verify.");
}

}  // namespace recover::cli
