// What others learn of a recovery: a real dump is recovered while a real HTTP server listens, and the metrics
// file is read by a strict reader. Telling never changes how the run ends.
#include "tests/support/exposition.hpp"
#include "tests/support/http_listener.hpp"
#include "tests/support/recovering.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace recover::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr int major = 15;

/// A dump in the form of pg_dump -C: one table of three rows.
const char* const dump =
    "--\n-- PostgreSQL database dump\n--\n\nCREATE DATABASE app WITH TEMPLATE = template0 ENCODING = "
    "'UTF8';\n"
    "\\connect app\n\nCREATE TABLE public.t (i integer);\nCOPY public.t (i) FROM stdin;\n1\n2\n3\n\\.\n\n"
    "--\n-- PostgreSQL database dump complete\n--\n\n";

class Telling : public Recovering {
 protected:
  void SetUp() override { box.write("source/app.sql", dump); }

  /// A configuration with one [notify.ops]; its address lies in a file of mode 0600.
  std::vector<std::string> told(const std::string& url, const std::string& events) {
    secret("ops.url", url);
    box.write("recover.conf", "[notify.ops]\ntype=webhook\nurl_file=" + box.path("ops.url") +
                                  "\non=" + events +
                                  "\n[metrics]\ntextfile=" + box.path("metrics/recover.prom") + "\n");
    box.make_directory("metrics");
    return {"--config", box.path("recover.conf")};
  }
  void secret(const std::string& name, const std::string& text) {
    box.write(name, text + "\n");
    ::chmod(box.path(name).c_str(), 0600);
  }
  Exposition metrics() {
    std::ostringstream text;
    text << std::ifstream(box.path("metrics/recover.prom")).rdbuf();
    Exposition read = read_exposition(text.str());
    EXPECT_THAT(read.objections, IsEmpty()) << text.str();
    EXPECT_THAT(text.str(), Not(HasSubstr(box.path("")))) << "no paths in labels";
    return read;
  }
  static std::vector<std::string> events_of(const HttpListener& listener) {
    std::vector<std::string> events;
    for (const auto& request : listener.requests())
      events.push_back(nlohmann::json::parse(request.body).value("event", ""));
    return events;
  }
};

TEST_F(Telling, ASuccessIsToldAndMeasured) {
  const HttpListener listener;
  auto words = told(listener.url("/hook"), "start,success");
  for (const char* word : {"--heartbeat"}) words.emplace_back(word);
  words.push_back(listener.url("/beat/s3cret"));
  box.protect(box.source());
  const Answer answer = recover(major, words);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  const std::string run = answer.document["run_id"];
  const auto requests = listener.requests();
  ASSERT_EQ(requests.size(), 3U) << answer.told();
  EXPECT_EQ(nlohmann::json::parse(requests[0].body)["event"], "start");
  // Webhook and heartbeat are told at the same time.
  const bool is_first = requests[1].path == "/hook";
  EXPECT_EQ(requests[is_first ? 2 : 1].path, "/beat/s3cret");
  const auto news = nlohmann::json::parse(requests[is_first ? 1 : 2].body);
  EXPECT_EQ(news["run_id"], run);
  EXPECT_EQ(news["source"], box.source());
  EXPECT_EQ(news["exit_code"], 0);
  EXPECT_EQ(news["recovered"].size(), 1U) << news.dump();
  EXPECT_THAT(answer.document.dump(), Not(HasSubstr("s3cret"))) << "the report names the command line";
  const Exposition read = metrics();
  EXPECT_EQ(read.value("recover_last_run_exit_code"), 0);
  EXPECT_EQ(read.value("recover_last_run_databases{state=\"succeeded\"}"), 1);
  EXPECT_GT(read.value("recover_last_success_timestamp_seconds"), 1.6e9);
  struct ::stat status {};
  ASSERT_EQ(::stat(box.path("metrics/recover.prom").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
  EXPECT_EQ(std::distance(fs::directory_iterator(box.path("metrics")), {}), 1) << "no temporary file is left";
}

TEST_F(Telling, WhoCannotBeToldChangesNothing) {
  const SilentPort port;
  auto words = told(port.url("/s3cret"), "success,warning");
  words.insert(words.end(), {"--metrics-file", box.path("nowhere/recover.prom")});
  const Answer answer = recover(major, words);
  EXPECT_EQ(answer.exit, 0) << answer.told();
  EXPECT_THAT(answer.err, HasSubstr("notification to ops"));
  EXPECT_THAT(answer.err, HasSubstr("notify.failed"));
  EXPECT_THAT(answer.err, HasSubstr("metrics.not_written"));
  EXPECT_THAT(answer.err, Not(HasSubstr("s3cret")));
}

TEST_F(Telling, AFailureBeforeThereIsARunIsToldToo) {
  const HttpListener listener;
  const auto words = told(listener.url("/"), "failure");
  fs::remove(box.source() + "/app.sql");
  const Answer answer = recover(major, words);
  EXPECT_EQ(answer.exit, 5) << answer.told();
  EXPECT_THAT(events_of(listener), ::testing::ElementsAre("failure"));
  EXPECT_EQ(metrics().value("recover_last_run_exit_code"), 5);
}

TEST_F(Telling, ADryRunTellsNobody) {
  const HttpListener listener;
  auto words = told(listener.url("/"), "start,success,failure,partial,warning");
  words.emplace_back("--dry-run");
  EXPECT_EQ(recover(major, words).exit, 0);
  words.back() = "--no-notify";
  EXPECT_EQ(recover(major, words).exit, 0);
  EXPECT_TRUE(listener.requests().empty());
}

TEST_F(Telling, ANameThatNobodyHasEndsItBeforeAnythingBegins) {
  const HttpListener listener;
  auto words = told(listener.url("/"), "failure");
  words.insert(words.end(), {"--notify", "opps"});
  const Answer answer = recover(major, words);
  EXPECT_EQ(answer.exit, 64) << answer.told();
  EXPECT_FALSE(fs::exists(box.state() + "/runs"));
}

TEST_F(Telling, TheMetricsAreNeverPutIntoTheSource) {
  box.protect(box.source());
  const Answer answer = recover(major, {"--metrics-file", box.source() + "/recover.prom"});
  EXPECT_EQ(answer.exit, 0) << answer.told();
  EXPECT_THAT(answer.err, HasSubstr("metrics.not_written"));
}

TEST_F(Telling, ARestoreTestIsToldAndRemembered) {
  const HttpListener listener;
  auto words = told(listener.url("/"), "restore_test");
  words.insert(words.begin(), {"verify", box.source(), "--restore-test", "--json", "--min-free", "100MB",
                               "--bindir", server_programs(major)});
  const Outcome outcome = box.recover(words);
  ASSERT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  ASSERT_EQ(listener.requests().size(), 1U);
  EXPECT_EQ(nlohmann::json::parse(listener.requests()[0].body)["restore_test"], true);
  // A recovery afterwards still knows of it.
  ASSERT_EQ(recover(major, {"--config", box.path("recover.conf")}).exit, 0);
  const Exposition read = metrics();
  EXPECT_EQ(read.value("recover_verify_test_total{status=\"success\"}"), 1);
  EXPECT_GT(read.value("recover_verify_last_success_timestamp_seconds"), 1.6e9);
}

}  // namespace
}  // namespace recover::test
