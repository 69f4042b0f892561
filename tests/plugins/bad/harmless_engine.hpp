/// The parts that the deliberately bad plugins have in common: an engine that recognises nothing.
#pragma once

#include "recover/errors.hpp"
#include "recover/plugin.hpp"

namespace recover::bad {

class HarmlessEngine : public Engine {
 public:
  Result<Finding> probe(const Candidate& candidate, Tree&) const override {
    return make_error(errors::scan_not_recognised, candidate.path);
  }
  Result<Assessment> assess(const Finding&, const Survey&, const Wishes&, Tree&, Host&) const override {
    return make_error(errors::engine_strategy_unavailable, "nothing to assess");
  }
  Result<Plan> plan(const Assessment&, Strategy, const Wishes&, Tree&, Host&) const override {
    return make_error(errors::engine_strategy_unavailable, "nothing to plan");
  }
  Result<void> perform(const EngineCall&, const Plan&, StepContext&) const override { return {}; }
  Result<std::vector<Check>> verify(const Plan&, const Verify&, StepContext&) const override {
    return std::vector<Check>{};
  }
};

inline std::unique_ptr<Engine> make_harmless() {
  return std::make_unique<HarmlessEngine>();
}

/// A description without a flaw, for an engine of that name.
constexpr PluginInfo good_info(const char* engine) {
  PluginInfo info;
  info.engine = engine;
  info.summary = "a plugin made for tests";
  info.create = make_harmless;
  return info;
}

}  // namespace recover::bad
