// The one place where option names meet the fields of core's structs. A bare word that is an engine is
// the engine (a directory of that name is written ./postgresql); a word that is neither an engine nor a
// path but nearly a command is a typing error, not a missing source.
#include "cli/choices.hpp"

#include "cli/point_choices.hpp"
#include "cli/resource_choices.hpp"
#include "cli/target_choices.hpp"
#include "config/value.hpp"
#include "core/scan/stream_tree.hpp"
#include "core/text/format.hpp"
#include "core/text/split.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace recover::cli {

namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code problem;
  const auto status = fs::symlink_status(path, problem);
  // A path we may not look at exists as far as we know; the scan says what is wrong with it.
  return status.type() != fs::file_type::not_found;
}

/// It cannot be renamed, only filled (also a bind mount, which has its parent's device number).
bool is_mount_point(const std::string& path) {
  struct ::statx status {};
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_BASIC_STATS, &status) != 0) return false;
  return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

/// "s3://bucket", "remote:path": places that are not on this machine.
bool looks_remote(const std::string& word) {
  const auto colon = word.find(':');
  return colon != std::string::npos && colon > 0 && word.find('/') > colon && !exists(word);
}

Error not_supported(const std::string& word, const std::string& what) {
  return make_error(errors::source_not_supported, "cannot read " + text::printable(word), what);
}

Result<std::string> named_source(const std::string& word, const config::Settings& settings) {
  const std::string name = "source." + word.substr(1);
  const std::string path = settings.text(name + ".path");
  const bool is_remote = settings.text(name + ".type") == "rclone" || settings.is_set(name + ".remote");
  if (!path.empty() && !is_remote) return absolute_path(path);
  if (is_remote) return not_supported(word, "[" + name + "] is a remote source");
  return make_error(errors::usage_invalid, "no source is called " + text::printable(word),
                    "the configuration has no section [" + name + "] with a path");
}

Error missing(const std::string& word, Session& session) {
  std::vector<std::string> known;
  for (const Command& command : commands()) known.emplace_back(command.name);
  if (auto catalog = session.catalog()) {
    for (const auto& manifest : (*catalog)->manifests()) {
      known.push_back(manifest.engine);
      known.insert(known.end(), manifest.aliases.begin(), manifest.aliases.end());
    }
  }
  const bool is_bare = word.find('/') == std::string::npos;
  const std::string close = is_bare ? text::closest(word, known) : "";
  if (!close.empty()) {
    return make_error(errors::usage_invalid,
                      "\"" + text::printable(word) + "\" is no command, no engine and no path",
                      "did you mean " + close + "?");
  }
  return make_error(errors::source_not_found, "cannot read " + text::printable(word),
                    "no such file or directory")
      .with("path", word);
}

Result<std::string> source_on_input() {
  if (::isatty(STDIN_FILENO) == 0) return std::string(scan::standard_input);
  return make_error(errors::usage_invalid, "standard input is a terminal",
                    "\"-\" stands for a dump that comes through a pipe or from a file")
      .advise("For instance: zcat all.sql.gz | recover - --yes");
}

Result<std::string> source_of(const std::string& word, Session& session) {
  if (word == scan::standard_input) return source_on_input();
  if (word.starts_with('@')) return named_source(word, session.settings());
  if (looks_remote(word)) return not_supported(word, "it is not a path on this machine");
  if (!exists(word)) return missing(word, session);
  return absolute_path(word);
}

Result<std::string> source_without_word(Session& session) {
  const std::string configured = session.settings().text("backup_path");
  if (!configured.empty()) {
    if (exists(configured)) return absolute_path(configured);
    return make_error(
        errors::source_not_found, "cannot read backup_path " + text::printable(configured),
        "no such file or directory (from " + session.settings().origin("backup_path").place + ")");
  }
  if (session.terminal().can_ask) {
    const auto answer = ask("Where is the data? Path of a directory, archive or dump: ", session.cancel());
    if (answer && !answer->empty()) return source_of(*answer, session);
  }
  return make_error(errors::usage_invalid, "no SOURCE is given",
                    "neither on the command line nor as backup_path")
      .advise("Name the directory or file to look at: recover /mnt/old-disk, or set backup_path.");
}

Result<std::string> engine_named(const std::string& word, plugin::Catalog& catalog) {
  const scan::Manifest* manifest = catalog.find(word);
  if (manifest != nullptr) return manifest->engine;
  std::vector<std::string> known;
  for (const auto& one : catalog.manifests()) known.push_back(one.engine);
  const std::string close = text::closest(word, known);
  return make_error(errors::engine_unknown, "no engine is called \"" + text::printable(word) + "\"",
                    close.empty() ? "" : "did you mean " + close + "?");
}

Result<Strategy> strategy_named(const std::string& word) {
  for (const auto strategy : {Strategy::direct, Strategy::container, Strategy::dump}) {
    if (word == to_text(strategy)) return strategy;
  }
  return make_error(errors::usage_invalid, "no strategy is called " + word);
}

/// The seed's words for the strategies.
std::optional<Strategy> preferred_strategy(const config::Settings& settings) {
  const std::string word = settings.text("preferred_migration_strategy");
  if (word == "direct_restore") return Strategy::direct;
  if (word == "container_based") return Strategy::container;
  if (word == "dump_restore") return Strategy::dump;
  return std::nullopt;
}

/// What a dump may do, in the words of Wishes::allowed.
std::vector<std::string> allowances(const config::Settings& settings) {
  std::vector<std::string> words;
  if (settings.flag("security.allow_meta_commands")) words.emplace_back("meta_commands");
  if (settings.flag("security.allow_copy_program")) words.emplace_back("program");
  if (settings.flag("security.allow_language_c")) words.emplace_back("language_c");
  if (settings.flag("security.allow_alter_system")) words.emplace_back("alter_system");
  return words;
}

Result<std::pair<std::string, std::string>> tablespace_of(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == word.size()) {
    return make_error(errors::usage_invalid, "cannot use --tablespace " + text::printable(word),
                      "expected OLD=NEW, for instance 16401=/data/fast");
  }
  return std::pair{word.substr(0, equals), absolute_path(word.substr(equals + 1))};
}

ContainerWishes container_wishes(const config::Settings& settings) {
  ContainerWishes wishes;
  wishes.runtime = settings.text("container.runtime");
  wishes.image = settings.text("image");
  wishes.pull = settings.text("container.pull");
  wishes.arguments = settings.list("container.extra_args");
  return wishes;
}

}  // namespace

std::string absolute_path(const std::string& path) {
  std::string absolute = fs::absolute(path).lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return absolute;
}

Result<Request> understand(const std::vector<std::string>& words, Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  Request request;
  for (const auto& word : session.settings().list("engine")) {
    request.engines.push_back(RECOVER_TRY(engine_named(word, *catalog)));
  }
  for (const auto& word : words) {
    if (const auto* manifest = catalog->find(word)) {
      request.engines.push_back(manifest->engine);
    } else if (request.source.empty()) {
      request.source = RECOVER_TRY(source_of(word, session));
    } else {
      return make_error(errors::usage_invalid, "two sources are given",
                        text::printable(request.source) + " and " + text::printable(word) +
                            "; only one tree can be recovered at a time");
    }
  }
  if (request.source.empty()) request.source = RECOVER_TRY(source_without_word(session));
  if (request.engines.empty() && !session.settings().flag("auto_detect_databases")) {
    return make_error(errors::usage_invalid, "no engine is named", "auto_detect_databases is false");
  }
  return request;
}

scan::Options scan_options(const Request& request, const config::Settings& settings) {
  scan::Options options;
  options.source = request.source;
  options.limits.max_depth = static_cast<unsigned>(settings.number("scan.max_depth"));
  options.limits.max_entries = static_cast<std::uint64_t>(settings.number("scan.max_entries"));
  options.limits.archive_nesting = static_cast<unsigned>(settings.number("scan.archive_max_nesting"));
  options.limits.archive_max_entries = static_cast<std::uint64_t>(settings.number("limits.max_entries"));
  options.limits.max_unpacked_bytes =
      static_cast<std::uint64_t>(settings.number("limits.max_unpacked_bytes"));
  options.limits.max_path_bytes = static_cast<std::size_t>(settings.number("limits.max_path_bytes"));
  options.limits.archive_memory = static_cast<std::size_t>(settings.number("limits.archive_memory"));
  options.one_file_system = settings.flag("scan.one_file_system");
  options.look_inside_archives = settings.flag("scan.look_inside_archives");
  options.follow_links_inside = settings.text("scan.follow_symlinks") == "inside";
  options.exclude = settings.list("scan.exclude");
  options.include = settings.list("scan.include");
  options.threads = static_cast<unsigned>(settings.number("jobs"));
  options.group_small_files = !settings.flag("all");
  return options;
}

run::Selection selection(const Request& request, const config::Settings& settings) {
  // What is newer than the moment to go to cannot be brought back to it.
  const auto moment = config::parse_instant(settings.text("to-time"));
  const std::int64_t as_of =
      settings.is_set("as-of") ? settings.number("as-of") : moment.value_or(0) / config::instants_per_second;
  return {request.engines, settings.list("pick"), preferred_strategy(settings), as_of};
}

Result<Wishes> wishes(Session& session, const std::string& run_id) {
  const config::Settings& settings = session.settings();
  Wishes wishes;
  wishes.run = run_id;
  wishes.state_directory = session.state().path;
  if (settings.is_set("target-dir")) {
    wishes.target_directory = absolute_path(settings.text("target-dir"));
    Files& files = session.host().files();
    wishes.target_has_data = files.is_directory(wishes.target_directory) &&
                             !RECOVER_TRY(files.list(wishes.target_directory)).empty();
    wishes.target_is_mount_point = is_mount_point(wishes.target_directory);
  }
  if (settings.is_set("bindir")) wishes.bindir = absolute_path(settings.text("bindir"));
  if (settings.is_set("old-bindir")) wishes.old_bindir = absolute_path(settings.text("old-bindir"));
  for (const auto& word : settings.list("tablespace")) {
    wishes.tablespaces.push_back(RECOVER_TRY(tablespace_of(word)));
  }
  wishes.verify_level = settings.text("verify.level");
  const std::string strategy = settings.text("strategy");
  if (strategy != "auto") wishes.strategy = RECOVER_TRY(strategy_named(strategy));
  // A private instance is left running, a directory that somebody else's service will use is not.
  wishes.start = settings.is_set("start") ? settings.flag("start") : wishes.target_directory.empty();
  wishes.last_resort = settings.flag("last-resort");
  wishes.run_as = settings.text("run-as");
  wishes.jobs = static_cast<unsigned>(settings.number("jobs"));
  wishes.retries = settings.number("restore.retries");
  wishes.retry_delay = settings.number("restore.retry_delay_seconds");
  wishes.validate_first = settings.flag("validate-first");
  wishes.databases = settings.list("database");
  wishes.excluded_databases = settings.list("exclude-database");
  wishes.allowed = allowances(settings);
  for (const auto& words : settings.list("security.allow_extensions")) {
    for (const auto& word : text::split(words, " ,:")) wishes.extensions.push_back(word);
  }
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  wishes.server = RECOVER_TRY(server_wishes(settings, *catalog));
  wishes.names = RECOVER_TRY(new_names(settings));
  wishes.container = container_wishes(settings);
  wishes.point = RECOVER_TRY(point_wishes(settings));
  for (const auto& manifest : catalog->manifests()) note_engine_settings(wishes, manifest.engine, settings);
  wishes.roles = RECOVER_TRY(role_wishes(settings, session.host().files()));
  return wishes;
}

run::Policy policy(const config::Settings& settings) {
  run::Policy policy;
  policy.continue_on_error = settings.flag("restore.continue_on_error");
  policy.require_all = settings.flag("restore.require_all");
  policy.min_success_percent = config::parse_percent(settings.text("restore.min_success_percent"));
  policy.keep_old_seconds = settings.number("restore.keep_old");
  policy.keep_temp = settings.flag("keep-temp");
  policy.min_free = static_cast<std::uint64_t>(settings.number("limits.min_free"));
  policy.archive_max_entries = static_cast<std::uint64_t>(settings.number("limits.max_entries"));
  policy.no_progress_limit = std::chrono::seconds(settings.number("timeout_seconds"));
  policy.redact = settings.flag("log.redact");
  policy.parallel_items = static_cast<unsigned>(settings.number("max_parallel_operations"));
  return policy;
}

}  // namespace recover::cli
