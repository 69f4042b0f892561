// A WiredTiger data directory of MongoDB. The server's exact version stands in diagnostic.data, whose
// first document is plain BSON; the version line of the file WiredTiger is the library's and only hints
// at the server. Directories of MMAPv1 (up to 4.0) are known by their names.
#include "mongodb/bson.hpp"
#include "mongodb/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace recover::mongodb {

namespace {

constexpr std::size_t text_size = 64U << 10U;
constexpr std::size_t diagnostic_size = 1U << 20U;

/// The server series that ships this WiredTiger; only a hint.
struct Library {
  std::string_view prefix;
  std::string_view server;
};
constexpr std::array<Library, 10> libraries{{{"2.", "3.0"},
                                             {"3.1.", "4.0"},
                                             {"3.2.", "4.2"},
                                             {"3.3.", "4.4"},
                                             {"10.0.0", "4.4"},
                                             {"10.0.1", "5.0"},
                                             {"10.0.", "5.0 or 6.0"},
                                             {"11.0", "6.0 or 7.0"},
                                             {"11.", "7.0 or 8.0"},
                                             {"12.", "8.0 or newer"}}};

/// "10.0.2" of "WiredTiger 10.0.2: (December 21, 2021)".
std::string library_version(const std::string& text) {
  const std::size_t at = text.find("\nWiredTiger ");
  if (at == std::string::npos) return {};
  const std::size_t start = at + 12;
  return text.substr(start, text.find_first_of(": \n", start) - start);
}

std::string newest_diagnostic(Tree& tree, const std::string& directory) {
  const auto entries = tree.list(join_path(directory, "diagnostic.data"));
  if (!entries) return {};
  std::string newest;  // metrics.2024-01-31T10-00-00Z-00000: names sort by time
  for (const Entry& entry : *entries) {
    if (entry.name.starts_with("metrics.2")) newest = std::max(newest, entry.name);
  }
  return newest;
}

/// buildInfo of the first document; servers that are members of a set may wrap it once more.
Version from_diagnostic(Tree& tree, const std::string& directory) {
  const std::string name = newest_diagnostic(tree, directory);
  if (name.empty()) return {};
  const auto bytes = tree.read(join_path(directory, "diagnostic.data/" + name), 0, diagnostic_size);
  if (!bytes) return {};
  std::string version = text_at(*bytes, {"doc", "buildInfo", "version"});
  if (version.empty()) version = text_at(*bytes, {"doc", "common", "buildInfo", "version"});
  return {version, "diagnostic.data/" + name};
}

Version from_library(const std::string& library) {
  for (const Library& known : libraries) {
    if (library.starts_with(known.prefix)) {
      return {std::string(known.server), "WiredTiger " + library + ", a hint only"};
    }
  }
  return {};
}

/// Seconds since the epoch of the last checkpoint: "time=1700000000" in the turtle's last line.
std::int64_t checkpoint_time(const std::string& turtle) {
  const std::size_t at = turtle.rfind(",time=");
  std::int64_t time = 0;
  if (at != std::string::npos) std::from_chars(turtle.data() + at + 6, turtle.data() + turtle.size(), time);
  return time;
}

bool is_encrypted(const std::string& turtle) {
  const std::size_t at = turtle.find("encryption=(");
  if (at == std::string::npos) return false;
  const std::string setting = turtle.substr(at + 12, turtle.find(')', at) - at - 12);
  return setting.find("name=") != std::string::npos && setting.find("name=,") == std::string::npos &&
         !setting.ends_with("name=") && setting.find("name=none") == std::string::npos;
}

Health judge(Tree& tree, const std::string& directory, const std::string& turtle) {
  if (is_encrypted(turtle)) return {HealthState::locked, "encrypted, key needed", {}};
  const auto lock = tree.info(join_path(directory, "mongod.lock"));
  if (!lock)
    return {HealthState::unknown, "mongod.lock missing", {"Whether the server was shut down is not known."}};
  if (lock->size.count == 0) return {HealthState::ok, "shut down cleanly", {}};
  Health health{HealthState::needs_recovery, "not shut down cleanly", {"mongod.lock holds a process id."}};
  if (!tree.has_directory(join_path(directory, "journal"))) {
    health.notes.emplace_back(
        "The journal is missing: writes after the last checkpoint (at most a minute) are lost.");
  }
  return health;
}

/// Settings with which a server must be started on these files.
void state_storage(Finding& finding, Tree& tree) {
  const auto bytes = tree.read(join_path(finding.path, "storage.bson"), 0, text_size);
  if (!bytes) return;
  each_element(document_at(*bytes, {"storage", "options"}), [&finding](const BsonElement& element) {
    if (element.type == BsonType::boolean && !element.value.empty()) {
      set_fact(finding.facts, std::string(element.name), element.value[0] != 0);
    }
    return true;
  });
}

/// With directoryPerDB each database is a directory of its own.
std::vector<std::string> database_directories(Tree& tree, const std::string& directory,
                                              std::uint64_t& collections) {
  std::vector<std::string> databases;
  const auto entries = tree.list(directory);
  if (!entries) return databases;
  for (const Entry& entry : *entries) {
    if (entry.name.starts_with("collection-")) ++collections;
    if (entry.type != EntryType::directory || entry.name == "journal" || entry.name == "diagnostic.data" ||
        entry.name.starts_with('_') || entry.name.starts_with('.')) {
      continue;
    }
    const auto files = tree.list(join_path(directory, entry.name));
    if (!files) continue;
    const bool is_database = std::any_of(files->begin(), files->end(), [](const Entry& file) {
      return file.name.starts_with("collection-") || file.name == "collection";
    });
    if (is_database) databases.push_back(entry.name);
  }
  std::sort(databases.begin(), databases.end());
  return databases;
}

}  // namespace

Result<Finding> probe_data_directory(const Candidate& candidate, Tree& tree) {
  if (candidate.path.ends_with("_tmp/spilldb")) return not_recognised(candidate, "scratch space of a server");
  const std::string text = RECOVER_TRY(tree.read(join_path(candidate.path, "WiredTiger"), 0, text_size));
  if (!text.starts_with("WiredTiger\n"))
    return not_recognised(candidate, "the file WiredTiger is another one");
  const std::string turtle =
      RECOVER_TRY(tree.read(join_path(candidate.path, "WiredTiger.turtle"), 0, text_size));
  const std::string library = library_version(text);
  Finding finding = finding_of(candidate);
  finding.product = "MongoDB";
  finding.confidence = Confidence::certain;
  finding.version = from_diagnostic(tree, candidate.path);
  if (finding.version.text.empty()) finding.version = from_library(library);
  finding.content_time = checkpoint_time(turtle);
  finding.health = judge(tree, candidate.path, turtle);
  finding.evidence.push_back("WiredTiger " + library + " with _mdb_catalog.wt");
  set_fact(finding.facts, "wiredtiger", library);
  state_storage(finding, tree);
  std::uint64_t collections = 0;
  finding.databases = database_directories(tree, candidate.path, collections);
  if (collections != 0) set_fact(finding.facts, "collections", static_cast<std::int64_t>(collections));
  return finding;
}

Result<Finding> probe_mmapv1(const Candidate& candidate, Tree& tree) {
  Finding finding = finding_of(candidate);
  finding.product = "MongoDB";
  finding.version = {"4.0 or older", "MMAPv1 files"};
  finding.confidence = Confidence::probable;
  for (const Entry& entry : RECOVER_TRY(tree.list(candidate.path))) {
    if (!entry.name.ends_with(".ns")) continue;
    const std::string database = entry.name.substr(0, entry.name.size() - 3);
    if (database != "local" && database != "admin") finding.databases.push_back(database);
  }
  std::sort(finding.databases.begin(), finding.databases.end());
  const auto lock = tree.info(join_path(candidate.path, "mongod.lock"));
  const bool is_clean = lock && lock->size.count == 0;
  finding.health = is_clean ? Health{HealthState::ok, "shut down cleanly", {}}
                            : Health{HealthState::needs_recovery, "not shut down cleanly", {}};
  finding.evidence.emplace_back("local.ns and local.0: only mongod up to 4.0 reads these files");
  return finding;
}

}  // namespace recover::mongodb
