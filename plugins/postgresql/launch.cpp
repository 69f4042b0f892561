// The life of a server on a copy. A data directory is code of its superuser, so the copy starts under our
// own configuration, and every dangerous setting is repeated on the command line, where neither
// postgresql.conf nor postgresql.auto.conf outranks it. Readiness is read from postmaster.pid (its eighth
// line, since version 10: src/include/utils/pidfile.h), so waiting adds no noise to the log. There is no
// fixed time limit: recovery of a large log takes what it takes.
#include "postgresql/launch.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/server_log.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>
#include <cstdlib>

namespace recover::postgresql {

namespace {

constexpr std::size_t socket_path_limit = 107;
constexpr std::string_view socket_name = "/.s.PGSQL.5432";
constexpr std::chrono::milliseconds poll_interval{200};
constexpr std::size_t status_line = 7;  // counted from 0

/// FNV-1a: a stable short name for a path.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
  return hash;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

std::string real_path(const std::string& path) {
  std::array<char, PATH_MAX> buffer{};
  return ::realpath(path.c_str(), buffer.data()) == nullptr ? path : std::string(buffer.data());
}

std::vector<std::string> pid_file(const std::string& data, Host& host) {
  auto content = host.files().read(data + "/postmaster.pid");
  return content ? lines_of(*content) : std::vector<std::string>{};
}

bool is_ready(const std::string& data, Host& host) {
  const auto lines = pid_file(data, host);
  return lines.size() > status_line && lines[status_line].starts_with("ready");
}

/// A private directory: ours to make, or already a real one that belongs to the server's user alone.
Result<void> prepare_sockets(const Launch& launch, Host& host) {
  RECOVER_TRY(host.files().make_directory(launch.sockets, launch.run_as, 0700));
  struct stat status {};
  const bool there = ::lstat(launch.sockets.c_str(), &status) == 0;
  if (there && S_ISDIR(status.st_mode) && (status.st_mode & 0077U) == 0 &&
      host.accounts().name_of(status.st_uid) == launch.run_as) {
    return {};
  }
  return make_error(recover::errors::server_start_failed, "the socket directory " + launch.sockets,
                    "it is not a private directory of the user " + launch.run_as);
}

std::vector<std::pair<std::string, std::string>> server_environment(const Launch& launch, Host& host) {
  std::vector<std::pair<std::string, std::string>> environment;
  const std::string locales = locale_directory(launch.data);
  if (host.files().is_directory(locales)) environment.emplace_back("LOCPATH", locales);
  return environment;
}

std::string log_from(const Launch& launch, std::size_t offset, Host& host) {
  auto text = host.files().read(launch.log_file);
  return text && text->size() > offset ? text->substr(offset) : std::string{};
}

/// The server itself, in the foreground.
Result<Command> server_command(const Launch& launch, Host& host) {
  Command command;
  command.arguments = server_arguments(launch);
  command.environment = server_environment(launch, host);
  command.log_file = launch.log_file;
  command.program = launch.container ? "postgres" : launch.bindir + "/postgres";
  if (launch.container)
    return host.containers().command(launch.container->runtime, launch.container->container, command);
  command.run_as = launch.run_as;
  return command;
}

Command pg_ctl(const Launch& launch, const std::vector<std::string>& arguments, Host& host) {
  Command command;
  command.program = launch.bindir + "/pg_ctl";
  command.arguments = {"-D", launch.data, "-s"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.environment = server_environment(launch, host);
  command.run_as = launch.run_as;
  return command;
}

/// Settings of one kind: name and value.
using Settings = std::vector<std::pair<std::string, std::string>>;

void add_commands_and_libraries(Settings& settings, int major) {
  settings.insert(settings.end(), {{"archive_mode", "off"},
                                   {"archive_command", ""},
                                   {"shared_preload_libraries", ""},
                                   {"session_preload_libraries", ""},
                                   {"local_preload_libraries", ""},
                                   {"dynamic_library_path", "$libdir"},
                                   {"ssl", "off"}});
  if (major >= 11) settings.insert(settings.end(), {{"ssl_passphrase_command", ""}, {"jit", "off"}});
  if (major >= 15) settings.emplace_back("archive_library", "");
  if (major < 12) return;  // these live in recovery.conf there
  // With a signal file replay reads pg_wal only; without one the setting means nothing.
  settings.insert(settings.end(), {{"restore_command", "false"},
                                   {"recovery_end_command", ""},
                                   {"archive_cleanup_command", ""},
                                   {"primary_conninfo", ""},
                                   {"primary_slot_name", ""},
                                   {"recovery_target_action", "promote"}});
}

/// What makes loading fast and is safe only for a cluster that nobody uses before it was stopped cleanly and
/// synced to disk (reference: the manual, "Populating a Database"). Given last, where it outranks the rest.
/// Full pages stay in the log: a process that is killed may leave half a page behind, and the load goes on
/// with it.
void add_loading(Settings& settings, std::int64_t index_memory) {
  settings.insert(settings.end(), {{"fsync", "off"},
                                   {"wal_level", "minimal"},
                                   {"max_wal_senders", "0"},
                                   {"max_wal_size", "16GB"},
                                   {"checkpoint_timeout", "1h"},
                                   {"autovacuum", "off"},
                                   {"shared_buffers", "512MB"},
                                   {"maintenance_work_mem", memory_setting(index_memory)}});
}

}  // namespace

std::vector<std::pair<std::string, std::int64_t>> needed_capacities(const Facts& facts) {
  const std::array<std::pair<const char*, std::int64_t>, 5> least{{{fact::max_connections, 100},
                                                                   {fact::max_worker_processes, 8},
                                                                   {fact::max_wal_senders, 10},
                                                                   {fact::max_prepared_transactions, 0},
                                                                   {fact::max_locks_per_transaction, 64}}};
  std::vector<std::pair<std::string, std::int64_t>> needed;
  for (const auto& [name, minimum] : least)
    needed.emplace_back(name, std::max(number_fact(facts, name), minimum));
  return needed;
}

std::string socket_directory(const std::string& preferred) {
  if (preferred.size() + socket_name.size() <= socket_path_limit) return preferred;
  return fmt::format("/tmp/recover-{:016x}", hash_of(preferred));
}

std::string shell_word(const std::string& word) {
  constexpr auto plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=+,@";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : word) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::string locale_directory(const std::string& data) {
  return data + "/recover_locales";
}

std::vector<std::string> server_arguments(const Launch& launch) {
  Settings settings{{"data_directory", launch.data},
                    {"hba_file", launch.data + "/pg_hba.conf"},
                    {"ident_file", launch.data + "/pg_ident.conf"},
                    {"external_pid_file", ""},
                    {"listen_addresses", ""},
                    {"port", "5432"},
                    {"unix_socket_directories", "\"" + launch.sockets + "\""},
                    {"unix_socket_group", ""},
                    {"unix_socket_permissions", "0700"},
                    {"synchronous_standby_names", ""},
                    {"max_logical_replication_workers", "0"},
                    {"huge_pages", "off"},
                    {"logging_collector", "off"},
                    {"log_destination", "stderr"},
                    {"log_line_prefix", "%m [%p] %e "},
                    {"lc_messages", "C"}};
  add_commands_and_libraries(settings, launch.major);
  for (const auto& [name, value] : needed_capacities(launch.capacities))
    settings.emplace_back(name, std::to_string(value));
  // Nobody is served before the point is reached: what stands there earlier is not what was asked for.
  if (!launch.replay.empty()) settings.emplace_back("hot_standby", "off");
  if (launch.major >= 12) settings.insert(settings.end(), launch.replay.begin(), launch.replay.end());
  if (launch.verifying) {
    settings.emplace_back("autovacuum", "off");
    if (launch.major >= 17) settings.emplace_back("event_triggers", "off");
  }
  if (launch.loading) add_loading(settings, launch.index_memory);
  std::vector<std::string> arguments{"-D", launch.data, "-c",
                                     "config_file=" + launch.data + "/postgresql.conf"};
  for (const auto& [name, value] : settings) {
    arguments.emplace_back("-c");
    arguments.push_back(name + "=" + value);
  }
  return arguments;
}

std::optional<int> running_server(const std::string& data, Host& host) {
  const auto lines = pid_file(data, host);
  if (lines.empty()) return std::nullopt;
  int pid = 0;
  std::from_chars(lines[0].data(), lines[0].data() + lines[0].size(), pid);
  if (pid <= 0) return std::nullopt;
  std::array<char, PATH_MAX> buffer{};
  const ssize_t length = ::readlink(fmt::format("/proc/{}/cwd", pid).c_str(), buffer.data(), buffer.size());
  if (length <= 0) return std::nullopt;
  const std::string directory(buffer.data(), static_cast<std::size_t>(length));
  return directory == real_path(data) ? std::optional<int>(pid) : std::nullopt;
}

Result<void> start_child(const std::string& name, const Launch& launch, StepContext& context) {
  Host& host = context.host;
  RECOVER_TRY(prepare_sockets(launch, host));
  // A postmaster.pid of a start that was interrupted says nothing about this one.
  if (!running_server(launch.data, host) && host.files().exists(launch.data + "/postmaster.pid")) {
    RECOVER_TRY(host.files().remove_file(launch.data + "/postmaster.pid"));
  }
  const std::size_t offset = log_from(launch, 0, host).size();
  const Command command = RECOVER_TRY(server_command(launch, host));
  RECOVER_TRY(host.processes().start(name, command));
  while (!is_ready(launch.data, host)) {
    if (!host.processes().is_running(name)) return start_error(launch.data, log_from(launch, offset, host));
    if (auto go_on = context.cancel.check(); !go_on) {
      RECOVER_TRY(host.processes().stop(name, SIGINT, std::chrono::seconds{5}));
      return std::move(go_on).error();
    }
    context.progress.detail(recovery_activity(log_from(launch, offset, host)));
    host.clock().sleep(poll_interval, context.cancel);
  }
  return {};
}

Result<void> start_detached(const Launch& launch, StepContext& context) {
  Host& host = context.host;
  if (running_server(launch.data, host)) return {};
  RECOVER_TRY(prepare_sockets(launch, host));
  std::string options;
  for (const std::string& argument : server_arguments(launch)) options += shell_word(argument) + " ";
  const std::size_t offset = log_from(launch, 0, host).size();
  Command command =
      pg_ctl(launch, {"-w", "-t", "86400", "-l", launch.log_file, "-o", options, "start"}, host);
  command.leaves_a_server = true;
  const ProcessResult result = RECOVER_TRY(host.processes().run(command, context.cancel));
  if (result.exit_status == 0) return {};
  const std::string log = log_from(launch, offset, host);
  return start_error(launch.data, log.empty() ? result.errors : log);
}

Result<void> stop_detached(const Launch& launch, StepContext& context) {
  Host& host = context.host;
  if (!running_server(launch.data, host)) return {};
  const Command command = pg_ctl(launch, {"-w", "-t", "86400", "-m", "fast", "stop"}, host);
  const ProcessResult result = RECOVER_TRY(host.processes().run(command, context.cancel));
  if (result.exit_status == 0 || !running_server(launch.data, host)) return {};
  return make_error(recover::errors::tool_failed, "pg_ctl stop in " + launch.data, result.errors);
}

Endpoint endpoint_of(const Launch& launch, const std::string& superuser) {
  return {launch.sockets, superuser, launch.run_as, launch.major};
}

Result<void> wait_for_recovery(Connection& connection, const Launch& launch, StepContext& context) {
  // First of all: nothing foreign may be in force while we wait.
  const Rows foreign = RECOVER_TRY(connection.query(
      "SELECT name || ' from ' || sourcefile FROM pg_catalog.pg_settings WHERE sourcefile IS NOT NULL "
      "AND sourcefile <> " +
          quoted_literal(launch.data + "/postgresql.conf"),
      context.cancel));
  if (!foreign.empty()) {
    return make_error(errors::foreign_settings, "the server on " + launch.data, foreign[0][0].value_or(""));
  }
  while (true) {
    const Rows rows = RECOVER_TRY(connection.query(
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.pg_last_wal_replay_lsn()", context.cancel));
    if (rows.at(0).at(0) == "f") return {};
    context.progress.detail("replaying write-ahead log, at " + rows[0][1].value_or("the beginning"));
    context.host.clock().sleep(poll_interval, context.cancel);
  }
}

}  // namespace recover::postgresql
