// Text of our own configuration files. A foreign postgresql.conf can run commands, load libraries, lead to
// other directories or keep the server from starting on this machine, so none of it is taken over; the
// values that recovery insists on come from the control file. People find the old files beside ours.
#include "postgresql/configuration.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/launch.hpp"

#include <fmt/format.h>

namespace recover::postgresql {

namespace {

std::string quoted_setting(const std::string& value) {
  std::string quoted = "'";
  for (const char letter : value) {
    if (letter == '\'' || letter == '\\') quoted += letter;
    quoted += letter;
  }
  return quoted + "'";
}

}  // namespace

bool steers_server(const std::string& name) {
  return name.ends_with(".conf") || name.ends_with(".signal") || name == "recovery.done";
}

std::string configuration_text(const Plan& plan, const std::string& sockets,
                               const std::vector<Setting>& carried) {
  std::string text = fmt::format(
      "# Written by recover, run {}. The source's own files are beside this one as *{};\n"
      "# none of their settings is in force. docs/private-instances.md tells how to move to a service.\n\n"
      "# Reachable through this directory only, which nobody else may enter.\n"
      "listen_addresses = ''\n"
      "unix_socket_directories = {}\n"
      "unix_socket_permissions = 0700\n"
      "port = 5432\n\n"
      "# Nothing leaves this server: no archive, no replication.\n"
      "archive_mode = off\n"
      "max_logical_replication_workers = 0\n\n"
      "# At least what the control file says, or recovery would refuse to run.\n",
      plan.run, kept_suffix, quoted_setting("\"" + sockets + "\""));
  for (const auto& [name, value] : needed_capacities(plan.facts))
    text += fmt::format("{} = {}\n", name, value);
  text += "\nshared_buffers = 128MB\nhuge_pages = off\nlog_line_prefix = '%m [%p] %e '\nlc_messages = 'C'\n";
  if (!carried.empty()) text += "\n# Carried over from the source: these only tune.\n";
  for (const Setting& setting : carried) text += fmt::format("{} = {}\n", setting.name, setting.value);
  return text;
}

std::string access_text() {
  return "# Written by recover. Only the server's user and root can enter the socket directory.\n"
         "# TYPE  DATABASE     USER  METHOD\n"
         "local   all          all   trust\n"
         "local   replication  all   trust\n";
}

std::string identity_text() {
  return "# Written by recover: no mappings.\n";
}

std::string old_recovery_text() {
  return "# Written by recover: replay what is in pg_wal to a consistent end, then serve.\n"
         "restore_command = 'false'\n";
}

}  // namespace recover::postgresql
