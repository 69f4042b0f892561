// Activate meets a target that is not what the plan saw.
#include "core/run/activation.hpp"
#include "core/run/chooser.hpp"
#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>

namespace recover::run {
namespace {

TEST(Activation, ATargetThatCameIntoBeingSinceThePlanIsNotTouched) {
  const test::Sandbox box;
  box.write("staged/PG_VERSION", "new");
  box.write("final/PG_VERSION", "somebody else's");
  Activate spec;
  spec.staged = box.path("staged");
  spec.final = box.path("final");
  const auto done = activate(spec, "RUN");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().id, "target.changed");
}

TEST(Chooser, AStrategyThatTheFormDoesNotHaveIsBlocked) {
  Assessment assessment;
  assessment.finding.kind = "database file";
  assessment.options.push_back({Strategy::direct, std::nullopt, {}, ""});
  const auto chosen = choose_strategy(assessment, Strategy::container);
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().id, "engine.strategy_blocked");
}

}  // namespace
}  // namespace recover::run
