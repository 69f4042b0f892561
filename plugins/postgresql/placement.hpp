/// Where the pieces of one plan lie: the staged copy, the final data directory, sockets and logs.
#pragma once

#include "postgresql/launch.hpp"
#include "recover/model.hpp"

#include <string>

namespace recover::postgresql {

/// Facts that a plan carries beside those of its finding (facts.hpp).
namespace plan_fact {
inline constexpr auto bindir = "bindir";                            ///< text: programs of the server
inline constexpr auto server_version = "server_version_installed";  ///< text: "16.14"
inline constexpr auto connect_line = "connect_line";                ///< text: how to reach the result
inline constexpr auto copy_manifests = "copy_manifests";  ///< list: "manifest path|root of the copy"
inline constexpr auto manifest_copy = "manifest_copy";    ///< text: absolute path of our backup_manifest
inline constexpr auto verify_level = "verify_level";      ///< text
inline constexpr auto jobs = "jobs";                      ///< number of connections; 0 = number of cores
inline constexpr auto connections = "connections";        ///< number of connections; absent: as many as jobs
inline constexpr auto index_memory = "index_memory";      ///< number of bytes for building an index in a load
inline constexpr auto retries = "retries";          ///< number of repetitions after an error that may pass
inline constexpr auto retry_delay = "retry_delay";  ///< number of seconds before the first of them
inline constexpr auto carried_settings = "carried_settings";  ///< text: "work_mem = 64MB, ..."
inline constexpr auto lock_timeout = "lock_timeout";          ///< number of seconds; 0 = without end
inline constexpr auto lock_action = "lock_action";            ///< text: wait, fail, terminate
/// list: directories outside the data directory that this run makes; core removes them with its data
inline constexpr auto made_beside = "made_beside";
/// list: the same of the data that this run replaces; core removes them when it removes that
inline constexpr auto kept_beside = "kept_beside";
/// text: SAFE, WARNING or RISKY, of the dump's version into the server's (version_rules.hpp)
inline constexpr auto compatibility = "compatibility";
inline constexpr auto last_resort = "last_resort";  ///< flag: what can be had of a source that is not whole
}  // namespace plan_fact

/// The directory that an absolute path lies in ("/" for one of the root).
std::string parent_of(const std::string& path);

/// Removes a directory with everything in it; one that is not there is removed. Errors: target.write_failed.
Result<void> remove_tree(const std::string& path);

/// The data directory while it is being built.
std::string staged_data(const Target& target);

/// The directory of the socket of a server on the final data directory: a private instance has one
/// beside its data; a --target-dir is itself private (0700) and holds its socket.
std::string final_sockets(const Target& target);

/// How many connections load and verify: the operator's number, else the number of cores, at least two.
unsigned connections_of(const Plan& plan);

/// Bytes of memory for building an index while a dump is loaded.
std::int64_t index_memory_of(const Plan& plan);

/// How to start a server on the staged copy, as a child, logging into `log_file`.
Launch staged_launch(const Plan& plan, const std::string& log_file);

/// How to start the server on the final data directory.
Launch final_launch(const Plan& plan);

/// How to connect as the bootstrap superuser of a running server: under the name that the catalog pages
/// gave, else the usual ones. Errors: postgresql.connection_failed, run.cancelled.
Result<Endpoint> find_endpoint(const Plan& plan, const Launch& launch, StepContext& context);

}  // namespace recover::postgresql
