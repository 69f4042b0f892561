// What a server's refusal means: by its SQLSTATE, the exact one before its class.
#include "postgresql/server_error.hpp"

#include "postgresql/errors.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql {
namespace {

TEST(ServerErrors, AFullDiskDoesNotPassAndWhatIsUsedUpAtTheMomentDoes) {
  EXPECT_EQ(server_error("53100").group, "disk_space");
  EXPECT_FALSE(server_error("53100").passes);
  EXPECT_TRUE(server_error("53300").passes);
}

TEST(ServerErrors, ALostConnectionPassesAndAWrongPasswordDoesNot) {
  for (const char* state : {"08006", "08001", "57P01", "57P02", "57P03", "40001", "40P01"})
    EXPECT_TRUE(server_error(state).passes) << state;
  for (const char* state : {"28P01", "28000", "42501", "23505", "08P01", "XX001", "", "99999"})
    EXPECT_FALSE(server_error(state).passes) << state;
}

TEST(ServerErrors, ARefusedStatementKeepsItsFactsAndGetsTheWayOut) {
  Error refusal = make_error(errors::query_failed, "COPY t FROM stdin", "could not extend file")
                      .with("sqlstate", std::string("53100"));
  const Error told = classified(std::move(refusal), "line 7: COPY t FROM stdin");
  EXPECT_EQ(told.id, "postgresql.disk_full");
  EXPECT_EQ(told.exit, ExitCode::disk_space);
  EXPECT_EQ(text_fact(told.facts, "sqlstate"), "53100");
  EXPECT_EQ(text_fact(told.facts, "class"), "disk_space");
  EXPECT_NE(told.fix.find("recover resume"), std::string::npos);
}

TEST(ServerErrors, TheStateOfARefusedConnectionIsReadAndTakenOutOfItsWords) {
  const Refusal refusal = refusal_of(
      "connection to server at \"localhost\" (::1), port 5432 failed: FATAL:  28P01: password authentication "
      "failed for user \"app\"\nLOCATION:  auth_failed, auth.c:338");
  EXPECT_EQ(refusal.state, "28P01");
  EXPECT_EQ(refusal.words,
            "connection to server at \"localhost\" (::1), port 5432 failed: FATAL:  password authentication "
            "failed for user \"app\"");
}

TEST(ServerErrors, AConnectionThatWasNeverMadeHasAStateOfItsOwn) {
  const std::string words = "connection to server on socket \"/x/.s.PGSQL.5432\" failed: No such file";
  EXPECT_EQ(refusal_of(words).state, not_connected_state);
  EXPECT_EQ(refusal_of(words).words, words);
}

}  // namespace
}  // namespace recover::postgresql
