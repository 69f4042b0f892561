// The direct copy as a list of steps: what is copied, kept aside, added, and what is refused.
#include "postgresql/plan_direct.hpp"
#include "recover/errors.hpp"

#include "core/sys/host.hpp"
#include "postgresql/facts.hpp"
#include "tests/support/postgresql.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace recover::postgresql {
namespace {

using test::NoLog;

/// A tree that knows names only.
class NamedTree final : public Tree {
 public:
  std::map<std::string, EntryType> entries;
  std::map<std::string, std::string> contents;

  Result<std::vector<Entry>> list(const std::string& directory) override {
    std::vector<Entry> found;
    for (const auto& [path, type] : entries) {
      const std::size_t slash = path.rfind('/');
      const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
      if (parent == directory)
        found.push_back({path.substr(slash == std::string::npos ? 0 : slash + 1), type});
    }
    return found;
  }
  Result<EntryInfo> info(const std::string& path) override {
    if (!entries.contains(path)) return make_error(recover::errors::source_not_found, path);
    EntryInfo info;
    info.type = entries.at(path);
    return info;
  }
  Result<std::string> read(const std::string& path, std::uint64_t, std::size_t) override {
    if (!contents.contains(path)) return make_error(recover::errors::source_not_found, path);
    return contents.at(path);
  }
  Result<std::string> read_decoded_head(const std::string& path, std::size_t length) override {
    return read(path, 0, length);
  }
  Result<std::string> link_target(const std::string& path) override {
    return make_error(recover::errors::source_not_found, path);
  }
  [[nodiscard]] std::string describe(const std::string& path) const override { return "/src/" + path; }
  [[nodiscard]] bool is_directory_tree() const override { return true; }
};

class PlanDirect : public testing::Test {
 protected:
  PlanDirect() {
    wishes_.run = "RUN";
    wishes_.state_directory = sandbox_.path("state");
    wishes_.bindir = "/usr/lib/postgresql/15/bin";
    assessment_.finding.id = "pg-1";
    assessment_.finding.path = "pg";
    fact("major", std::string("15"));
    fact(fact::system_identifier, std::string("7710615886538411327"));
    fact(fact::data_path, std::string("pg"));
    fact(fact::state, std::string("in production"));
    tree_.entries = {{"pg", EntryType::directory},
                     {"pg/PG_VERSION", EntryType::file},
                     {"pg/postgresql.auto.conf", EntryType::file},
                     {"pg/pg_hba.conf", EntryType::file},
                     {"pg/standby.signal", EntryType::file},
                     {"pg/backup_label", EntryType::file},
                     {"pg/pg_wal", EntryType::directory}};
  }
  void fact(const std::string& name, Value value) {
    set_fact(assessment_.finding.facts, name, std::move(value));
  }
  Result<Plan> make() { return plan_direct(assessment_, wishes_, tree_, *host_); }
  static const Step* find_step(const Plan& plan, const std::string& id) {
    const auto found =
        std::find_if(plan.steps.begin(), plan.steps.end(), [&](const Step& s) { return s.id == id; });
    return found == plan.steps.end() ? nullptr : &*found;
  }

  test::Sandbox sandbox_;
  NoLog log_;
  std::unique_ptr<Host> host_ = sys::make_host(log_);
  Assessment assessment_;
  Wishes wishes_;
  NamedTree tree_;
};

TEST_F(PlanDirect, keeps_foreign_settings_aside_and_the_label_in_place) {
  const auto plan = make();
  ASSERT_TRUE(plan) << plan.error().cause;
  const auto& copy = std::get<CopyTree>(find_step(*plan, "copy")->action);
  const auto renamed = [&](const std::string& name) {
    return std::find(copy.rename.begin(), copy.rename.end(), std::pair{name, name + ".from-source"}) !=
           copy.rename.end();
  };
  EXPECT_TRUE(renamed("postgresql.auto.conf"));
  EXPECT_TRUE(renamed("pg_hba.conf"));
  EXPECT_TRUE(renamed("standby.signal"));
  EXPECT_FALSE(renamed("backup_label"));
  EXPECT_EQ(std::count(copy.exclude.begin(), copy.exclude.end(), "backup_label"), 0);
  EXPECT_EQ(copy.last, std::vector<std::string>{"global/pg_control"});
  EXPECT_EQ(plan->target.name, "postgresql-15-d49b0d3f");
  EXPECT_EQ(plan->target.run_as, "postgres");
  EXPECT_NE(find_step(*plan, "start"), nullptr);
}

TEST_F(PlanDirect, a_standby_without_label_gets_a_signal_file) {
  fact(fact::state, std::string("shut down in recovery"));
  const auto standby = make();
  ASSERT_TRUE(standby) << standby.error().cause;
  ASSERT_NE(find_step(*standby, "signal"), nullptr);
  fact(fact::has_backup_label, true);
  const auto backup = make();
  ASSERT_TRUE(backup) << backup.error().cause;
  EXPECT_EQ(find_step(*backup, "signal"), nullptr);
  fact(fact::has_backup_label, false);
  fact(fact::state, std::string("in production"));
  EXPECT_EQ(find_step(*make(), "signal"), nullptr);
}

TEST_F(PlanDirect, missing_log_and_missing_tablespaces_are_refused) {
  fact(fact::wal_missing, std::vector<std::string>{"000000010000000000000004"});
  EXPECT_EQ(make().error().id, "postgresql.wal_missing");
  fact(fact::wal_missing, std::vector<std::string>{});
  fact(fact::missing_tablespaces, std::vector<std::string>{"16400=/srv/fast"});
  const auto refused = make();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "postgresql.tablespace_missing");
  EXPECT_EQ(refused.error().exit, ExitCode::refused);
  wishes_.last_resort = true;
  EXPECT_TRUE(make());
}

TEST_F(PlanDirect, tablespaces_get_places_of_this_run_or_the_operators) {
  tree_.entries["ts"] = EntryType::directory;
  tree_.entries["ts/PG_15_202209061"] = EntryType::directory;
  tree_.entries["ts/PG_13_202007201"] = EntryType::directory;
  fact(fact::tablespaces, std::vector<std::string>{"16400=ts"});
  const auto plan = make();
  ASSERT_TRUE(plan) << plan.error().cause;
  const auto& link = std::get<MakeLink>(find_step(*plan, "link-16400")->action);
  EXPECT_TRUE(link.points_to.ends_with("/tablespaces/RUN/16400")) << link.points_to;
  const auto& copy = std::get<CopyTree>(find_step(*plan, "copy-1")->action);
  EXPECT_EQ(copy.to, link.points_to);
  EXPECT_EQ(std::count(copy.exclude.begin(), copy.exclude.end(), "PG_13_202007201"), 1);
  EXPECT_EQ(std::count(copy.exclude.begin(), copy.exclude.end(), "PG_15_202209061"), 0);

  wishes_.tablespaces = {{"16400", sandbox_.path("elsewhere")}};
  EXPECT_EQ(std::get<MakeLink>(find_step(*make(), "link-16400")->action).points_to,
            sandbox_.path("elsewhere"));
  sandbox_.write("elsewhere/file", "x");
  EXPECT_EQ(make().error().id, "postgresql.tablespace_target");
}

TEST_F(PlanDirect, what_is_at_the_target_is_kept_or_refused) {
  wishes_.target_directory = sandbox_.path("target");
  sandbox_.write("target/notes.txt", "x");
  EXPECT_EQ(make().error().id, "target.not_empty");
  sandbox_.write("target/PG_VERSION", "15\n");
  const auto plan = make();
  ASSERT_TRUE(plan) << plan.error().cause;
  EXPECT_EQ(plan->replaces, sandbox_.path("target"));
  EXPECT_EQ(plan->keeps_old_as, sandbox_.path("target.old-RUN"));
  EXPECT_NE(find_step(*plan, "stop_old"), nullptr);
}

TEST_F(PlanDirect, a_target_the_servers_user_cannot_reach_is_refused) {
  sandbox_.make_directory("closed");
  test::Sandbox::run({"chmod", "0700", sandbox_.path("closed")});
  wishes_.target_directory = sandbox_.path("closed/target");
  EXPECT_EQ(make().error().id, "postgresql.target_unreachable");
}

TEST_F(PlanDirect, an_old_version_without_a_server_is_refused) {
  fact("major", std::string("9.6"));
  EXPECT_EQ(make().error().id, "engine.strategy_unavailable");
  fact("major", std::string("16"));
  EXPECT_EQ(make().error().id, "postgresql.server_not_installed");
}

TEST_F(PlanDirect, no_step_ever_removes_the_label_or_resets_the_log) {
  const auto plan = make();
  ASSERT_TRUE(plan);
  for (const Step& step : plan->steps) {
    EXPECT_EQ(step.title.find("resetwal"), std::string::npos);
    if (const auto* write = std::get_if<WriteFile>(&step.action)) {
      EXPECT_FALSE(write->path.ends_with("backup_label"));
    }
  }
}

}  // namespace
}  // namespace recover::postgresql
