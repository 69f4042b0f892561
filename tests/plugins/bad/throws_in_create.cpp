// Throws while its engine is made.
#include "tests/plugins/bad/harmless_engine.hpp"

#include <stdexcept>

namespace {
constexpr recover::PluginInfo make() {
  recover::PluginInfo info = recover::bad::good_info("throws_in_create");
  info.create = []() -> std::unique_ptr<recover::Engine> { throw std::runtime_error("no luck today"); };
  return info;
}
constexpr recover::PluginInfo info = make();
}  // namespace
RECOVER_PLUGIN(info);
