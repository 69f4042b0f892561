// Made for another interface version: its symbol has another number.
#include "tests/plugins/bad/harmless_engine.hpp"

namespace {
constexpr recover::PluginInfo info = recover::bad::good_info("wrong_interface");
}
extern "C" __attribute__((visibility("default"))) const recover::PluginInfo* const recover_plugin_v2;
const recover::PluginInfo* const recover_plugin_v2 = &info;
