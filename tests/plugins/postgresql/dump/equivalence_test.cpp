// Real dumps of a real server: what the splitter makes of them, sent piece by piece, gives the database that
// psql makes of the same file. Statements go by the extended protocol, in which the server refuses text that
// it sees as two statements: so every cut is checked by the server's own lexer. And: a dump that is cut
// anywhere is never taken for a whole one.
#include "postgresql/dump/end_check.hpp"
#include "postgresql/dump/policy.hpp"
#include "postgresql/dump/statement.hpp"
#include "tests/plugins/postgresql/clusters.hpp"
#include "tests/plugins/postgresql/dump/split.hpp"
#include "tests/support/postgresql.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <memory>

namespace recover::postgresql::dump {
namespace {

using recover::test::Cluster;
using recover::test::Sandbox;
using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;

class Equivalence : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    box_ = std::make_unique<Sandbox>();
    cluster_ = std::make_unique<Cluster>(*box_, 15);
    cluster_->start({"fsync=off", "synchronous_commit=off"});
    static_cast<void>(cluster_->sql("CREATE DATABASE origin TEMPLATE template0"));
    const auto loaded = Sandbox::run(
        psql("origin", std::string(RECOVER_SOURCE) + "/tests/plugins/postgresql/dump/objects.sql"));
    ASSERT_EQ(loaded.exit, 0) << loaded.err;
  }
  static void TearDownTestSuite() {
    cluster_.reset();
    box_.reset();
  }

  static std::vector<std::string> psql(const std::string& database, const std::string& file) {
    return {"psql", "-h", cluster_->sockets(), "-U", "postgres",
            "-Xq",  "-v", "ON_ERROR_STOP=1",   "-d", database,
            "-f",   file};
  }

  /// The text of a dump of `database`. The key of \restrict is left out: it is made at random.
  static std::string dump(const std::string& database, const std::vector<std::string>& words = {}) {
    std::vector<std::string> command{
        "/usr/lib/postgresql/15/bin/pg_dump", "-h", cluster_->sockets(), "-U", "postgres", database};
    command.insert(command.end(), words.begin(), words.end());
    const auto outcome = Sandbox::run(command);
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    return outcome.out;
  }

  static std::string without_keys(const std::string& text) {
    std::istringstream in(text);
    std::string kept;
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with("\\restrict") && !line.starts_with("\\unrestrict")) kept += line + "\n";
    }
    return kept;
  }

  static Session connect(const std::string& database) {
    const std::string where = "host=" + cluster_->sockets() + " user=postgres dbname=" + database;
    return {PQconnectdb(where.c_str()), &PQfinish};
  }

  static void expect(PGconn* session, PGresult* raw, const std::string& text) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(raw, &PQclear);
    const auto status = PQresultStatus(result.get());
    EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN)
        << text.substr(0, 300) << "\n"
        << PQerrorMessage(session);
  }

  /// Sends the pieces of a dump; every one of them must pass the policy.
  static void load(const std::string& text, const std::string& database) {
    const Session session = connect(database);
    ASSERT_EQ(PQstatus(session.get()), CONNECTION_OK) << PQerrorMessage(session.get());
    recover::test::TextSource source(text, 1000);
    Splitter splitter(source);
    for (;;) {
      auto next = splitter.next();
      ASSERT_TRUE(next) << next.error().what;
      if (!*next) break;
      const Piece& piece = **next;
      const std::string sent(piece.text);
      const auto judged = judge(piece, {});
      EXPECT_TRUE(judged) << judged.error().what << ": " << judged.error().cause;
      if (piece.kind == PieceKind::statement) {
        expect(session.get(),
               PQexecParams(session.get(), sent.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0), sent);
      } else if (piece.kind == PieceKind::copy_rows) {
        ASSERT_EQ(PQputCopyData(session.get(), sent.data(), static_cast<int>(sent.size())), 1);
      } else if (piece.kind == PieceKind::copy_end) {
        ASSERT_EQ(PQputCopyEnd(session.get(), nullptr), 1);
        PGresult* done = PQgetResult(session.get());
        EXPECT_EQ(std::string(PQcmdTuples(done)), std::to_string(splitter.rows_of_copy()));
        expect(session.get(), done, "the end of COPY");
        while (PGresult* more = PQgetResult(session.get())) PQclear(more);
      }
    }
    EXPECT_TRUE(check_end(splitter.markers()));
    EXPECT_EQ(splitter.markers().dumps_begun, 1);
    EXPECT_EQ(splitter.offset(), text.size());
  }

  static void compare(const std::string& name, const std::vector<std::string>& words) {
    const std::string text = dump("origin", words);
    box_->write(name + ".sql", text);
    static_cast<void>(cluster_->sql("CREATE DATABASE psql_" + name + " TEMPLATE template0"));
    static_cast<void>(cluster_->sql("CREATE DATABASE ours_" + name + " TEMPLATE template0"));
    const auto loaded = Sandbox::run(psql("psql_" + name, box_->path(name + ".sql")));
    ASSERT_EQ(loaded.exit, 0) << loaded.err;
    load(text, "ours_" + name);
    const std::string by_psql = without_keys(dump("psql_" + name));
    EXPECT_GT(by_psql.size(), 100'000U);
    EXPECT_TRUE(by_psql == without_keys(dump("ours_" + name))) << name << " differs from what psql made";
  }

  inline static std::unique_ptr<Sandbox> box_;
  inline static std::unique_ptr<Cluster> cluster_;
};

TEST_F(Equivalence, CopyOfEverything) {
  compare("copy", {});
}

TEST_F(Equivalence, InsertStatements) {
  compare("inserts", {"--inserts"});
}

TEST_F(Equivalence, ManyRowsPerInsert) {
  compare("rows", {"--column-inserts", "--rows-per-insert=100"});
}

TEST_F(Equivalence, StringsThatDoNotConform) {
  ::setenv("PGOPTIONS", "-c standard_conforming_strings=off", 1);
  const std::string text = dump("origin", {"--inserts"});
  ::unsetenv("PGOPTIONS");
  ASSERT_NE(text.find("SET standard_conforming_strings = off;"), std::string::npos);
  static_cast<void>(cluster_->sql("CREATE DATABASE ours_off TEMPLATE template0"));
  load(text, "ours_off");
  EXPECT_TRUE(without_keys(dump("ours_off")) == without_keys(dump("origin")));
}

TEST_F(Equivalence, AnEncodingThatHidesBackslashes) {
  // The second byte of these characters is a backslash in SJIS.
  for (const char* name : {"japan", "ours_japan"}) {
    static_cast<void>(cluster_->sql(std::string("CREATE DATABASE ") + name + " TEMPLATE template0"));
  }
  static_cast<void>(cluster_->sql(
      "CREATE TABLE t (a text DEFAULT '表', b int); INSERT INTO t VALUES ('ソ', 1), ('表\\', 2);"
      "COMMENT ON TABLE t IS E'表';",
      "japan"));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"-E", "SJIS"}, {"-E", "SJIS", "--inserts"}}) {
    const std::string text = dump("japan", words);
    ASSERT_NE(text.find("\x95\\"), std::string::npos);
    static_cast<void>(cluster_->sql("DROP TABLE IF EXISTS t", "ours_japan"));
    load(text, "ours_japan");
    EXPECT_EQ(without_keys(dump("ours_japan")), without_keys(dump("japan")));
  }
}

TEST_F(Equivalence, ADumpThatIsCutAnywhereIsNeverWhole) {
  const std::string text = dump("origin");
  const std::string end = "-- PostgreSQL database dump complete";
  const std::size_t whole = text.find(end) + end.size();
  ASSERT_LT(whole, text.size());
  std::vector<std::size_t> cuts;
  for (std::size_t percent = 0; percent < 100; ++percent) cuts.push_back(text.size() * percent / 100);
  for (std::size_t at = whole - 500; at < whole; ++at) cuts.push_back(at);
  for (std::size_t at = text.find(';'); cuts.size() < 1000; at = text.find(';', at + 1))
    cuts.push_back(at + 1);
  int unnoticed = 0;
  for (const std::size_t cut : cuts) {
    const Split result = split(text.substr(0, cut));
    if (cut > 40 && result.error.empty() && check_end(result.markers)) ++unnoticed;
  }
  EXPECT_EQ(unnoticed, 0);
  EXPECT_TRUE(split(text).error.empty() && check_end(split(text).markers));
}

}  // namespace
}  // namespace recover::postgresql::dump
