// The report as a document: valid by the schema, complete, without secrets, and safe to open in a browser.
#include "core/report/report.hpp"
#include "core/run/redaction.hpp"
#include "recover/errors.hpp"
#include "tests/cli/cli_world.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
namespace recover::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Report sample() {
  Report report;
  report.run = "01JCX4AAAA";
  report.status = RunStatus::warnings;
  report.exit = ExitCode::ok;
  report.arguments = {"recover", "/mnt/dead", "--target", "engine://bon:hunter2@db/x"};
  report.host = "home1";
  report.user = "root";
  report.source = "/mnt/<script>alert(1)</script>";
  report.peak_memory = Bytes{210'763'776};
  report.processor_seconds = 8.5;
  report.artifacts = {{"manifest", "/var/m.json"}, {"html", "/var/r.html"}};
  ItemReport item;
  item.id = "x-1";
  item.engine = "filedb";
  item.name = "app \"<b>\" & 'co'";
  item.result = ItemResult::created;
  item.state = ItemState::committed;
  item.verify_level = "quick";
  item.phases = {{"copy", 31.5, Bytes{1000}}, {"verify", 2, {}}};
  item.checks = {{"rows", "every table read", Verdict::passed, "61 tables", {}, {}}};
  item.ignored_settings = {{"primary_conninfo", std::string("a.conf:3 'host=db password=hunter2'")}};
  item.warnings = {"the login was postgresql: password=hunter2"};
  item.error = make_error(errors::verify_failed, "x", "https://bon:hunter2@host/ refused");
  report.items = {item};
  return report;
}

TEST(ReportDocument, IsValidAndSaysWhoAndWhereAndHowLong) {
  const std::string text = report_json(sample());
  EXPECT_EQ(test::json_objection(text, "recover.report.schema.json"), "");
  const auto document = nlohmann::json::parse(text);
  EXPECT_EQ(document["host"], "home1");
  EXPECT_EQ(document["user"], "root");
  EXPECT_EQ(document["argv"].size(), 4U);
  EXPECT_EQ(document["artifacts"]["manifest"], "/var/m.json");
  EXPECT_EQ(document["resources"]["peak_rss_bytes"], 210'763'776);
  EXPECT_EQ(document["databases"][0]["phases"][0]["name"], "copy");
  EXPECT_EQ(document["databases"][0]["phases"][0]["bytes"], 1000);
  EXPECT_FALSE(document["databases"][0]["phases"][1].contains("bytes"));
  EXPECT_EQ(document["security"][0]["code"], "security.setting_ignored");
}

TEST(ReportDocument, IsReadBackAsItWasWritten) {
  const std::string text = report_json(sample());
  const auto read = report_from_json(text);
  ASSERT_TRUE(read) << read.error().cause;
  EXPECT_EQ(nlohmann::json::parse(report_json(*read)), nlohmann::json::parse(text));
}

TEST(ReportDocument, HasNoSecretsOnceTheyAreRedacted) {
  Report report = sample();
  ASSERT_THAT(report_json(report), HasSubstr("hunter2")) << "the test would prove nothing";
  run::redact(report);
  for (const auto& text : {report_json(report), report_html(report), report_text(report, {})}) {
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  }
  EXPECT_THAT(report_json(report), HasSubstr("engine://bon:***@db/x"));
  EXPECT_THAT(report_json(report), HasSubstr("host=db password=***"));
}

TEST(ReportPage, IsSelfContainedAndEscaped) {
  const std::string page = report_html(sample());
  EXPECT_THAT(page, AllOf(HasSubstr("RECOVERED WITH WARNINGS"), HasSubstr("61 tables"),
                          HasSubstr("01JCX4AAAA"), HasSubstr("app &quot;&lt;b&gt;&quot; &amp; &#39;co&#39;"),
                          HasSubstr("/mnt/&lt;script&gt;alert(1)&lt;/script&gt;")));
  for (const char* foreign : {"<script", "http-equiv=\"refresh", "src=", "href=", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(foreign)));
  }
}

}  // namespace
}  // namespace recover::report
