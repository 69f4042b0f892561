// What is told, to whom, and in which form: values in, values out.
#include "core/model/json.hpp"
#include "core/notify/message.hpp"
#include "core/notify/recipient.hpp"
#include "recover/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recover::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Speaker home{"home1", 1700000000};

ItemReport item(const std::string& name, ItemResult result) {
  ItemReport made;
  made.name = name;
  made.result = result;
  if (result == ItemResult::failed)
    made.error = make_error(errors::dump_truncated, "app.sql", "line 7: (1, 'a row of data')");
  return made;
}

Report report(RunStatus status, ExitCode exit) {
  Report made;
  made.run = "01RUN";
  made.source = "/mnt/dead-server";
  made.status = status;
  made.exit = exit;
  made.items = {item("app", ItemResult::created)};
  return made;
}

Event event_of(RunStatus status, ExitCode exit) {
  return news_of(report(status, exit), home).event;
}

TEST(News, TheEventFollowsStatusAndExitCode) {
  EXPECT_EQ(event_of(RunStatus::success, ExitCode::ok), Event::success);
  EXPECT_EQ(event_of(RunStatus::warnings, ExitCode::ok), Event::warning);
  EXPECT_EQ(event_of(RunStatus::partial, ExitCode::partial), Event::partial);
  EXPECT_EQ(event_of(RunStatus::partial, ExitCode::ok), Event::partial) << "--min-success was reached";
  EXPECT_EQ(event_of(RunStatus::success, ExitCode::salvaged), Event::partial);
  EXPECT_EQ(event_of(RunStatus::failed, ExitCode::verification_failed), Event::failure);
  EXPECT_EQ(event_of(RunStatus::interrupted, ExitCode::terminated), Event::failure);
  EXPECT_EQ(event_of(RunStatus::rolled_back, ExitCode::ok), Event::success);
  EXPECT_EQ(event_of(RunStatus::partial, ExitCode::rollback_incomplete), Event::failure);
}

TEST(News, TheTextNamesWhatIsNeededAndQuotesNoData) {
  Report partial = report(RunStatus::partial, ExitCode::partial);
  partial.items.push_back(item("legacy", ItemResult::failed));
  const News news = news_of(partial, home);
  EXPECT_EQ(title_of(news), "home1: PARTIALLY RECOVERED");
  const std::string text = text_of(news, 4000);
  for (const char* part : {"source: /mnt/dead-server", "recovered: app", "legacy", "dump.truncated",
                           "run: 01RUN", "next: recover resume 01RUN"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(document_of(news) + text, Not(HasSubstr("a row of data")));
}

TEST(News, ForeignTextAddsNoLinesAndLosesItsPasswords) {
  Report strange = report(RunStatus::success, ExitCode::ok);
  strange.items = {item("evil\nBcc: all@example.com", ItemResult::created)};
  strange.source = "postgresql://alice:hunter2@host/db";
  const News news = news_of(strange, home);
  for (const std::string& text : {mail_of(news, "dba@example.com"), document_of(news)}) {
    EXPECT_THAT(text, Not(HasSubstr("\nBcc")));
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  }
}

TEST(News, AnErrorWithoutARunIsAFailure) {
  const News news =
      news_of(make_error(errors::source_not_found, "/mnt/gone", "no such file"), "", "/mnt/gone", home);
  EXPECT_EQ(news.event, Event::failure);
  EXPECT_EQ(news.exit, 5);
  EXPECT_THAT(text_of(news, 4000), HasSubstr("next: recover explain source.not_found"));
}

TEST(News, ARestoreTestIsToldAsOne) {
  run::ExaminationReport examined;
  examined.source = "/mnt/my backups";
  examined.test.emplace();
  examined.test->seed = 7;
  examined.test->restored = 1;
  examined.test->items = {{"pg-1", {"app"}, {}}};
  const News good = news_of(examined, home);
  EXPECT_TRUE(good.is_restore_test);
  EXPECT_EQ(good.headline, "VERIFIED RESTORABLE");
  EXPECT_EQ(good.next, "recover verify '/mnt/my backups' --restore-test --sample-seed 7");
  EXPECT_THAT(good.recovered, ElementsAre("app"));
  examined.exit = ExitCode::verification_failed;
  examined.test->items[0].report.error = make_error(errors::verify_failed, "app");
  const News bad = news_of(examined, home);
  EXPECT_EQ(bad.event, Event::failure);
  ASSERT_EQ(bad.troubles.size(), 1U);
  EXPECT_EQ(bad.troubles[0].code, "verify.failed");
}

TEST(News, NamesAreLimitedAndCutsRespectCharacters) {
  Report many = report(RunStatus::success, ExitCode::ok);
  for (int i = 0; i < 50; ++i)
    many.items.push_back(item("datenbank-ä-" + std::to_string(i), ItemResult::created));
  const News news = news_of(many, home);
  EXPECT_THAT(text_of(news, 4000), HasSubstr("and 31 more"));
  for (std::size_t limit = 40; limit < 60; ++limit) {
    const std::string text = text_of(news, limit);
    EXPECT_LE(text.size(), limit);
    EXPECT_NO_THROW(static_cast<void>(nlohmann::json(text).dump())) << "cut inside a character";
  }
}

json::Json body_of(const News& news, Template form) {
  auto parsed = json::parse(message_of(news, form).body);
  EXPECT_TRUE(parsed);
  return parsed ? *parsed : json::Json();
}

TEST(Message, EveryTemplateHasTheFormThatItsServiceTakes) {
  Report strange = report(RunStatus::failed, ExitCode::verification_failed);
  strange.items = {item("<!channel> @everyone", ItemResult::failed)};
  const News news = news_of(strange, home);
  EXPECT_EQ(body_of(news, Template::json)["schema"], "recover.notification/1");
  EXPECT_EQ(body_of(news, Template::json)["event"], "failure");
  EXPECT_EQ(body_of(news, Template::json)["failed"][0]["code"], "dump.truncated");
  const std::string slack = body_of(news, Template::slack)["text"];
  EXPECT_THAT(slack, HasSubstr("&lt;!channel&gt;"));
  const auto discord = body_of(news, Template::discord);
  EXPECT_TRUE(discord["allowed_mentions"]["parse"].empty());
  EXPECT_THAT(discord["content"].get<std::string>(), HasSubstr("NOTHING RECOVERED"));
  const auto teams = body_of(news, Template::teams);
  EXPECT_EQ(teams["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
  EXPECT_EQ(teams["attachments"][0]["content"]["body"][0]["text"], "home1: NOTHING RECOVERED");
  EXPECT_EQ(body_of(news, Template::gotify)["priority"], 8);
  EXPECT_THAT(body_of(news, Template::telegram)["text"].get<std::string>(), HasSubstr("run: 01RUN"));
  const Message ntfy = message_of(news, Template::ntfy);
  EXPECT_THAT(ntfy.headers, ::testing::Contains(std::pair<std::string, std::string>("Priority", "high")));
  EXPECT_THAT(ntfy.body, HasSubstr("next: recover resume 01RUN"));
}

TEST(Message, AMailHasItsHeadersOnceAndShortLines) {
  Report long_one = report(RunStatus::success, ExitCode::ok);
  long_one.source = "/" + std::string(4000, 'x');
  const std::string mail = mail_of(news_of(long_one, home), "dba@example.com, ops@example.com");
  EXPECT_THAT(mail, ::testing::StartsWith(
                        "To: dba@example.com, ops@example.com\nSubject: [recover] home1: RECOVERED\n"));
  for (std::size_t begin = 0; begin < mail.size();) {
    const std::size_t end = mail.find('\n', begin);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - begin, 998U);
    begin = end + 1;
  }
}

Recipient wanting(std::vector<Event> events) {
  Recipient recipient;
  recipient.on = std::move(events);
  return recipient;
}

News news_with(Event event, bool is_restore_test = false) {
  News news;
  news.event = event;
  news.is_restore_test = is_restore_test;
  return news;
}

TEST(Recipient, HearsWhatItAskedFor) {
  EXPECT_TRUE(wants(wanting({Event::failure}), news_with(Event::failure)));
  EXPECT_FALSE(wants(wanting({Event::failure}), news_with(Event::partial)));
  EXPECT_TRUE(wants(wanting({Event::success}), news_with(Event::warning))) << "it is a success as well";
  EXPECT_FALSE(wants(wanting({Event::warning}), news_with(Event::success)));
  EXPECT_TRUE(wants(wanting({Event::failure}), news_with(Event::failure, true))) << "a failed restore test";
  EXPECT_TRUE(wants(wanting({Event::restore_test}), news_with(Event::success, true)));
  EXPECT_FALSE(wants(wanting({Event::success}), news_with(Event::success, true)));
  EXPECT_TRUE(wants(wanting({Event::start}), news_with(Event::start, true)));
  EXPECT_FALSE(wants(wanting({Event::restore_test}), news_with(Event::start, true))) << "it has not ended";
  EXPECT_FALSE(wants(wanting({}), news_with(Event::failure)));
}

TEST(Recipient, AHeartbeatHearsWhatItHasAnAddressFor) {
  Recipient heart;
  heart.kind = Kind::heartbeat;
  heart.success_url_file = "/etc/recover/hc.url";
  EXPECT_TRUE(wants(heart, news_with(Event::success)));
  EXPECT_TRUE(wants(heart, news_with(Event::warning)));
  EXPECT_TRUE(wants(heart, news_with(Event::success, true)));
  EXPECT_FALSE(wants(heart, news_with(Event::failure)));
  EXPECT_FALSE(wants(heart, news_with(Event::partial)));
  EXPECT_FALSE(wants(heart, news_with(Event::start)));
  heart.failure_url_file = "/etc/recover/hc-fail.url";
  EXPECT_EQ(heartbeat_file(heart, news_with(Event::partial)), "/etc/recover/hc-fail.url");
  heart.on = {Event::success};
  EXPECT_FALSE(wants(heart, news_with(Event::failure)));
}

TEST(Recipient, EveryWordOfTheConfigurationIsKnown) {
  for (const char* word : {"start", "success", "failure", "partial", "warning", "restore_test"})
    EXPECT_TRUE(event_named(word)) << word;
  for (const char* word : {"webhook", "email", "heartbeat", "command"}) EXPECT_TRUE(kind_named(word)) << word;
  for (const char* word : {"json", "slack", "discord", "teams", "ntfy", "gotify", "telegram"})
    EXPECT_TRUE(template_named(word)) << word;
  EXPECT_FALSE(kind_named("pigeon"));
}

}  // namespace
}  // namespace recover::notify
