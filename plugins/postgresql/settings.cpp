// Configuration files of PostgreSQL, read the way guc-file.l reads them: one `name = value` per line, the
// equals sign optional, quotes doubled or with backslash, # begins a comment. Everything here ends in a
// report; the recovered server gets a configuration of its own (an archive_command that runs again
// would write into the old machine's archive).
#include "postgresql/settings.hpp"

#include "postgresql/cluster_files.hpp"
#include "recover/recogniser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace recover::postgresql {

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20;
constexpr int deepest_include = 8;

/// Why each of these never goes live by itself. The value that is harmless is left out of the report.
struct Danger {
  const char* name;
  const char* harmless;
};

constexpr Danger dangers[] = {
    {"archive_command", ""},
    {"archive_library", ""},
    {"archive_cleanup_command", ""},
    {"recovery_end_command", ""},
    {"restore_command", ""},
    {"archive_mode", "off"},
    {"primary_conninfo", ""},
    {"primary_slot_name", ""},
    {"standby_mode", "off"},
    {"trigger_file", ""},
    {"promote_trigger_file", ""},
    {"recovery_target", ""},
    {"recovery_target_name", ""},
    {"recovery_target_time", ""},
    {"recovery_target_xid", ""},
    {"recovery_target_lsn", ""},
    {"recovery_target_action", "pause"},
    {"hot_standby", "on"},
    {"synchronous_standby_names", ""},
    {"default_transaction_read_only", "off"},
    {"shared_preload_libraries", ""},
    {"session_preload_libraries", ""},
    {"local_preload_libraries", ""},
    {"dynamic_library_path", "$libdir"},
    {"jit_provider", "llvmjit"},
    {"ssl_passphrase_command", ""},
    {"data_directory", ""},
    {"hba_file", ""},
    {"ident_file", ""},
    {"config_file", ""},
    {"external_pid_file", ""},
    {"listen_addresses", "localhost"},
    {"port", "5432"},
    {"unix_socket_directories", ""},
    {"ssl", "off"},
    {"ssl_cert_file", "server.crt"},
    {"ssl_key_file", "server.key"},
    {"log_directory", "log"},
    {"shared_buffers", "128MB"},
    {"huge_pages", "try"},
    {"lc_messages", "C"},
    {"lc_monetary", "C"},
    {"lc_numeric", "C"},
    {"lc_time", "C"},
    {"cron.database_name", ""},
    {"cron.launch_active_jobs", "off"},
    {"fsync", "on"},
    {"full_page_writes", "on"},
    {"zero_damaged_pages", "off"},
    {"ignore_checksum_failure", "off"},
    {"allow_in_place_tablespaces", "off"},
    {"ignore_system_indexes", "off"},
};

class LineReader {
 public:
  explicit LineReader(const std::string& line) : line_(line) {}

  std::string name() {
    skip_blanks();
    const std::size_t start = at_;
    while (at_ < line_.size() && (std::isalnum(static_cast<unsigned char>(line_[at_])) != 0 ||
                                  line_[at_] == '_' || line_[at_] == '.' || line_[at_] == '$')) {
      ++at_;
    }
    std::string name = line_.substr(start, at_ - start);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name;
  }

  std::string value() {
    skip_blanks();
    if (at_ < line_.size() && line_[at_] == '=') ++at_;
    skip_blanks();
    if (at_ < line_.size() && line_[at_] == '\'') return quoted();
    const std::size_t end = std::min(line_.find_first_of("# \t\r", at_), line_.size());
    return line_.substr(at_, end - at_);
  }

 private:
  void skip_blanks() { at_ = std::min(line_.find_first_not_of(" \t\r", at_), line_.size()); }

  std::string quoted() {
    std::string value;
    for (++at_; at_ < line_.size(); ++at_) {
      if (line_[at_] == '\\' && at_ + 1 < line_.size()) {
        value.push_back(line_[++at_]);
      } else if (line_[at_] == '\'') {
        if (at_ + 1 >= line_.size() || line_[at_ + 1] != '\'') break;
        value.push_back(line_[++at_]);
      } else {
        value.push_back(line_[at_]);
      }
    }
    return value;
  }

  const std::string& line_;
  std::size_t at_ = 0;
};

class Collector {
 public:
  Collector(Tree& tree, std::string data_path) : tree_(tree), data_path_(std::move(data_path)) {}

  void add_file(const std::string& path, int depth = 0) {
    const auto text =
        depth > deepest_include ? Result<std::string>(std::string()) : tree_.read(path, 0, largest_file);
    if (!text) return;
    for (Setting& setting : parse_settings(*text, path)) {
      if (setting.name == "include" || setting.name == "include_if_exists") {
        if (const auto file = resolve(path, setting.value)) add_file(*file, depth + 1);
      } else if (setting.name == "include_dir") {
        if (const auto directory = resolve(path, setting.value)) add_directory(*directory, depth + 1);
      } else {
        settings_.push_back(std::move(setting));
      }
    }
  }

  std::vector<Setting> take() { return std::move(settings_); }

 private:
  /// Relative names are relative to the file that includes; absolute ones mean the old machine.
  std::optional<std::string> resolve(const std::string& from, const std::string& name) {
    if (name.empty() || name.find("..") != std::string::npos) return std::nullopt;
    if (name.front() != '/') return join_path(parent_path(from), name);
    std::string relative = name.substr(1);
    for (std::string prefix = data_path_;; prefix = parent_path(prefix)) {
      if (tree_.has(join_path(prefix, relative))) return join_path(prefix, relative);
      if (prefix.empty()) return std::nullopt;
    }
  }

  void add_directory(const std::string& directory, int depth) {
    std::vector<std::string> names;
    if (const auto entries = tree_.list(directory)) {
      for (const Entry& entry : *entries) {
        if (entry.name.ends_with(".conf") && entry.name.front() != '.') names.push_back(entry.name);
      }
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) add_file(join_path(directory, name), depth);
  }

  Tree& tree_;
  std::string data_path_;
  std::vector<Setting> settings_;
};

/// Debian keeps the configuration of /var/lib/postgresql/N/CLUSTER in /etc/postgresql/N/CLUSTER.
std::string configuration_of(Tree& tree, const std::string& data_path, const std::string& major) {
  const std::string own = join_path(data_path, "postgresql.conf");
  if (tree.has_file(own)) return own;
  const auto debian = locate(tree, data_path, "/etc/postgresql/" + major + "/" + last_component(data_path));
  return debian ? join_path(*debian, "postgresql.conf") : own;
}

}  // namespace

std::vector<Setting> parse_settings(const std::string& text, const std::string& file) {
  std::vector<Setting> settings;
  int number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    LineReader reader(line);
    std::string name = reader.name();
    if (!name.empty()) settings.push_back({std::move(name), reader.value(), file, number});
  }
  return settings;
}

std::vector<Setting> read_settings(Tree& tree, const std::string& data_path, const std::string& major) {
  Collector collector(tree, data_path);
  collector.add_file(configuration_of(tree, data_path, major));
  collector.add_file(join_path(data_path, "postgresql.auto.conf"));
  collector.add_file(join_path(data_path, "recovery.conf"));
  return collector.take();
}

std::string effective(const std::vector<Setting>& settings, const std::string& name) {
  const auto found = std::find_if(settings.rbegin(), settings.rend(),
                                  [&](const Setting& setting) { return setting.name == name; });
  return found == settings.rend() ? std::string() : found->value;
}

Facts dangerous_settings(const std::vector<Setting>& settings) {
  Facts facts;
  for (const Danger& danger : dangers) {
    const auto found = std::find_if(settings.rbegin(), settings.rend(),
                                    [&](const Setting& setting) { return setting.name == danger.name; });
    if (found == settings.rend() || found->value.empty() || found->value == danger.harmless) continue;
    set_fact(facts, found->name, fmt::format("{}:{} {}", found->file, found->line, found->value));
  }
  return facts;
}

std::vector<std::string> list_items(const std::string& value) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find(',', at), value.size());
    std::string item = value.substr(at, end - at);
    std::erase_if(item, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
    if (!item.empty()) items.push_back(std::move(item));
    at = end + 1;
  }
  return items;
}

}  // namespace recover::postgresql
