// Its function makes no engine.
#include "tests/plugins/bad/harmless_engine.hpp"

namespace {
constexpr recover::PluginInfo make() {
  recover::PluginInfo info = recover::bad::good_info("makes_nothing");
  info.create = []() -> std::unique_ptr<recover::Engine> { return nullptr; };
  return info;
}
constexpr recover::PluginInfo info = make();
}  // namespace
RECOVER_PLUGIN(info);
