// The screens a person reads: what must be on them, and that foreign names cannot change them.
#include "core/report/headline.hpp"
#include "core/report/report.hpp"
#include "recover/errors.hpp"

#include <gtest/gtest.h>

namespace recover::report {
namespace {

Finding finding(const std::string& id, const std::string& path) {
  Finding one;
  one.id = id;
  one.engine = "postgresql";
  one.product = "PostgreSQL";
  one.kind = "data directory";
  one.version = {"16", "PG_VERSION"};
  one.path = path;
  one.size = {Bytes{40'200'000'000}, Bytes{41'000'000'000}, 4000};
  one.confidence = Confidence::certain;
  one.health = {HealthState::needs_recovery, "needs WAL", {"it was running when the disk died"}};
  return one;
}

scan::Outcome outcome_of(std::vector<Finding> findings) {
  scan::Outcome outcome;
  outcome.survey = {"/mnt/dead server", std::move(findings)};
  outcome.entries = 412'311;
  outcome.seconds = 3.1;
  return outcome;
}

ItemReport recovered() {
  ItemReport item;
  item.id = "pg-1";
  item.engine = "postgresql";
  item.name = "main";
  item.source_version = "16";
  item.result = ItemResult::created;
  item.state = ItemState::committed;
  item.bytes = Bytes{1'000'000};
  item.rows = 81'204'551;
  item.seconds = 12;
  item.verify_level = "quick";
  item.checks = {
      {"row_counts", "every table read to its end", Verdict::passed, "61 tables", {}, {}},
      {"amcheck", "indexes against their tables", Verdict::not_checked, "only with --verify full", {}, {}}};
  item.databases = {{"shop", "shop_copy"}, {"crm", "crm"}};
  item.connect_line = "psql -h /var/lib/recover/instances/a/socket -U postgres";
  return item;
}

Report report_of(std::vector<ItemReport> items, RunStatus status) {
  Report report;
  report.run = "01JCX4";
  report.status = status;
  report.exit = ExitCode::ok;
  report.started = 1'763'719'200;
  report.finished = 1'763'719'212;
  report.seconds = 12;
  report.source = "/mnt/dead";
  report.items = std::move(items);
  return report;
}

TEST(ScanScreen, HasARowFootnotesAndTheNextCommand) {
  const std::string page = scan_text(outcome_of({finding("pg-1", "var/lib/postgresql/16/main")}), {}, false);
  for (const char* expected : {"ENGINE", "pg-1", "PostgreSQL", "40.2 GB", "needs WAL 1",
                               "var/lib/postgresql/16/main", " 1 it was running when the disk died",
                               "412 311 entries", "recover plan '/mnt/dead server'", "--pick pg-1"}) {
    EXPECT_NE(page.find(expected), std::string::npos) << expected << "\n" << page;
  }
  EXPECT_TRUE(page.ends_with('\n'));
}

TEST(ScanScreen, AnUncertainFindingSaysProbably) {
  Finding one = finding("pg-1", "a");
  one.confidence = Confidence::probable;
  EXPECT_NE(scan_text(outcome_of({one}), {}, false).find("probably PostgreSQL"), std::string::npos);
}

TEST(ScanScreen, ForeignNamesCannotChangeTheScreen) {
  const std::string hostile = "a\x1b[2J\nb\xff\xe2\x80\xae";
  Finding one = finding("pg-1", hostile);
  one.health.notes = {hostile};
  one.advice = hostile;
  scan::Outcome outcome = outcome_of({one});
  outcome.warnings = {hostile};
  outcome.unreadable = {{hostile, "permission denied"}};
  outcome.unreadable_count = 1;
  outcome.errors = {make_error(errors::archive_damaged, hostile, hostile)};
  const std::string page = scan_text(outcome, {}, true);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_EQ(page.find('\xff'), std::string::npos);
  EXPECT_EQ(page.find("\xe2\x80\xae"), std::string::npos) << "a right-to-left override survived";
}

TEST(ScanScreen, UnreadablePathsAreCountedAndTheFirstNamed) {
  scan::Outcome outcome = outcome_of({});
  outcome.unreadable_count = 12;
  for (int i = 0; i < 12; ++i)
    outcome.unreadable.push_back({"secret" + std::to_string(i), "permission denied"});
  const std::string few = scan_text(outcome, {}, false);
  EXPECT_NE(few.find("Not readable: 12 paths (permission denied 12)   --print-errors lists all"),
            std::string::npos)
      << few;
  EXPECT_NE(few.find("secret4"), std::string::npos);
  EXPECT_EQ(few.find("secret5"), std::string::npos);
  EXPECT_NE(scan_text(outcome, {}, true).find("secret11"), std::string::npos);
}

TEST(ReportScreen, SaysWhatWasProvenAndEndsWithTheConnectLine) {
  const std::string page = report_text(report_of({recovered()}, RunStatus::success), {});
  EXPECT_TRUE(page.starts_with("RECOVERED   1 of 1 database")) << page;
  for (const char* expected : {"81 204 551", "every table read to its end: 61 tables", "not checked",
                               "recover rollback 01JCX4", "shop became shop_copy"}) {
    EXPECT_NE(page.find(expected), std::string::npos) << expected << "\n" << page;
  }
  EXPECT_EQ(page.find("crm became"), std::string::npos) << page;
  EXPECT_TRUE(page.ends_with("psql -h /var/lib/recover/instances/a/socket -U postgres\n")) << page;
}

TEST(ReportScreen, HeadlinesAreFixedWords) {
  const std::vector<std::pair<RunStatus, std::string>> words{{RunStatus::success, "RECOVERED"},
                                                             {RunStatus::warnings, "RECOVERED WITH WARNINGS"},
                                                             {RunStatus::partial, "PARTIALLY RECOVERED"},
                                                             {RunStatus::failed, "NOTHING RECOVERED"},
                                                             {RunStatus::interrupted, "INTERRUPTED"},
                                                             {RunStatus::rolled_back, "ROLLED BACK"},
                                                             {RunStatus::nothing_found, "NOTHING RECOVERED"}};
  for (const auto& [status, word] : words) EXPECT_EQ(headline(report_of({recovered()}, status)), word);
  ItemReport verified = recovered();
  verified.result = ItemResult::verified;
  EXPECT_EQ(headline(report_of({verified}, RunStatus::success)), "VERIFIED RESTORABLE");
  verified.checks[0].verdict = Verdict::failed;
  EXPECT_EQ(headline(report_of({verified}, RunStatus::failed)), "NOT RESTORABLE");
}

TEST(ErrorScreen, IsALetter) {
  const Error error =
      make_error(errors::disk_not_enough_space, "not enough space to copy", "needs 61 GB, free 11 GB")
          .with("path", "/srv")
          .leaving("nothing written yet");
  const std::string letter = error_text(error, {});
  for (const char* expected :
       {"error[disk.not_enough_space]: not enough space to copy", "--> /srv", "= cause     needs 61 GB",
        "= state     nothing written yet", "help: Free space", "recover explain disk.not_enough_space",
        "exit code 2 (disk space)"}) {
    EXPECT_NE(letter.find(expected), std::string::npos) << expected << "\n" << letter;
  }
}

TEST(Screens, ColoursComeOnlyWhenAskedFor) {
  const Report report = report_of({recovered()}, RunStatus::success);
  EXPECT_EQ(report_text(report, {}).find('\x1b'), std::string::npos);
  EXPECT_NE(report_text(report, {true, false, 100}).find('\x1b'), std::string::npos);
}

TEST(ReportDocument, ComesBackAsItWas) {
  ItemReport item = recovered();
  item.name = "na\xffme";
  item.kept_old = "/srv/pg.old";
  item.kept_until = 1'763'800'000;
  item.warnings = {"role missing"};
  item.ignored_settings = {{"archive_command", std::string("postgresql.conf:12 rm -rf /")}};
  ItemReport failed = recovered();
  failed.id = "pg-2";
  failed.result = ItemResult::failed;
  failed.state = ItemState::failed;
  failed.error = make_error(errors::verify_failed, "pg-2 is not equal", "2 tables differ");
  Report report = report_of({item, failed}, RunStatus::partial);
  report.source_unchanged = true;
  report.source_digest = "00ff";
  const auto back = report_from_json(report_json(report));
  ASSERT_TRUE(back) << back.error().cause;
  EXPECT_EQ(report_json(*back), report_json(report));
  EXPECT_EQ(report_text(*back, {}), report_text(report, {}));
  EXPECT_EQ(back->items[0].name, "na\xffme");
}

TEST(ReportDocument, OtherDocumentsAreRefused) {
  for (const char* text : {"", "[]", "{}", "{\"schema\":\"recover.plan/1\"}", "nonsense"}) {
    EXPECT_FALSE(report_from_json(text)) << text;
    EXPECT_FALSE(plan_from_json(text)) << text;
  }
  EXPECT_FALSE(plan_from_json("{\"schema\":\"recover.plan/1\"}"));
}

}  // namespace
}  // namespace recover::report
