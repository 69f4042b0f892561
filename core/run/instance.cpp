// The life of private instances. What an instance is stands in its instance.json; whether it runs is asked
// from its engine every time and never remembered.
#include "core/run/instance.hpp"

#include "core/model/json.hpp"
#include "core/model/silent.hpp"
#include "core/run/actions.hpp"
#include "core/run/instance_record.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace recover::run {

namespace {

namespace fs = std::filesystem;

Result<void> call(const std::string& name, const Plan& plan, const StateDirectory& state,
                  plugin::Catalog& catalog, Host& host, const CancellationToken& cancel) {
  const Engine* engine = RECOVER_TRY(catalog.engine(plan.engine));
  Silent progress;
  StepContext context{host, progress, cancel, state.instances() + "/" + plan.target.name};
  return engine->perform(EngineCall{name, {}}, plan, context);
}

Instance describe(const Plan& plan, bool running) {
  return {plan.target.name,
          plan.engine,
          plan.run,
          plan.finding.version.text,
          plan.target.directory,
          text_fact(plan.facts, "connect_line"),
          running};
}

/// The path of this program, for the unit file.
std::string program() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "recover";
}

}  // namespace

std::vector<Instance> list_instances(const StateDirectory& state, plugin::Catalog& catalog, Host& host) {
  std::vector<Instance> instances;
  std::error_code failed;
  for (auto it = fs::directory_iterator(state.instances(), failed); !failed && it != fs::directory_iterator();
       it.increment(failed)) {
    const auto plan = read_instance(state, it->path().filename().string());
    if (!plan) continue;
    instances.push_back(describe(*plan, call("status", *plan, state, catalog, host, {}).has_value()));
  }
  std::sort(instances.begin(), instances.end(),
            [](const Instance& left, const Instance& right) { return left.name < right.name; });
  return instances;
}

Result<Instance> start_instance(const std::string& name, const StateDirectory& state,
                                plugin::Catalog& catalog, Host& host, const CancellationToken& cancel) {
  const Plan plan = RECOVER_TRY(read_instance(state, name));
  RECOVER_TRY(call("start", plan, state, catalog, host, cancel));
  return describe(plan, true);
}

Result<Instance> stop_instance(const std::string& name, const StateDirectory& state, plugin::Catalog& catalog,
                               Host& host, const CancellationToken& cancel) {
  const Plan plan = RECOVER_TRY(read_instance(state, name));
  RECOVER_TRY(call("stop", plan, state, catalog, host, cancel));
  return describe(plan, false);
}

Result<void> remove_instance(const std::string& name, const StateDirectory& state, plugin::Catalog& catalog,
                             Host& host, const CancellationToken& cancel) {
  const Plan plan = RECOVER_TRY(read_instance(state, name));
  RECOVER_TRY(call("stop", plan, state, catalog, host, cancel));
  return remove_tree(state.instances() + "/" + name);
}

Result<std::string> systemd_unit(const std::string& name, const StateDirectory& state,
                                 plugin::Catalog& /*catalog*/, Host& /*host*/) {
  const Plan plan = RECOVER_TRY(read_instance(state, name));
  const std::string command =
      text::shell_quoted(program()) + " --state-dir " + text::shell_quoted(state.path) + " instance ";
  return "[Unit]\n"
         "Description=" +
         plan.finding.product + " recovered as " + name +
         "\n"
         "After=local-fs.target\n"
         "\n"
         "[Service]\n"
         "Type=oneshot\n"
         "RemainAfterExit=yes\n"
         "ExecStart=" +
         command + "start " + text::shell_quoted(name) +
         "\n"
         "ExecStop=" +
         command + "stop " + text::shell_quoted(name) +
         "\n"
         "TimeoutStartSec=infinity\n"
         "\n"
         "[Install]\n"
         "WantedBy=multi-user.target\n";
}

}  // namespace recover::run
