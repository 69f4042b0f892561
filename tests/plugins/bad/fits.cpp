// Nothing is wrong with this one: the control group.
#include "tests/plugins/bad/harmless_engine.hpp"

namespace {
constexpr recover::PluginInfo info = recover::bad::good_info("fits");
}
RECOVER_PLUGIN(info);
