// Built by another compiler, from another release, with another Plan.
#include "tests/plugins/bad/harmless_engine.hpp"

namespace {
constexpr recover::PluginInfo make() {
  recover::PluginInfo info = recover::bad::good_info("wrong_fingerprint");
  info.fingerprint.project_version = "0.0.7";
  info.fingerprint.compiler = "Other-1.2";
  info.fingerprint.size_of_plan += 16;
  return info;
}
constexpr recover::PluginInfo info = make();
}  // namespace
RECOVER_PLUGIN(info);
