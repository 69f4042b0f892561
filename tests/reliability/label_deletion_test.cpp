// The table at the head of the specification's "where the seeds are wrong": one base backup, taken while rows
// were written, restored in four ways. The right one loses nothing. The wrong ones are not offered; where
// somebody took one of them before, that is refused or named, as far as anything remains of it.
#include "tests/support/logged_server.hpp"

#include <fstream>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

class LabelDeletion : public LoggedServer {
 protected:
  static constexpr int major = 15;

  /// A backup whose table is older than its index: copied, changed 1000 times, then the rest copied.
  void make() {
    begin(major);
    tell(
        "CREATE TABLE ledger (id int PRIMARY KEY, amount int); INSERT INTO ledger SELECT i, 0 FROM "
        "generate_series(1, 1000) i; CHECKPOINT");
    const std::string table = asked("SELECT pg_relation_filepath('ledger')");
    fs::create_directories(box.source());
    const std::string to = box.path("source/backup");
    const Outcome made = Sandbox::run({"psql",
                                       "-h",
                                       server_->sockets(),
                                       "-U",
                                       "postgres",
                                       "-XAtq",
                                       "-v",
                                       "ON_ERROR_STOP=1",
                                       "-d",
                                       "postgres",
                                       "-c",
                                       "SELECT 1 FROM pg_backup_start('by hand', true)",
                                       "-c",
                                       "\\! cp -a " + server_->data() + "/" + table + " " + box.path("early"),
                                       "-c",
                                       "UPDATE ledger SET amount = 1",
                                       "-c",
                                       "INSERT INTO ledger SELECT i, 1 FROM generate_series(1001, 2000) i",
                                       "-c",
                                       "CHECKPOINT",
                                       "-c",
                                       "\\! cp -a " + server_->data() + " " + to,
                                       "-c",
                                       "SELECT labelfile FROM pg_backup_stop(false)"});
    ASSERT_EQ(made.exit, 0) << made.err;
    label_ = made.out.substr(made.out.find("START WAL"));
    fs::remove(to + "/postmaster.pid");
    fs::remove(to + "/postmaster.opts");
    fs::copy_file(box.path("early"), to + "/" + table, fs::copy_options::overwrite_existing);
    server_->stop();
    fs::remove_all(to + "/pg_wal");
    Sandbox::run({"install", "-d", "-o", "postgres", "-m", "0700", to + "/pg_wal"});
  }
  void keep_label() { box.write("source/backup/backup_label", label_); }
  void add_log() {
    Sandbox::run({"rm", "-rf", box.path("source/backup/pg_wal")});
    copy_tree(server_->data() + "/pg_wal", box.path("source/backup/pg_wal"));
  }
  static std::string ledger(const Answer& answer) {
    return sql_through(answer.connect(), "SELECT count(*), sum(amount) FROM ledger");
  }

  std::string label_;
};

TEST_F(LabelDeletion, TheRightWayLosesNothing) {
  make();
  keep_label();
  add_log();
  box.protect(box.source());
  const Answer answer = recover(major, {"--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(ledger(answer), "2000|2000\n");
  EXPECT_EQ(answer.check("log_history")["verdict"], "passed");
}

TEST_F(LabelDeletion, WithoutItsLogItIsRefusedAndTheSegmentNamed) {
  make();
  keep_label();
  box.protect(box.source());
  const Answer answer = recover(major, {"postgresql"});
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.wal_missing"));
  EXPECT_THAT(answer.told(), HasSubstr(label_.substr(label_.find("(file ") + 6, 24)));
}

TEST_F(LabelDeletion, AClusterWhoseLabelWasDeletedIsNamedByVerification) {
  make();
  add_log();
  box.protect(box.source());
  const Answer answer = recover(major, {"postgresql", "--verify", "full"});
  EXPECT_NE(answer.exit, 0) << answer.told();
  EXPECT_THAT(ids(answer), ::testing::AnyOf(Contains("verify.failed"), Contains("postgresql.torn_copy")))
      << answer.told();
}

TEST_F(LabelDeletion, AResetLogIsNamedByScanAndVerification) {
  make();
  add_log();
  const std::string data = box.path("source/backup");
  const Outcome reset =
      Sandbox::run({std::string("/usr/lib/postgresql/15/bin/pg_resetwal"), "-f", data}, "/", "postgres");
  ASSERT_EQ(reset.exit, 0) << reset.err;
  box.protect(box.source());
  const Outcome scanned = box.recover({"scan", box.source()});
  EXPECT_THAT(scanned.out, HasSubstr("Its log was begun anew at ")) << scanned.out;
  const Answer answer = recover(major, {"postgresql", "--verify", "full"});
  EXPECT_NE(answer.exit, 0) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("begun anew"));
}

TEST_F(LabelDeletion, AManifestTellsThatTheLabelIsGone) {
  begin(major);
  backup();
  server_->stop();
  ASSERT_TRUE(fs::remove(box.path("source/backup/backup_label")));
  box.protect(box.source());
  const Answer answer = recover(major, {"postgresql"});
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.backup_label_removed"));
}

}  // namespace
}  // namespace recover::test
