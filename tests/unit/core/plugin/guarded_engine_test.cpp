// Whatever an engine throws becomes plugin.threw, and a broken inspector is not a silent one.
#include "core/plugin/guarded_engine.hpp"

#include "tests/plugins/bad/harmless_engine.hpp"
#include "tests/support/silent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace recover::test {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ThrowingInspector final : public Inspector {
 public:
  void begin(const std::string&, Bytes) override {}
  void chunk(std::span<const std::byte>) override { throw std::runtime_error("bad page"); }
  Result<std::vector<std::string>> end() override { return std::vector<std::string>{}; }
  [[nodiscard]] Facts totals() const override { throw std::runtime_error("no totals"); }
};

/// Throws in every stage.
class ThrowingEngine final : public Engine {
 public:
  explicit ThrowingEngine(bool makes_inspector) : makes_inspector_(makes_inspector) {}
  Result<Finding> probe(const Candidate&, Tree&) const override { throw std::runtime_error("stage"); }
  Result<Assessment> assess(const Finding&, const Survey&, const Wishes&, Tree&, Host&) const override {
    throw std::runtime_error("stage");
  }
  Result<Plan> plan(const Assessment&, Strategy, const Wishes&, Tree&, Host&) const override {
    throw std::runtime_error("stage");
  }
  Result<void> perform(const EngineCall&, const Plan&, StepContext&) const override {
    throw std::runtime_error("stage");
  }
  Result<std::vector<Check>> verify(const Plan&, const Verify&, StepContext&) const override {
    throw std::runtime_error("stage");
  }
  [[nodiscard]] std::unique_ptr<Inspector> make_inspector(const Facts&) const override {
    if (!makes_inspector_) throw std::runtime_error("no inspector today");
    return std::make_unique<ThrowingInspector>();
  }

 private:
  bool makes_inspector_;
};

/// A tree and a host that nobody may use here: the guarded engine only names things with them.
class NamedTree final : public Tree {
 public:
  Result<std::vector<Entry>> list(const std::string& path) override { return missing(path); }
  Result<EntryInfo> info(const std::string& path) override { return missing(path); }
  Result<std::string> read(const std::string& path, std::uint64_t, std::size_t) override {
    return missing(path);
  }
  Result<std::string> read_decoded_head(const std::string& path, std::size_t) override {
    return missing(path);
  }
  Result<std::string> link_target(const std::string& path) override { return missing(path); }
  [[nodiscard]] std::string describe(const std::string& path) const override { return "/tree/" + path; }
  [[nodiscard]] bool is_directory_tree() const override { return true; }

 private:
  static Error missing(const std::string& path) { return make_error(errors::source_not_found, path); }
};

class NoHost final : public Host {
 public:
  Processes& processes() override { throw std::logic_error("not used"); }
  Files& files() override { throw std::logic_error("not used"); }
  Accounts& accounts() override { throw std::logic_error("not used"); }
  Containers& containers() override { throw std::logic_error("not used"); }
  Clock& clock() override { throw std::logic_error("not used"); }
  Log& log() override { throw std::logic_error("not used"); }
};

using test::NoProgress;

TEST(GuardedEngineTest, EveryStageBecomesPluginThrew) {
  const auto engine = plugin::guard("example", std::make_unique<ThrowingEngine>(true));
  NamedTree tree;
  NoHost host;
  NoProgress progress;
  StepContext context{host, progress, {}, "/nowhere"};
  const auto expect_threw = [](const auto& result, const std::string& activity) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().id, "plugin.threw");
    EXPECT_EQ(result.error().exit, ExitCode::internal);
    EXPECT_EQ(result.error().what, "the engine example failed while " + activity);
    EXPECT_EQ(result.error().cause, "stage");
  };
  Candidate candidate;
  candidate.path = "data";
  Finding finding;
  finding.path = "data";
  Assessment assessment;
  assessment.finding = finding;
  Plan plan;
  plan.id = "ex-1";
  expect_threw(engine->probe(candidate, tree), "probing /tree/data");
  expect_threw(engine->assess(finding, {}, {}, tree, host), "assessing /tree/data");
  expect_threw(engine->plan(assessment, Strategy::direct, {}, tree, host), "planning for /tree/data");
  expect_threw(engine->perform({"start", {}}, plan, context), "performing the step \"start\" of ex-1");
  expect_threw(engine->verify(plan, {"quick"}, context), "verifying ex-1");
}

TEST(GuardedEngineTest, BrokenInspectorSaysSo) {
  const auto engine = plugin::guard("example", std::make_unique<ThrowingEngine>(true));
  const auto inspector = engine->make_inspector({});
  ASSERT_NE(inspector, nullptr);
  inspector->begin("base/5/1259", {});
  inspector->chunk({});
  EXPECT_THAT(inspector->end().value_or({}),
              ElementsAre("base/5/1259: not inspected, the plugin failed: bad page"));
  EXPECT_THAT(inspector->totals(), IsEmpty());
}

TEST(GuardedEngineTest, InspectorThatCannotBeMadeSaysSo) {
  const auto engine = plugin::guard("example", std::make_unique<ThrowingEngine>(false));
  const auto inspector = engine->make_inspector({});
  ASSERT_NE(inspector, nullptr) << "no inspector would mean that nothing needs inspection";
  inspector->begin("base/5/1259", {});
  EXPECT_THAT(inspector->end().value_or({}), ElementsAre(HasSubstr("no inspector today")));
}

TEST(GuardedEngineTest, NoInspectorStaysNone) {
  const auto engine = plugin::guard("example", bad::make_harmless());
  EXPECT_EQ(engine->make_inspector({}), nullptr);
}

}  // namespace

}  // namespace recover::test
