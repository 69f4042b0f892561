// Activate meets a target that is not what the plan saw.
#include "core/run/activation.hpp"
#include "core/run/chooser.hpp"
#include "recover/errors.hpp"
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
  const auto chosen = choose_strategy(assessment, Strategy::container, std::nullopt);
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().id, "engine.strategy_blocked");
}

TEST(Chooser, ThePreferredStrategyIsUsedWhereItIsPossible) {
  Assessment assessment;
  assessment.options.push_back({Strategy::direct, std::nullopt, {}, ""});
  assessment.options.push_back({Strategy::dump, std::nullopt, {}, ""});
  assessment.options.push_back({Strategy::container, make_error(errors::tool_missing, "no podman"), {}, ""});
  const auto chosen = [&](const std::optional<Strategy>& wanted, const std::optional<Strategy>& preferred) {
    return choose_strategy(assessment, wanted, preferred).value();
  };
  EXPECT_EQ(chosen(std::nullopt, std::nullopt), Strategy::direct);
  EXPECT_EQ(chosen(std::nullopt, Strategy::dump), Strategy::dump);
  EXPECT_EQ(chosen(std::nullopt, Strategy::container), Strategy::direct) << "a preference is no order";
  EXPECT_EQ(chosen(Strategy::direct, Strategy::dump), Strategy::direct) << "--strategy outranks it";
}

}  // namespace
}  // namespace recover::run
