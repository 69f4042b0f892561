// The strategies as lists of steps: their order is what keeps the old data safe.
#include "recover/steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recover::steps {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Step call(const std::string& name) {
  return {name, "staged", name, EngineCall{name, {}, {"dump.sql.gz"}}, UndoNothing{}, {}};
}

std::vector<std::string> ids(const std::vector<Step>& steps) {
  std::vector<std::string> found;
  for (const Step& step : steps) found.push_back(step.id);
  return found;
}

/// What must be true of every strategy that makes something new.
void expect_safe(const std::vector<Step>& steps) {
  bool activated = false;
  for (const Step& step : steps) {
    const bool activates = std::holds_alternative<Activate>(step.action);
    EXPECT_EQ(std::holds_alternative<UndoActivation>(step.undo), activates) << step.id;
    EXPECT_EQ(std::holds_alternative<UndoRemove>(step.undo), step.id == "stage") << step.id;
    EXPECT_FALSE(activated && std::holds_alternative<Verify>(step.action)) << "verified too late";
    activated = activated || activates;
  }
  EXPECT_TRUE(activated);
  const auto* stage = std::get_if<MakeDirectories>(&steps.front().action);
  ASSERT_NE(stage, nullptr);
  EXPECT_EQ(stage->root, "/place/db.recover-01RUN");
  EXPECT_EQ(stage->owner, "postgres");
  EXPECT_EQ(stage->mode, 0700U);
  EXPECT_EQ(std::get<UndoRemove>(steps.front().undo).path, stage->root);
}

TEST(Steps, ADirectCopyIsComparedMadeDurableAndVerifiedBeforeItGetsItsName) {
  DirectCopy spec;
  spec.staging = "/place/db.recover-01RUN";
  spec.owner = "postgres";
  spec.copies.resize(2);
  spec.after_copy = {call("settings")};
  spec.activate = {"/place/db.recover-01RUN/data", "/place/db", "/place/db.old-01RUN", false, {}};
  spec.after_activate = {call("start")};
  const auto steps = direct_copy(spec);
  EXPECT_THAT(ids(steps), ElementsAre("stage", "copy", "copy-1", "compare", "compare-1", "settings", "sync",
                                      "verify", "activate", "start"));
  expect_safe(steps);
  EXPECT_THAT(steps[8].title, HasSubstr("/place/db.old-01RUN"));
}

TEST(Steps, ADumpIsLoadedIntoStagingMadeDurableAndVerifiedBeforeItGetsItsName) {
  DumpLoad spec;
  spec.staging = "/place/db.recover-01RUN";
  spec.owner = "postgres";
  spec.before_load = {call("initialise"), call("settings")};
  spec.load = {call("load"), call("indexes")};
  spec.verify = {"full"};
  spec.activate = {"/place/db.recover-01RUN/data", "/place/db", "", false, {}};
  spec.after_activate = {call("start")};
  const auto steps = dump_load(spec);
  EXPECT_THAT(ids(steps), ElementsAre("stage", "initialise", "settings", "load", "indexes", "sync", "verify",
                                      "activate", "start"));
  expect_safe(steps);
  EXPECT_EQ(std::get<SyncTree>(steps[5].action).root, spec.staging);
  EXPECT_EQ(std::get<Verify>(steps[6].action).level, "full");
  EXPECT_EQ(steps[7].title, "give it the name /place/db");
}

}  // namespace
}  // namespace recover::steps
