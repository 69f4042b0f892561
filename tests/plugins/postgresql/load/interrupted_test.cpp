// A load whose connection is cut at the N-th byte by a proxy in front of a real server (R58): it goes on by
// itself, nothing is missing and nothing is there twice. And what a later attempt finds done, it leaves
// alone.
#include "core/scan/scanner.hpp"
#include "core/sys/host.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/load/attempts.hpp"
#include "postgresql/placement.hpp"
#include "recover/errors.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/postgresql.hpp"
#include "tests/support/silent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace recover::postgresql::load {
namespace {

namespace fs = std::filesystem;
using recover::test::Cluster;
using recover::test::CuttingProxy;
using recover::test::Outcome;
using recover::test::Sandbox;
using ::testing::HasSubstr;
using ::testing::Not;

std::string must(const Outcome& outcome) {
  if (outcome.exit != 0) throw std::runtime_error(outcome.err);
  return outcome.out;
}

class InterruptedLoad : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.start();
    for (const char* script : {"every-role", "every-object"}) {
      const std::string database = std::string(script) == "every-role" ? "postgres" : "everything";
      must(Sandbox::run({"psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", server_.sockets(), "-U", "postgres",
                         "-d", database, "-f",
                         std::string(RECOVER_SOURCE "/tests/fixtures/") + script + ".sql"}));
    }
    box_.write("source/everything.sql", dump_of("everything"));
    source_ = scan::open_tree(box_.source()).value();
    fs::create_directories(box_.path("proxy"));
  }

  [[nodiscard]] std::string dump_of(const std::string& database) const {
    const std::string dump =
        must(Sandbox::run({"pg_dump", "-h", server_.sockets(), "-U", "postgres", database}));
    return std::regex_replace(dump, std::regex("\n\\\\(un)?restrict [^\n]*"), "");
  }

  /// Loads the dump into `database`, reached through the sockets in this directory.
  Result<LoadRecord> load(const std::string& database, const std::string& sockets, std::int64_t retries = 0) {
    Plan plan;
    plan.id = "pg-1";
    plan.run = "01" + database;
    set_fact(plan.finding.facts, fact::dump_parts, std::vector{"sql|everything.sql|" + database});
    set_fact(plan.facts, plan_fact::retries, retries);
    set_fact(plan.facts, plan_fact::retry_delay, std::int64_t{0});
    LoadOptions options;
    options.endpoint = {sockets, "postgres", "", server_.major()};
    StepContext context{*host_, progress_, {}, box_.path("."), source_.get()};
    auto record = load_parts(
        plan, options, [] { return Result<void>(); }, context);
    if (record) {
      auto removed = remove_ledger(plan, record->databases, options, context);
      if (!removed) return std::move(removed).error();
    }
    return record;
  }

  /// What the record says of the tables, whichever attempt loaded them.
  static std::string tables_of(LoadRecord record) {
    LoadRecord tables;
    for (LoadedTable& table : record.tables) table.database.clear();
    tables.tables = std::move(record.tables);
    return to_text(tables);
  }

  void expect_whole(const std::string& database, const LoadRecord& record, const LoadRecord& reference) {
    EXPECT_EQ(tables_of(record), tables_of(reference)) << database;
    EXPECT_EQ(dump_of(database), dump_of("everything")) << database;
  }

  Sandbox box_;
  Cluster server_{box_, 15};
  recover::test::NoLog log_;
  recover::test::NoProgress progress_;
  std::unique_ptr<Host> host_ = sys::make_host(log_);
  std::unique_ptr<Tree> source_;
};

TEST_F(InterruptedLoad, R58_AConnectionThatIsCutAnywhereIsContinued) {
  std::uint64_t all = 0;
  std::optional<LoadRecord> reference;
  {
    const CuttingProxy proxy(box_.path("proxy"), server_.sockets() + "/.s.PGSQL.5432", ~std::uint64_t{0});
    auto record = load("whole", box_.path("proxy"));
    ASSERT_TRUE(record) << record.error().what << record.error().cause;
    reference = *record;
    all = proxy.passed();
  }
  expect_whole("whole", *reference, *reference);
  int passed_over = 0;
  for (unsigned part = 1; part <= 8; ++part) {
    const std::string database = "cut" + std::to_string(part);
    const CuttingProxy proxy(box_.path("proxy"), server_.sockets() + "/.s.PGSQL.5432", all * part / 9);
    auto record = load(database, box_.path("proxy"), 3);
    ASSERT_TRUE(record) << database << record.error().what << ": " << record.error().cause;
    EXPECT_TRUE(proxy.has_cut());
    ASSERT_FALSE(record->warnings.empty()) << database;
    EXPECT_THAT(record->warnings.back(), HasSubstr("went on after 08006"));
    passed_over += record->tables_passed_over != 0 ? 1 : 0;
    expect_whole(database, *record, *reference);
  }
  EXPECT_GT(passed_over, 2) << "no attempt found a table that was loaded before";
}

TEST_F(InterruptedLoad, WithoutRepetitionsTheLostConnectionIsTheError) {
  const CuttingProxy proxy(box_.path("proxy"), server_.sockets() + "/.s.PGSQL.5432", 20'000);
  const auto record = load("once", box_.path("proxy"), 0);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().id, "postgresql.connection_lost") << record.error().cause;
  EXPECT_EQ(record.error().exit, ExitCode::connection);
}

TEST_F(InterruptedLoad, WhatWasLoadedIsNotLoadedAgain) {
  std::uint64_t all = 0;
  {
    const CuttingProxy proxy(box_.path("proxy"), server_.sockets() + "/.s.PGSQL.5432", ~std::uint64_t{0});
    ASSERT_TRUE(load("whole", box_.path("proxy")));
    all = proxy.passed();
  }
  {
    const CuttingProxy proxy(box_.path("proxy"), server_.sockets() + "/.s.PGSQL.5432", all * 3 / 4);
    ASSERT_FALSE(load("half", box_.path("proxy"), 0));
  }
  const std::string files_of_full_tables =
      "SELECT oid, relfilenode FROM pg_class WHERE relkind = 'r' AND relnamespace = 'shop'::regnamespace AND "
      "pg_relation_size(oid) > 0 ORDER BY 1";
  const std::string before = server_.sql(files_of_full_tables, "half");
  ASSERT_FALSE(before.empty());
  const auto record = load("half", server_.sockets());
  ASSERT_TRUE(record) << record.error().what << record.error().cause;
  EXPECT_GT(record->tables_passed_over, 0U);
  // Filling a table anew empties it first, which gives it another file.
  const std::string after = server_.sql(files_of_full_tables, "half");
  std::istringstream lines(before);
  for (std::string line; std::getline(lines, line);) EXPECT_THAT(after, HasSubstr(line + "\n"));
}

TEST_F(InterruptedLoad, ATargetThatTellsOfAnotherDumpIsRefused) {
  const CuttingProxy proxy(box_.path("proxy"), server_.sockets() + "/.s.PGSQL.5432", 20'000);
  ASSERT_FALSE(load("half", box_.path("proxy"), 0));
  std::ofstream(box_.source() + "/everything.sql", std::ios::app) << "-- one more line\n";
  source_ = scan::open_tree(box_.source()).value();
  const auto record = load("half", server_.sockets());
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().id, "target.changed");
  EXPECT_EQ(record.error().exit, ExitCode::refused);
}

TEST_F(InterruptedLoad, ADatabaseThatIsGoneMeanwhileIsToldAsThat) {
  {
    const CuttingProxy proxy(box_.path("proxy"), server_.sockets() + "/.s.PGSQL.5432", 60'000);
    ASSERT_FALSE(load("half", box_.path("proxy"), 0));
  }
  static_cast<void>(server_.sql("DROP DATABASE half WITH (FORCE)"));
  const auto record = load("half", server_.sockets());
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().id, "target.changed") << record.error().cause;
}

TEST_F(InterruptedLoad, NothingOfTheLedgerIsLeft) {
  ASSERT_TRUE(load("whole", server_.sockets()));
  for (const char* database : {"whole", "postgres"})
    EXPECT_THAT(server_.sql("SELECT nspname FROM pg_namespace", database), Not(HasSubstr("recover")));
}

}  // namespace
}  // namespace recover::postgresql::load
