/// Starting and stopping a server on a copy, with nothing of the source's configuration in force.
#pragma once

#include "postgresql/connection.hpp"
#include "recover/engine.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace recover::postgresql {

/// A server of an image instead of one of this machine.
struct ContainerPlace {
  ContainerRuntime runtime;
  Container container;
};

/// Everything a start needs to know.
struct Launch {
  std::string bindir;
  int major = 0;
  std::string data;     ///< data directory, absolute
  std::string sockets;  ///< private directory for the socket
  std::string run_as;   ///< never root
  std::string log_file;
  Facts capacities;  ///< max_connections and the like: what recovery insists on (facts.hpp)
  std::vector<std::pair<std::string, std::string>> replay;  ///< settings of a replay to a point in time
  bool verifying = false;                                   ///< keep background work and triggers away
  bool loading = false;  ///< a cluster of our own that is thrown away if it does not end cleanly
  std::int64_t index_memory = usual_index_memory;  ///< bytes for building an index while loading
  std::optional<ContainerPlace> container;         ///< then `bindir` means nothing (start_child() only)
};

/// The directory for the socket: `preferred`, or a short private one below /tmp where the socket's path
/// would be longer than the operating system takes (107 bytes).
std::string socket_directory(const std::string& preferred);

/// A word in quotes for a POSIX shell: pg_ctl hands its options to one, and people paste lines into one.
std::string shell_word(const std::string& word);

/// The settings that a server with a signal file must not have lower than the source had them: what the
/// control file says (`facts`, see facts.hpp), or the default where that is more.
std::vector<std::pair<std::string, std::int64_t>> needed_capacities(const Facts& facts);

/// Where locales that this machine lacks are built for a data directory (LOCPATH).
std::string locale_directory(const std::string& data);

/// The arguments of `postgres`: every setting that could run a command, load a library, open the network
/// or lead to another file is given here, where no file outranks it.
std::vector<std::string> server_arguments(const Launch& launch);

/// The process that serves this data directory, if it lives. A postmaster.pid is believed only when
/// that process works in this very directory.
std::optional<int> running_server(const std::string& data, Host& host);

/// Starts the server as our child `name` and waits, as long as it makes progress, until it accepts
/// connections. Errors: server.start_failed or what the log tells (postgresql.*), run.cancelled.
Result<void> start_child(const std::string& name, const Launch& launch, StepContext& context);

/// Starts the server so that it outlives us. Nothing to do when it runs. Same errors.
Result<void> start_detached(const Launch& launch, StepContext& context);

/// Ends what is left of a server whose parent was killed: the server itself, or sessions that outlived it and
/// still work in the directory. Nothing to do is success. Errors: tool.failed, run.cancelled.
Result<void> end_remains(const Launch& launch, StepContext& context);

/// Stops the server of this data directory cleanly; nothing to do is success.
Result<void> stop_detached(const Launch& launch, StepContext& context);

/// Endpoint of a launched server.
Endpoint endpoint_of(const Launch& launch, const std::string& superuser);

/// Waits until replay has ended (pg_is_in_recovery() is false) and asserts that no setting comes from a
/// file that is not ours. Errors: postgresql.foreign_settings (stop the server then), run.cancelled.
Result<void> wait_for_recovery(Connection& connection, const Launch& launch, StepContext& context);

}  // namespace recover::postgresql
