// recover scan and recover plan on real trees: exit codes, documents that validate, hostile names.
#include "cli_world.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace recover::test {
namespace {

/// A small real SQLite file and a Redis dump: enough for two engines without a server.
void plant_databases(const Sandbox& sandbox) {
  const Outcome made = Sandbox::run({"sqlite3", sandbox.path("source/app/data.db"),
                                     "create table notes(id integer primary key, body text);"
                                     "insert into notes(body) values ('a'), ('b');"});
  ASSERT_EQ(made.exit, 0) << "the package sqlite3 is needed: " << made.err;
}

TEST(Scan, DocumentsValidateAndListWhatIsThere) {
  Sandbox sandbox;
  sandbox.make_directory("source/app");
  plant_databases(sandbox);
  sandbox.protect(sandbox.source());
  const Outcome outcome = sandbox.recover({"scan", sandbox.source(), "--json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(json_objection(outcome.out, "recover.scan.schema.json"), "") << outcome.out;
  EXPECT_NE(outcome.out.find("\"engine\": \"sqlite\""), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("\"path\": \"app/data.db\""), std::string::npos) << outcome.out;
}

TEST(Scan, EngineWordsSelect) {
  Sandbox sandbox;
  sandbox.make_directory("source/app");
  plant_databases(sandbox);
  sandbox.protect(sandbox.source());
  EXPECT_EQ(sandbox.recover({"scan", sandbox.source(), "sqlite"}).exit, 0);
  EXPECT_EQ(sandbox.recover({"scan", sandbox.source(), "--sqlite"}).exit, 0);
  EXPECT_EQ(sandbox.recover({"scan", sandbox.source(), "pg"}).exit, 5);
}

TEST(Scan, AnEmptyTreeIsFiveAndSaysWhatWasLookedFor) {
  Sandbox sandbox;
  sandbox.protect(sandbox.source());
  const Outcome text = sandbox.recover({"scan", sandbox.source()});
  EXPECT_EQ(text.exit, 5);
  EXPECT_NE(text.err.find("PostgreSQL"), std::string::npos) << text.err;
  const Outcome json = sandbox.recover({"scan", sandbox.source(), "--json"});
  EXPECT_EQ(json.exit, 5);
  EXPECT_EQ(json_objection(json.out, "recover.scan.schema.json"), "") << json.out;
  EXPECT_NE(json.out.find("scan.nothing_found"), std::string::npos);
}

TEST(Scan, HostileNamesLeaveScreenAndJsonSound) {
  Sandbox sandbox;
  const std::string name = "a\x1b[2J\nb\xff.db";
  sandbox.make_directory("source/app");
  plant_databases(sandbox);
  ASSERT_EQ(Sandbox::run({"mv", sandbox.path("source/app/data.db"), sandbox.path("source/" + name)}).exit, 0);
  sandbox.protect(sandbox.source());
  const Outcome text = sandbox.recover({"scan", sandbox.source(), "--all"});
  EXPECT_EQ(text.exit, 0) << text.err;
  EXPECT_EQ((text.out + text.err).find('\x1b'), std::string::npos);
  const Outcome json = sandbox.recover({"scan", sandbox.source(), "--all", "--json"});
  EXPECT_EQ(json_objection(json.out, "recover.scan.schema.json"), "") << json.out;
  EXPECT_NE(json.out.find("\"path_b64\""), std::string::npos) << json.out;
}

TEST(Plan, AFormWithoutAStrategyIsListedWithItsReason) {
  Sandbox sandbox;
  sandbox.make_directory("source/app");
  plant_databases(sandbox);
  sandbox.protect(sandbox.source());
  const Outcome plan = sandbox.recover({"plan", sandbox.source(), "sqlite", "--json"});
  EXPECT_EQ(plan.exit, 6) << plan.out << plan.err;
  EXPECT_EQ(json_objection(plan.out, "recover.plan.schema.json"), "") << plan.out;
  EXPECT_NE(plan.out.find("engine.strategy_unavailable"), std::string::npos) << plan.out;
}

TEST(Recover, AnEngineThatWasNamedAndCannotBeRecoveredIsAFailure) {
  Sandbox sandbox;
  sandbox.make_directory("source/app");
  plant_databases(sandbox);
  sandbox.protect(sandbox.source());
  const Outcome outcome = sandbox.recover({sandbox.source(), "sqlite", "--yes", "--json"});
  EXPECT_EQ(outcome.exit, 6) << outcome.out << outcome.err;
  EXPECT_EQ(json_objection(outcome.out, "recover.report.schema.json"), "") << outcome.out;
}

TEST(Configuration, IsRefusedWithPlaceAndExitCode) {
  const Sandbox sandbox;
  sandbox.write("bad.conf", "log_level=info\nno_such_key=1\n");
  ::chmod(sandbox.path("bad.conf").c_str(), 0600);
  const Outcome bad = sandbox.recover({"scan", sandbox.source(), "-c", sandbox.path("bad.conf")});
  EXPECT_EQ(bad.exit, 78);
  EXPECT_NE(bad.err.find("bad.conf:2: unknown key"), std::string::npos) << bad.err;
  ::chmod(sandbox.path("bad.conf").c_str(), 0666);
  EXPECT_EQ(sandbox.recover({"scan", sandbox.source(), "-c", sandbox.path("bad.conf")}).exit, 14);
  EXPECT_EQ(sandbox.recover({"scan", sandbox.source(), "-c", sandbox.path("absent.conf")}).exit, 78);
  ::chmod(sandbox.path("bad.conf").c_str(), 0600);
  const Outcome checked = sandbox.recover({"config", "validate", "-c", sandbox.path("bad.conf")});
  EXPECT_EQ(checked.exit, 78);
  EXPECT_NE(checked.out.find("bad.conf:2: error[config.unknown_key]: unknown key"), std::string::npos)
      << checked.out;
}

TEST(Configuration, InitWritesTheSampleOnceAndShowSaysWhereValuesComeFrom) {
  const Sandbox sandbox;
  const std::string file = sandbox.path("etc/recover.conf");
  EXPECT_EQ(sandbox.recover({"config", "init", "-o", file}).exit, 0);
  EXPECT_EQ(sandbox.recover({"config", "init", "-o", file}).exit, 8);
  EXPECT_EQ(sandbox.recover({"config", "validate", "-c", file}).exit, 0);
  const Outcome shown = sandbox.recover({"config", "show", "--origin", "-c", file, "--keep-old", "3d"});
  EXPECT_NE(shown.out.find("restore.keep_old"), std::string::npos);
  EXPECT_NE(shown.out.find("(command line)"), std::string::npos) << shown.out;
}

}  // namespace
}  // namespace recover::test
