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

}  // namespace recover::cli
