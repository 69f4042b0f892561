// The journal on a real file: order, torn ends, damage, and what it says about a step.
#include "core/run/journal.hpp"

#include "core/sys/host.hpp"
#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace recover::run {
namespace {

class FixedClock : public Clock {
 public:
  std::int64_t now() override { return 1800000000; }
  double elapsed() override { return 0; }
  void sleep(std::chrono::milliseconds, const CancellationToken&) override {}
};

class JournalFile : public ::testing::Test {
 protected:
  std::string path() const { return world.path("journal.jsonl"); }
  std::string content() const {
    std::ifstream in(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void three_records() {
    auto journal = Journal::open(path(), clock);
    ASSERT_TRUE(journal);
    ASSERT_TRUE(journal->write(Event::begins, "pg-1", "copy"));
    ASSERT_TRUE(journal->write(Event::done, "pg-1", "copy"));
    ASSERT_TRUE(journal->write(Event::begins, "pg-1", "activate"));
  }

  test::Sandbox world;
  FixedClock clock;
};

TEST_F(JournalFile, SaysWhereEachStepStands) {
  three_records();
  auto read = read_journal(path());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->records.size(), 3U);
  EXPECT_EQ(read->state_of("pg-1", "copy"), StepState::done);
  EXPECT_EQ(read->state_of("pg-1", "activate"), StepState::begun);
  EXPECT_EQ(read->state_of("pg-2", "copy"), StepState::untouched);
  auto journal = Journal::open(path(), clock);
  ASSERT_TRUE(journal);
  ASSERT_TRUE(journal->write(Event::undone, "pg-1", "copy"));
  ASSERT_TRUE(journal->write(Event::committed, "pg-1"));
  EXPECT_EQ(journal->content().state_of("pg-1", "copy"), StepState::undone);
  EXPECT_TRUE(read_journal(path())->has(Event::committed, "pg-1"));
  EXPECT_EQ(read_journal(path())->records.back().sequence, 5U);
  EXPECT_EQ(read_journal(path())->records.back().time, "2027-01-15T08:00:00Z");
}

TEST_F(JournalFile, ATornLastLineIsLeftOutAndOverwritten) {
  three_records();
  const std::string whole = content();
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t cut = last; cut < whole.size(); ++cut) {
    std::ofstream(path(), std::ios::trunc | std::ios::binary) << whole.substr(0, cut);
    auto read = read_journal(path());
    ASSERT_TRUE(read) << cut;
    EXPECT_EQ(read->records.size(), 2U) << cut;
    auto journal = Journal::open(path(), clock);
    ASSERT_TRUE(journal);
    ASSERT_TRUE(journal->write(Event::done, "pg-1", "activate"));
    EXPECT_EQ(read_journal(path())->records.size(), 3U) << cut;
  }
}

TEST_F(JournalFile, AnyOtherDamageNamesTheLastGoodLine) {
  three_records();
  std::string damaged = content();
  damaged[damaged.find('\n') + 5] = '#';
  std::ofstream(path(), std::ios::trunc | std::ios::binary) << damaged;
  auto read = read_journal(path());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().id, "run.journal_damaged");
  EXPECT_EQ(number_fact(read.error().facts, "line"), 1);
  // A line that is missing in the middle is damage too.
  std::filesystem::remove(path());
  three_records();
  std::string cut = content();
  cut.erase(0, cut.find('\n') + 1);
  std::ofstream(path(), std::ios::trunc | std::ios::binary) << cut;
  EXPECT_FALSE(read_journal(path()));
}

TEST_F(JournalFile, AMissingFileIsAnEmptyJournal) {
  auto read = read_journal(path());
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->records.empty());
}

}  // namespace
}  // namespace recover::run
