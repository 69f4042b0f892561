// Passwords never reach a log or a report; everything else does, byte for byte.
#include "core/text/redaction.hpp"

#include <gtest/gtest.h>

namespace recover::text {
namespace {

TEST(Redaction, HidesPasswordsWhereverTheyStand) {
  const std::pair<const char*, const char*> cases[] = {
      {"postgresql://bon:hunter2@db:5432/x", "postgresql://bon:***@db:5432/x"},
      {"url https://a:b@c@host/path?x=1", "url https://a:***@host/path?x=1"},
      {"host=db user=r password=hunter2 port=1", "host=db user=r password=*** port=1"},
      {"primary_conninfo = 'host=a password=hunter2'", "primary_conninfo = 'host=a password=***'"},
      {"password='hunter 2' x", "password=*** x"},
      {"password=''it''s'' x", "password=*** x"},
      {"replication_password = hunter2", "replication_password = ***"},
      {"PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql"},
      {R"({"password": "hunter2", "a": 1})", R"({"password": ***, "a": 1})"},
      {"ALTER ROLE a PASSWORD 'md5abc';", "ALTER ROLE a PASSWORD ***;"},
      {"CREATE USER b IDENTIFIED BY 'hunter2'", "CREATE USER b IDENTIFIED BY ***"},
      {"api_key:hunter2&next=1", "api_key:***&next=1"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(redacted(text), expected);
}

TEST(Redaction, LeavesEverythingElseAlone) {
  for (const char* text :
       {"", "FATAL: password authentication failed for user \"recover\"", "wrong password: FATAL",
        "password_file=/etc/recover/pgpass", "password_encryption = scram-sha-256",
        "postgresql:///x?host=/run", "http://host:5432/a@b", "the secret of success", "compassword=1",
        "password=", "password"}) {
    EXPECT_EQ(redacted(text), text);
  }
}

TEST(Redaction, KnowsNamesThatHoldSecrets) {
  for (const char* name : {"password", "masterauth", "replication_password", "requirepass"}) {
    EXPECT_TRUE(names_secret(name)) << name;
  }
  for (const char* name : {"password_file", "path", "", "primary_conninfo"})
    EXPECT_FALSE(names_secret(name)) << name;
}

}  // namespace
}  // namespace recover::text
