// Describes itself well but has no function that makes the engine.
#include "tests/plugins/bad/harmless_engine.hpp"

namespace {
constexpr recover::PluginInfo make() {
  recover::PluginInfo info = recover::bad::good_info("no_create");
  info.create = nullptr;
  return info;
}
constexpr recover::PluginInfo info = make();
}  // namespace
RECOVER_PLUGIN(info);
