// The verification against real servers on copies of real clusters.
#include "postgresql/verify.hpp"

#include "core/sys/host.hpp"
#include "postgresql/configuration.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/placement.hpp"
#include "tests/support/postgresql.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace recover::postgresql {
namespace {

using test::NoLog;
using test::NoProgress;

/// A copy of a cluster as the steps before the verification leave it.
class Staged {
 public:
  Staged(const test::Sandbox& sandbox, const test::Cluster& cluster) : sandbox_(sandbox) {
    sandbox.make_directory("run");
    const std::string staging = sandbox.path("staging");
    test::Sandbox::run({"install", "-d", "-o", "postgres", "-m", "0700", staging});
    test::copy_tree(cluster.data(), staging + "/data");
    plan_.id = "pg-1";
    plan_.run = "RUN";
    plan_.target.staging = staging;
    plan_.target.directory = sandbox.path("final");
    plan_.target.run_as = "postgres";
    std::uint64_t identifier = 0;
    const std::string bytes = cluster.control_field(0, sizeof identifier);
    std::memcpy(&identifier, bytes.data(), sizeof identifier);
    set_fact(plan_.facts, fact::system_identifier, std::to_string(identifier));
    set_fact(plan_.facts, fact::major, std::to_string(cluster.major()));
    set_fact(plan_.facts, plan_fact::bindir, test::server_programs(cluster.major()));
    set_fact(plan_.facts, plan_fact::jobs, std::int64_t{2});
    for (const auto& [name, text] :
         {std::pair{"postgresql.conf", configuration_text(plan_, "/x", {})},
          std::pair{"pg_hba.conf", access_text()}, std::pair{"pg_ident.conf", identity_text()}}) {
      std::ofstream(staging + "/data/" + name) << text;
    }
    std::filesystem::remove(staging + "/data/postgresql.auto.conf");
  }

  Result<std::vector<Check>> verify(const std::string& level) {
    StepContext context{*host_, progress_, {}, sandbox_.path("run")};
    return postgresql::verify(plan_, Verify{level}, context);
  }
  [[nodiscard]] std::string data() const { return plan_.target.staging + "/data"; }
  Plan plan_;

 private:
  const test::Sandbox& sandbox_;
  NoLog log_;
  NoProgress progress_;
  std::unique_ptr<Host> host_ = sys::make_host(log_);
};

const Check* find_check(const std::vector<Check>& checks, const std::string& id) {
  const auto found =
      std::find_if(checks.begin(), checks.end(), [&](const Check& one) { return one.id == id; });
  return found == checks.end() ? nullptr : &*found;
}

std::string described(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks)
    text += check.id + " " + to_text(check.verdict) + ": " + check.evidence + "\n";
  return text;
}

Verdict verdict_of(const std::vector<Check>& checks, const std::string& id) {
  const Check* check = find_check(checks, id);
  EXPECT_NE(check, nullptr) << id;
  return check == nullptr ? Verdict::failed : check->verdict;
}

class EveryMajor : public testing::TestWithParam<int> {};

TEST_P(EveryMajor, a_crashed_cluster_is_recovered_read_and_stopped) {
  const test::Sandbox sandbox;
  test::Cluster cluster(sandbox, GetParam());
  cluster.start();
  cluster.fill();
  cluster.kill();
  Staged staged(sandbox, cluster);
  const auto checks = staged.verify("full");
  ASSERT_TRUE(checks) << checks.error().what << ": " << checks.error().cause;
  for (const char* id : {"system_identifier", "recovery", "databases_opened", "row_counts", "values",
                         "sequences", "invalid_indexes", "clean_shutdown", "ownership"}) {
    EXPECT_EQ(verdict_of(*checks, id), Verdict::passed) << described(*checks);
  }
  EXPECT_EQ(number_fact(find_check(*checks, "row_counts")->facts, "rows"), 11000) << described(*checks);
  EXPECT_EQ(number_fact(find_check(*checks, "row_counts")->facts, "large_objects"), 1) << described(*checks);
  EXPECT_NE(find_check(*checks, "recovery")->evidence.find("redo "), std::string::npos) << described(*checks);
  EXPECT_EQ(test::processes_below(staged.data()), 0);
}

INSTANTIATE_TEST_SUITE_P(majors, EveryMajor, testing::Values(10, 11, 12, 13, 14, 15, 16, 17, 18));

TEST(verify, amcheck_finds_an_index_that_lost_a_row) {
  const test::Sandbox sandbox;
  test::Cluster cluster(sandbox, 15);
  cluster.start();
  cluster.fill();
  // The index misses one row that its table has: no checksum can notice.
  static_cast<void>(
      cluster.sql("UPDATE pg_index SET indisready = false, indisvalid = false "
                  "WHERE indexrelid = 'orders_note_idx'::regclass",
                  "shop"));
  static_cast<void>(cluster.sql("INSERT INTO orders (note) VALUES ('lost')", "shop"));
  static_cast<void>(
      cluster.sql("UPDATE pg_index SET indisready = true, indisvalid = true "
                  "WHERE indexrelid = 'orders_note_idx'::regclass",
                  "shop"));
  cluster.stop();
  Staged staged(sandbox, cluster);
  const auto checks = staged.verify("full");
  ASSERT_TRUE(checks) << checks.error().cause;
  EXPECT_EQ(verdict_of(*checks, "amcheck"), Verdict::failed) << described(*checks);
  EXPECT_NE(find_check(*checks, "amcheck")->evidence.find("orders_note_idx"), std::string::npos)
      << described(*checks);
}

/// A table cut at the end of a page: every page that is left is good. Whether the visibility map spares the
/// look at the table or not, its index knows better.
class CutTable : public testing::TestWithParam<bool> {};

TEST_P(CutTable, is_noticed_by_its_index) {
  const test::Sandbox sandbox;
  test::Cluster cluster(sandbox, 15);
  cluster.start({"autovacuum=off"});
  cluster.fill();
  const bool with_visibility_map = GetParam();
  if (with_visibility_map) static_cast<void>(cluster.sql("VACUUM orders", "shop"));
  std::string heap = cluster.sql("SELECT pg_relation_filepath('orders')", "shop");
  heap.pop_back();
  cluster.stop();
  Staged staged(sandbox, cluster);
  const auto whole = staged.verify("full");
  ASSERT_TRUE(whole) << whole.error().cause;
  EXPECT_EQ(verdict_of(*whole, "index_counts"), Verdict::passed) << described(*whole);
  EXPECT_GT(number_fact(find_check(*whole, "index_counts")->facts, "tables"), 10) << described(*whole);

  const std::string file = staged.data() + "/" + heap;
  ASSERT_GT(std::filesystem::file_size(file), 16384U);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 8192);
  const auto cut = staged.verify("full");
  ASSERT_TRUE(cut) << cut.error().cause;
  const char* noticed_by = with_visibility_map ? "index_counts" : "row_counts";
  EXPECT_EQ(verdict_of(*cut, noticed_by), Verdict::failed) << described(*cut);
  EXPECT_NE(find_check(*cut, noticed_by)->evidence.find("shop.public.orders"), std::string::npos)
      << described(*cut);
  EXPECT_EQ(verdict_of(*cut, "amcheck"), Verdict::passed) << "amcheck notices it now: simplify";
}

INSTANTIATE_TEST_SUITE_P(visibility, CutTable, testing::Bool());

TEST(verify, a_table_whose_file_is_missing_is_named) {
  const test::Sandbox sandbox;
  test::Cluster cluster(sandbox, 15);
  cluster.start();
  cluster.fill();
  std::string heap = cluster.sql("SELECT pg_relation_filepath('orders')", "shop");
  heap.pop_back();
  cluster.stop();
  Staged staged(sandbox, cluster);
  std::filesystem::remove(staged.data() + "/" + heap);
  const auto checks = staged.verify("quick");
  ASSERT_TRUE(checks) << checks.error().cause;
  EXPECT_EQ(verdict_of(*checks, "row_counts"), Verdict::failed) << described(*checks);
  EXPECT_NE(find_check(*checks, "row_counts")->evidence.find("shop.public.orders"), std::string::npos);
  EXPECT_EQ(verdict_of(*checks, "amcheck"), Verdict::not_checked);
}

TEST(verify, another_cluster_is_noticed) {
  const test::Sandbox sandbox;
  test::Cluster cluster(sandbox, 15);
  Staged staged(sandbox, cluster);
  set_fact(staged.plan_.facts, fact::system_identifier, std::string("1"));
  const auto checks = staged.verify("quick");
  ASSERT_TRUE(checks) << checks.error().cause;
  EXPECT_EQ(verdict_of(*checks, "system_identifier"), Verdict::failed) << described(*checks);
}

TEST(verify, a_setting_from_a_foreign_file_stops_everything) {
  const test::Sandbox sandbox;
  test::Cluster cluster(sandbox, 15);
  Staged staged(sandbox, cluster);
  std::ofstream(staged.data() + "/postgresql.auto.conf") << "work_mem = '77MB'\n";
  const auto checks = staged.verify("quick");
  ASSERT_FALSE(checks);
  EXPECT_EQ(checks.error().id, "postgresql.foreign_settings") << checks.error().cause;
  EXPECT_EQ(checks.error().exit, ExitCode::security);
  EXPECT_EQ(test::processes_below(staged.data()), 0);
}

TEST(verify, code_of_the_data_is_not_called) {
  const test::Sandbox sandbox;
  test::Cluster cluster(sandbox, 17);
  cluster.start();
  cluster.fill();
  static_cast<void>(cluster.sql(
      "CREATE TABLE marker (what text);"
      "CREATE FUNCTION write(text) RETURNS text LANGUAGE plpgsql AS "
      "$$ BEGIN COPY (SELECT 1) TO PROGRAM 'cat > /tmp/recover-test-marker'; RETURN $1; END $$;"
      "CREATE FUNCTION leave(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN "
      "public.write($1); END $$;"
      "CREATE FUNCTION at_login() RETURNS event_trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM leave('x'); END $$;"
      "CREATE TABLE trap (a text); INSERT INTO trap VALUES ('x'); CREATE INDEX ON trap ((leave(a)));"
      "CREATE VIEW looked AS SELECT leave('v');"
      "CREATE EVENT TRIGGER t ON login EXECUTE FUNCTION at_login(); ALTER EVENT TRIGGER t ENABLE ALWAYS",
      "shop"));
  cluster.stop();
  ASSERT_TRUE(std::filesystem::remove("/tmp/recover-test-marker")) << "the trap does not work";
  Staged staged(sandbox, cluster);
  const auto checks = staged.verify("full");
  ASSERT_TRUE(checks) << checks.error().cause;
  EXPECT_EQ(verdict_of(*checks, "row_counts"), Verdict::passed) << described(*checks);
  EXPECT_FALSE(std::filesystem::exists("/tmp/recover-test-marker"));
}

TEST(verify, a_start_without_log_says_so) {
  const test::Sandbox sandbox;
  test::Cluster cluster(sandbox, 15);
  Staged staged(sandbox, cluster);
  for (const auto& entry : std::filesystem::directory_iterator(staged.data() + "/pg_wal")) {
    if (entry.is_regular_file()) std::filesystem::remove(entry.path());
  }
  const auto checks = staged.verify("quick");
  ASSERT_FALSE(checks);
  EXPECT_EQ(checks.error().id, "postgresql.wal_missing") << checks.error().cause;
}

}  // namespace
}  // namespace recover::postgresql
