// Its manifest calls it other_engine, it calls itself something else.
#include "tests/plugins/bad/harmless_engine.hpp"

namespace {
constexpr recover::PluginInfo info = recover::bad::good_info("something_else");
}
RECOVER_PLUGIN(info);
