// What an engine without strategies must say: every way blocked, exit 6, with the line that helps.
#include "recover/recogniser.hpp"

#include "core/scan/scanner.hpp"
#include "core/sys/host.hpp"
#include "recover/errors.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>

#include <array>

namespace recover {
namespace {

using test::NoLog;

Result<Finding> probe_any(const Candidate& candidate, Tree&) {
  return finding_of(candidate);
}
constexpr std::array<Form, 1> forms{{{"known", probe_any}}};
std::vector<OwnWay> ways(const Finding&) {
  return {{Strategy::dump, "because", "Load it with its own tool."}};
}
Result<void> examine(Finding& finding, Tree&) {
  finding.health.summary = "examined";
  return {};
}

class RecogniserTest : public ::testing::Test {
 protected:
  test::Sandbox sandbox_;
  std::unique_ptr<Tree> tree_ = scan::open_tree(sandbox_.source()).value();
  NoLog log_;
  std::unique_ptr<Host> host_ = sys::make_host(log_);
  std::unique_ptr<Engine> engine_ = make_recogniser({forms, examine, ways});
};

TEST_F(RecogniserTest, ACandidateGoesToTheFormOfItsBestMark) {
  const Candidate known{"x", "kind", "a/b.db", {{"known", "a/b.db"}, {"other", "a/b.db"}}, {}, ""};
  const auto found = engine_->probe(known, *tree_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "b.db");
  const Candidate unknown{"x", "kind", "a/b.db", {{"other", "a/b.db"}}, {}, ""};
  EXPECT_EQ(engine_->probe(unknown, *tree_).error().id, errors::scan_not_recognised.id);
}

TEST_F(RecogniserTest, EveryWayIsBlockedWithTheLineThatHelps) {
  Finding finding;
  finding.kind = "dump";
  finding.path = "a.sql";
  finding.product = "Product";
  const auto assessment = engine_->assess(finding, {}, {}, *tree_, *host_);
  ASSERT_TRUE(assessment);
  EXPECT_EQ(assessment->finding.health.summary, "examined");
  ASSERT_EQ(assessment->options.size(), 1U);
  const Option& option = assessment->options.front();
  ASSERT_TRUE(option.blocked);
  EXPECT_EQ(option.blocked->id, "engine.strategy_unavailable");
  EXPECT_EQ(option.blocked->exit, ExitCode::incompatible);
  EXPECT_EQ(option.blocked->fix, "Load it with its own tool.");
  EXPECT_EQ(engine_->plan(*assessment, Strategy::dump, {}, *tree_, *host_).error().fix,
            "Load it with its own tool.");
  EXPECT_EQ(engine_->plan(*assessment, Strategy::direct, {}, *tree_, *host_).error().exit,
            ExitCode::incompatible);
}

}  // namespace
}  // namespace recover
