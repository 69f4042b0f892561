// Needs a function that is nowhere: only an immediate binding notices before it is called.
#include "tests/plugins/bad/harmless_engine.hpp"

extern "C" void function_that_nobody_defines();
namespace {
std::unique_ptr<recover::Engine> make() {
  function_that_nobody_defines();
  return recover::bad::make_harmless();
}
constexpr recover::PluginInfo describe() {
  recover::PluginInfo info = recover::bad::good_info("undefined_symbol");
  info.create = make;
  return info;
}
constexpr recover::PluginInfo info = describe();
}  // namespace
RECOVER_PLUGIN(info);
