// Sending for real: to a server on a loopback port, through real programs, with real files as secrets. A
// script stands in for sendmail, because a mail server would have to be configured; it keeps what it was
// given.
#include "core/notify/delivery.hpp"
#include "core/model/json.hpp"
#include "core/notify/secret_file.hpp"
#include "core/notify/signature.hpp"
#include "core/sys/host.hpp"
#include "tests/support/http_listener.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/support/silent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

namespace recover::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Patience quick{3, std::chrono::seconds(60), std::chrono::milliseconds(1)};

class Delivery : public ::testing::Test {
 protected:
  Delivery() : host(sys::make_host(log)) {
    news.event = Event::failure;
    news.host = "home1";
    news.run = "01RUN";
    news.headline = "NOTHING RECOVERED";
  }

  std::string secret(const std::string& name, const std::string& text, unsigned mode = 0600) {
    box.write(name, text + "\n");
    ::chmod(box.path(name).c_str(), mode);
    return box.path(name);
  }
  std::string program(const std::string& name, const std::string& lines) {
    box.write(name, "#!/bin/sh\n" + lines);
    ::chmod(box.path(name).c_str(), 0755);
    return box.path(name);
  }
  std::string content(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(box.path(name), std::ios::binary).rdbuf();
    return text.str();
  }
  Recipient webhook(const std::string& url) {
    Recipient recipient;
    recipient.name = "ops";
    recipient.on = {Event::failure};
    recipient.url_file = secret("url", url);
    return recipient;
  }
  std::string problem(const Recipient& recipient) {
    const auto told = deliver(recipient, news, quick, *host);
    return told ? "" : told.error().id + " " + told.error().what + " " + told.error().cause;
  }

  test::Sandbox box;
  test::NoLog log;
  std::unique_ptr<Host> host;
  News news;
};

TEST_F(Delivery, AWebhookGetsTheMessageAndItsSignature) {
  const test::HttpListener listener;
  Recipient recipient = webhook(listener.url("/hook?token=s3cret"));
  recipient.hmac_key_file = secret("key", "a key");
  ASSERT_EQ(problem(recipient), "");
  ASSERT_EQ(listener.requests().size(), 1U);
  const auto request = listener.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/hook?token=s3cret");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(request.headers.at("x-recover-signature"), signature_of(request.body, "a key"));
  const auto document = json::parse(request.body);
  ASSERT_TRUE(document);
  EXPECT_EQ((*document)["run_id"], "01RUN");
}

TEST_F(Delivery, TheSignatureIsThatOfTheStandard) {
  // RFC 4231, test case 2.
  EXPECT_EQ(signature_of("what do ya want for nothing?", "Jefe"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_F(Delivery, AServerThatStumblesIsAskedAgain) {
  const test::HttpListener listener({503, 429});
  EXPECT_EQ(problem(webhook(listener.url("/"))), "");
  EXPECT_EQ(listener.requests().size(), 3U);
}

TEST_F(Delivery, AServerThatRefusesIsNotAskedAgain) {
  const test::HttpListener listener({403});
  const std::string told = problem(webhook(listener.url("/hook/s3cret")));
  EXPECT_THAT(told, HasSubstr("notify.failed"));
  EXPECT_THAT(told, HasSubstr("403"));
  EXPECT_THAT(told, Not(HasSubstr("s3cret")));
  EXPECT_EQ(listener.requests().size(), 1U);
}

TEST_F(Delivery, NobodySendsTheMessageElsewhere) {
  const test::HttpListener listener({302});
  EXPECT_THAT(problem(webhook(listener.url("/"))), HasSubstr("302"));
  EXPECT_EQ(listener.requests().size(), 1U);
}

TEST_F(Delivery, OnlyHttpIsSpoken) {
  box.write("data", "text");
  for (const std::string& url : {"file://" + box.path("data"), std::string("ftp://127.0.0.1/x")}) {
    const std::string told = problem(webhook(url));
    EXPECT_THAT(told, HasSubstr("notify.failed")) << url;
    EXPECT_THAT(told, HasSubstr("Unsupported protocol")) << url;
    EXPECT_THAT(told, Not(HasSubstr(box.path("data"))));
  }
  EXPECT_THAT(problem(webhook("http://")), HasSubstr("notify.failed"));
}

TEST_F(Delivery, AnAddressWhereNobodyListensIsAFailureWithoutTheAddress) {
  const test::SilentPort port;
  const std::string told = problem(webhook(port.url("/s3cret")));
  EXPECT_THAT(told, HasSubstr("notify.failed"));
  EXPECT_THAT(told, Not(HasSubstr("s3cret")));
}

TEST_F(Delivery, ASecretThatOthersCanReadIsNotUsed) {
  const test::HttpListener listener;
  Recipient recipient = webhook(listener.url("/"));
  for (const unsigned mode : {0640U, 0604U, 0660U}) {
    ::chmod(recipient.url_file.c_str(), mode);
    EXPECT_THAT(problem(recipient), HasSubstr("notify.secret_unsafe")) << mode;
  }
  EXPECT_TRUE(listener.requests().empty());
}

TEST_F(Delivery, WhatIsMissingIsNamed) {
  Recipient recipient;
  recipient.name = "ops";
  EXPECT_THAT(problem(recipient), HasSubstr("notify.not_set_up"));
  recipient.url_file = box.path("nowhere");
  EXPECT_THAT(problem(recipient), HasSubstr("notify.not_set_up"));
  recipient.url_file = secret("empty", "");
  EXPECT_THAT(problem(recipient), HasSubstr("its first line is empty"));
  recipient.kind = Kind::email;
  recipient.sendmail = "/bin/true";
  EXPECT_THAT(problem(recipient), HasSubstr("it has no to"));
  recipient.to = "-bs";
  EXPECT_THAT(problem(recipient), HasSubstr("is no address"));
  recipient.kind = Kind::command;
  EXPECT_THAT(problem(recipient), HasSubstr("it has no command"));
}

TEST_F(Delivery, MailGoesToTheProgramOfTheMachine) {
  Recipient recipient;
  recipient.kind = Kind::email;
  recipient.to = "dba@example.com, ops@example.com";
  recipient.sendmail = program(
      "sendmail", "printf '%s\\n' \"$@\" > " + box.path("words") + "\ncat > " + box.path("mail") + "\n");
  ASSERT_EQ(problem(recipient), "");
  EXPECT_EQ(content("words"), "-i\n--\ndba@example.com\nops@example.com\n");
  EXPECT_EQ(content("mail"), mail_of(news, recipient.to));
}

TEST_F(Delivery, AProgramGetsTheEventAndTheDocument) {
  Recipient recipient;
  recipient.kind = Kind::command;
  recipient.command =
      program("told", "echo \"$1\" > " + box.path("word") + "\ncat > " + box.path("news") + "\n");
  ASSERT_EQ(problem(recipient), "");
  EXPECT_EQ(content("word"), "failure\n");
  EXPECT_EQ(content("news"), document_of(news));
  recipient.command = "/bin/true";
  EXPECT_EQ(problem(recipient), "") << "one that does not listen";
  recipient.command = "/bin/false";
  EXPECT_THAT(problem(recipient), HasSubstr("it ended with status 1"));
  recipient.command = "/nowhere/program";
  EXPECT_THAT(problem(recipient), HasSubstr("notify.failed"));
}

TEST_F(Delivery, AHeartbeatCallsTheAddressOfTheOutcome) {
  const test::HttpListener listener;
  Recipient heart;
  heart.kind = Kind::heartbeat;
  heart.success_url_file = secret("success", listener.url("/ping"));
  heart.failure_url_file = secret("failure", listener.url("/ping/fail"));
  ASSERT_EQ(problem(heart), "");
  news.event = Event::success;
  ASSERT_EQ(problem(heart), "");
  heart.success_url_file.clear();
  heart.success_url = listener.url("/given");
  ASSERT_EQ(problem(heart), "");
  ASSERT_EQ(listener.requests().size(), 3U);
  EXPECT_EQ(listener.requests()[0].path, "/ping/fail");
  EXPECT_EQ(listener.requests()[1].path, "/ping");
  EXPECT_EQ(listener.requests()[2].path, "/given");
  EXPECT_EQ(listener.requests()[2].method, "GET");
}

TEST_F(Delivery, EverybodyIsToldAndWhoWasNotIsNamed) {
  const test::HttpListener listener;
  const test::SilentPort port;
  Recipient good = webhook(listener.url("/"));
  good.url_file = secret("good", listener.url("/"));
  Recipient bad = webhook(port.url("/"));
  bad.name = "nobody";
  Recipient other = good;
  other.on = {Event::success};
  const auto failures = tell({bad, good, other}, news, quick, *host);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(text_fact(failures[0].facts, "recipient"), "nobody");
  EXPECT_EQ(listener.requests().size(), 1U);
}

}  // namespace
}  // namespace recover::notify
