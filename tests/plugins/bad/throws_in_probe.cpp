// Throws something that is not even a std::exception while it probes.
#include "tests/plugins/bad/harmless_engine.hpp"

namespace {
class ThrowingEngine final : public recover::bad::HarmlessEngine {
 public:
  recover::Result<recover::Finding> probe(const recover::Candidate&, recover::Tree&) const override {
    throw 42;
  }
};
constexpr recover::PluginInfo make() {
  recover::PluginInfo info = recover::bad::good_info("throws_in_probe");
  info.create = []() -> std::unique_ptr<recover::Engine> { return std::make_unique<ThrowingEngine>(); };
  return info;
}
constexpr recover::PluginInfo info = make();
}  // namespace
RECOVER_PLUGIN(info);
