/// Private instances: one directory per recovered database under the state directory.
///   STATE/instances/NAME/            0700, owned by the server's user
///     instance.json                  engine, run, data directory, connect line, the run's plan
///     data/ tablespaces/ socket/ server.log
#pragma once

#include "core/run/run.hpp"

#include <string>
#include <vector>

namespace recover::run {

struct Instance {
  std::string name;
  std::string engine;
  std::string run;  ///< the run that made its present data
  std::string version;
  std::string data_directory;
  std::string connect_line;
  bool running = false;  ///< asked from the engine, not remembered
};

std::vector<Instance> list_instances(const StateDirectory& state, plugin::Catalog& catalog, Host& host);
/// Engine::perform with EngineCall "start"; idempotent. Errors: instance.not_found, server.start_failed.
Result<Instance> start_instance(const std::string& name, const StateDirectory& state,
                                plugin::Catalog& catalog, Host& host, const CancellationToken& cancel);
Result<Instance> stop_instance(const std::string& name, const StateDirectory& state, plugin::Catalog& catalog,
                               Host& host, const CancellationToken& cancel);
/// Stops it and removes its directory with all kept old data.
Result<void> remove_instance(const std::string& name, const StateDirectory& state, plugin::Catalog& catalog,
                             Host& host, const CancellationToken& cancel);
/// Text of a systemd unit that starts it at boot.
Result<std::string> systemd_unit(const std::string& name, const StateDirectory& state,
                                 plugin::Catalog& catalog, Host& host);

}  // namespace recover::run
