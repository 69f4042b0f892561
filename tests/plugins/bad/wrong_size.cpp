// Its PluginInfo has another size: nothing behind that field may be believed.
#include "tests/plugins/bad/harmless_engine.hpp"

namespace {
constexpr recover::PluginInfo make() {
  recover::PluginInfo info = recover::bad::good_info("wrong_size");
  info.size += 8;
  info.fingerprint.compiler = nullptr;  // would crash whoever reads on
  return info;
}
constexpr recover::PluginInfo info = make();
}  // namespace
RECOVER_PLUGIN(info);
