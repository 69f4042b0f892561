// Pairs of names, "OLD=NEW": the first "=" divides, so a new name may hold one and an old one may not. A slip
// of the pen is refused here, with the line; what the target makes of the names is the engine's business.
#include "cli/target_choices.hpp"

#include "cli/choices.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <sstream>

namespace recover::cli {

namespace {

using Pair = std::pair<std::string, std::string>;

std::optional<Pair> pair_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) return std::nullopt;
  return Pair{text.substr(0, equals), text.substr(equals + 1)};
}

Error cannot_use_map(const std::string& file, std::size_t line, const std::string& cause) {
  return make_error(errors::usage_invalid,
                    "cannot use " + text::printable(file) + " line " + std::to_string(line), cause);
}

/// Lines OLD=NEW; blank ones and those that begin with # say nothing.
Result<std::vector<Pair>> read_map(const std::string& file, Files& files) {
  std::vector<Pair> map;
  std::size_t number = 0;
  std::istringstream lines(RECOVER_TRY(files.read(file)));
  for (std::string raw; std::getline(lines, raw);) {
    const std::string line = text::trimmed(raw);
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    auto pair = pair_of(line);
    if (pair) *pair = {text::trimmed(pair->first), text::trimmed(pair->second)};
    if (!pair || pair->first.empty())
      return cannot_use_map(file, number, "expected OLD=NEW, two names of roles");
    const bool is_double =
        std::any_of(map.begin(), map.end(), [&](const Pair& one) { return one.first == pair->first; });
    if (is_double) return cannot_use_map(file, number, text::printable(pair->first) + " stands there twice");
    map.push_back(*pair);
  }
  return map;
}

/// "postgresql://user@host:port/database" of --host and its like, which need to know the engine.
Result<std::string> url_of_parts(const config::Settings& settings, const std::string& engine) {
  const auto engines = engine.empty() ? settings.list("engine") : std::vector<std::string>{engine};
  if (engines.size() != 1) {
    return make_error(errors::usage_invalid, "which server is meant?",
                      "--host, --port, --user, --dbname and --socket need one engine")
        .advise("Name it (--postgresql), or give the whole address: --target postgresql://HOST:PORT/.");
  }
  std::string url = engines.front() + "://";
  if (settings.is_set("user")) url += settings.text("user") + "@";
  url += settings.text("host");
  if (settings.is_set("port")) url += ":" + std::to_string(settings.number("port"));
  url += "/" + settings.text("dbname");
  if (settings.is_set("socket")) url += "?host=" + absolute_path(settings.text("socket"));
  return url;
}

}  // namespace

Result<NewNames> new_names(const config::Settings& settings) {
  NewNames names;
  for (const std::string& word : settings.list("rename")) {
    const auto pair = pair_of(word);
    if (!pair) {
      return make_error(errors::usage_invalid, "cannot use --rename " + text::printable(word),
                        "expected OLD=NEW, for instance shop=shop_yesterday");
    }
    const auto before = std::find_if(names.databases.begin(), names.databases.end(),
                                     [&](const NamedDatabase& one) { return one.source == pair->first; });
    if (before != names.databases.end()) {
      return make_error(
          errors::usage_invalid, "cannot use --rename " + text::printable(word),
          text::printable(before->source) + " is to become " + text::printable(before->target) + " already");
    }
    names.databases.push_back({pair->first, pair->second});
  }
  names.suffix = settings.text("suffix");
  return names;
}

Result<RoleWishes> role_wishes(const config::Settings& settings, Files& files) {
  constexpr std::string_view map = "map=";
  RoleWishes wishes;
  wishes.globals = settings.text("restore.globals");
  const std::string policy = settings.text("restore.owner_policy");
  if (policy == "keep" || policy == "target") {
    wishes.owners = policy;
  } else if (policy.starts_with(map) && policy.size() > map.size()) {
    wishes.owners = "map";
    wishes.map = RECOVER_TRY(read_map(absolute_path(policy.substr(map.size())), files));
  } else {
    return make_error(errors::usage_invalid, "cannot use --owner-policy " + text::printable(policy),
                      "expected keep, target or map=FILE");
  }
  return wishes;
}

Result<ServerWishes> server_wishes(const config::Settings& settings, plugin::Catalog& catalog,
                                   const std::string& engine) {
  ServerWishes wishes;
  wishes.url = settings.text("target");
  for (const char* part : {"host", "port", "user", "dbname", "socket"}) {
    if (wishes.url.empty() && settings.is_set(part)) wishes.url = RECOVER_TRY(url_of_parts(settings, engine));
  }
  const auto known = settings.names();
  const auto is_given = [&](const std::string& name) {
    return std::find(known.begin(), known.end(), name) != known.end() && settings.is_set(name);
  };
  for (const auto& manifest : catalog.manifests()) {
    const std::string section = "target." + manifest.engine;
    if (wishes.url.empty() && is_given(section + ".url")) wishes.url = settings.text(section + ".url");
    if (is_given(section + ".password_file"))
      wishes.password_file = settings.text(section + ".password_file");
  }
  if (settings.is_set("password-file")) wishes.password_file = settings.text("password-file");
  if (!wishes.password_file.empty()) wishes.password_file = absolute_path(wishes.password_file);
  if (!wishes.url.empty() && settings.is_set("target-dir")) {
    return make_error(errors::usage_invalid, "two targets are given",
                      "--target-dir is a directory, --target a running server");
  }
  wishes.replace = settings.text("restore.replace");
  wishes.lock_timeout = settings.number("restore.lock_timeout_seconds");
  wishes.lock_action = settings.text("restore.lock_action");
  wishes.failed = settings.text("restore.on_failed_database");
  return wishes;
}

}  // namespace recover::cli
