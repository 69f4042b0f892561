// One base backup and the log since then, brought to every kind of point; and what cannot be reached is
// refused with the interval that there is.
#include "tests/support/logged_server.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class PointInTime : public LoggedServer {
 protected:
  /// Backup, rows 1 to 3 with the moments behind them, the log in the archive.
  void make(int major, const std::vector<std::string>& backup_words = {"-Fp", "-X", "stream"}) {
    begin(major);
    backup(backup_words);
    times.push_back(mark(1));
    tell("SELECT pg_create_restore_point('before the mistake')");
    tell("SELECT pg_switch_wal()");
    transaction = asked("INSERT INTO marks VALUES (2) RETURNING xmin");
    behind_two = position();
    times.push_back(mark(3));
    archive();
  }
  void expect_marks(const std::vector<std::string>& words, const std::string& expected) {
    const Answer answer = recover_to(words);
    ASSERT_EQ(answer.exit, 0) << answer.told();
    EXPECT_EQ(marks(answer), expected);
    EXPECT_EQ(answer.check("point_in_time")["verdict"], "passed") << answer.told();
  }
  /// The name of the segment that this position lies in, on timeline 1.
  static std::string segment_of(const std::string& position) {
    const std::uint64_t offset = std::stoull(position.substr(position.find('/') + 1), nullptr, 16);
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "0000000100000000%08lX",
                  static_cast<unsigned long>(offset >> 20U));
    return name.data();
  }
  void expect_refusal(const std::vector<std::string>& words, const std::string& id) {
    const Answer answer = recover_to(words);
    EXPECT_EQ(answer.exit, 6) << answer.told();
    EXPECT_THAT(ids(answer), Contains(id)) << answer.told();
    EXPECT_THAT(answer.told(), HasSubstr("timeline 1 reaches from"));
  }

  std::vector<std::string> times;  ///< behind row 1, behind row 3
  std::string transaction;         ///< that made row 2
  std::string behind_two;          ///< position behind row 2
};

TEST_F(PointInTime, EveryKindOfPointIsReachedAndProven) {
  make(15);
  box.protect(box.source());
  expect_marks({"--to-time", times[0]}, "1");
  expect_marks({"--to-name", "before the mistake"}, "1");
  expect_marks({"--to-xid", transaction}, "1,2");
  expect_marks({"--to-xid", transaction, "--to-exclusive"}, "1");
  expect_marks({"--to-lsn", behind_two}, "1,2");
  expect_marks({"--to-lsn", behind_two, "--to-exclusive"}, "1,2");
  const Answer answer = recover_to({"--immediate"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(marks(answer), "");
}

TEST_F(PointInTime, AnOldServerIsToldInItsOwnFile) {
  make(11);
  expect_marks({"--to-time", times[0]}, "1");
}

TEST_F(PointInTime, TheDryRunShowsThePointAndChangesNothing) {
  make(15);
  const Outcome shown = box.recover({box.source(), "--dry-run", "--to-time", times[0], "--bindir",
                                     server_programs(15), "--min-free", "100MB"});
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("stop its replay at " + times[0].substr(0, 19)));
}

TEST_F(PointInTime, WhatTheLogDoesNotReachIsRefusedWithTheInterval) {
  make(15);
  expect_refusal({"--to-time", "2999-01-01 00:00:00Z"}, "postgresql.point_not_reachable");
  expect_refusal({"--to-name", "nobody made it"}, "postgresql.point_not_reachable");
  expect_refusal({"--to-lsn", "F/0"}, "postgresql.point_not_reachable");
  const Answer early = recover_to({"--to-lsn", "0/1"});
  EXPECT_EQ(early.exit, 6) << early.told();
  EXPECT_THAT(ids(early), Contains("postgresql.point_too_early"));
  const Answer unknown = recover_to({"--to-timeline", "7"});
  EXPECT_EQ(unknown.exit, 6) << unknown.told();
  EXPECT_THAT(ids(unknown), Contains("postgresql.timeline_unknown"));
  EXPECT_EQ(recover_to({"--to-time", "yesterday"}).exit, 64);
  EXPECT_EQ(recover_to({"--to-xid", "5", "--immediate"}).exit, 64) << "two points";
}

TEST_F(PointInTime, ACrashedClusterCannotGoBack) {
  begin(15);
  mark(1);
  std::filesystem::create_directories(box.source());
  server_->kill();
  copy_tree(server_->data(), box.path("source/dead"));
  const Answer answer = recover_to({"postgresql", "--immediate"});
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.point_needs_backup"));
}

TEST_F(PointInTime, ATarBackupAndALogInPiecesOfEveryForm) {
  make(15, {"-Ft", "-z", "-X", "stream"});
  const std::vector<std::string> names = segments();
  ASSERT_GE(names.size(), 3U);
  const std::vector<std::vector<std::string>> compressors{
      {"gzip"}, {"xz"}, {"bzip2"}, {"zstd", "-q", "--rm"}, {"lz4", "-q", "--rm"}};
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    auto command = compressors[i % compressors.size()];
    command.push_back(archived(names[i]));
    const Outcome done = Sandbox::run(command);
    ASSERT_EQ(done.exit, 0) << command.front() << ": " << done.err << " (packages xz-utils, zstd, lz4)";
  }
  std::filesystem::rename(archived(names.back()), archived(names.back() + ".partial"));
  expect_marks({"--to-time", times[0]}, "1");
  expect_marks({"--to-timeline", "current"}, "1,2,3");
}

TEST_F(PointInTime, OfTwoBackupsTheOneBeforeTheMomentIsTaken) {
  begin(15);
  const std::vector<std::string> tar{"-Ft", "-z", "-X", "stream"};
  backup(tar);
  const std::string between = mark(1);
  mark(2);
  server_->base_backup(box.path("source/later"), tar);
  const std::string last = mark(3);
  mark(4);
  archive();
  box.protect(box.source());
  for (const auto& [moment, expected] : {std::pair(between, "1"), std::pair(last, "1,2,3")}) {
    const Answer answer = recover_to({"--to-time", moment});
    ASSERT_EQ(answer.exit, 0) << answer.told();
    EXPECT_EQ(marks(answer), expected);
  }
}

TEST_F(PointInTime, ABackupOfAnotherVersionGoesToThePointBeforeItIsDumped) {
  make(13);
  const Answer answer =
      recover_into(server_programs(15), {"--container-based", "--runtime", "local", "--old-bindir",
                                         server_programs(13), "--to-time", times[0]});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(marks(answer), "1");
  EXPECT_THAT(answer.told(), HasSubstr("point in time: asked for " + times[0].substr(0, 19)));
}

TEST_F(PointInTime, AHoleInTheLogEndsTheIntervalAndIsNamed) {
  make(15);
  const Outcome whole = box.recover({"scan", box.source()});
  EXPECT_THAT(whole.out, HasSubstr("Can be brought to any moment from "));
  EXPECT_THAT(whole.out, ::testing::Not(HasSubstr("is missing")));
  const std::string lost = segment_of(behind_two);
  ASSERT_TRUE(std::filesystem::remove(archived(lost))) << lost;
  const Outcome scanned = box.recover({"scan", box.source(), "--json"});
  EXPECT_THAT(scanned.out, HasSubstr("missing=" + lost)) << scanned.out;
  const Answer answer = recover_to({"--to-time", times[1]});
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("segment " + lost + " is missing"));
  expect_marks({"--to-name", "before the mistake"}, "1");
}

TEST_F(PointInTime, TimelinesAreFollowedOrNot) {
  make(15);
  // The server itself goes on as somebody who promoted it: timeline 2, with its history.
  Sandbox::run(
      {"install", "-o", "postgres", "-m", "0600", "/dev/null", server_->data() + "/recovery.signal"});
  server_->start({"wal_keep_size=512MB", "autovacuum=off", "restore_command=false"});
  const std::string later = mark(4);
  archive();
  ASSERT_TRUE(std::filesystem::exists(archived("00000002.history")));
  const Outcome scanned = box.recover({"scan", box.source()});
  EXPECT_THAT(scanned.out, HasSubstr("on timeline 1"));
  EXPECT_THAT(scanned.out, HasSubstr("on timeline 2"));
  expect_marks({"--to-timeline", "latest"}, "1,2,3,4");
  expect_marks({"--to-timeline", "current"}, "1,2,3");
  expect_marks({"--to-time", times[1]}, "1,2,3");
  const Answer answer = recover_to({"--to-name", "before the mistake", "--to-timeline", "1"});
  EXPECT_EQ(answer.exit, 0) << answer.told();
  const std::string timelines =
      sql_through(answer.connect(), "SELECT timeline_id FROM pg_control_checkpoint()");
  EXPECT_EQ(timelines, "3\n") << "timeline 2 is somebody else's";
}

}  // namespace
}  // namespace recover::test
