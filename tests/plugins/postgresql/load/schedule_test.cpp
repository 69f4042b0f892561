// The order of a load: what touches the same things runs in the dump's order, the rest side by side.
#include "postgresql/load/schedule.hpp"
#include "recover/errors.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace recover::postgresql::load {
namespace {

Task touching(const std::string& sql, std::vector<std::string> exclusive,
              std::vector<std::string> shared = {}) {
  Task task;
  task.sql = sql;
  task.statement.footprint.exclusive = std::move(exclusive);
  task.statement.footprint.shared = std::move(shared);
  return task;
}

Task everything(const std::string& sql) {
  Task task;
  task.sql = sql;
  task.statement.footprint.everything = true;
  return task;
}

constexpr std::size_t plenty = 1 << 20;

TEST(LoadSchedule, WhatSharesNothingRunsAtOnce) {
  Schedule schedule(plenty);
  schedule.add(touching("a", {"a"}));
  schedule.add(touching("b", {"b"}));
  const Task* first = schedule.take(0);
  const Task* second = schedule.take(1);
  ASSERT_NE(first, nullptr);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(first->sql + second->sql, "ab");
}

TEST(LoadSchedule, IndexesOfOneTableWaitForItsRowsAndNotForEachOther) {
  Schedule schedule(plenty);
  schedule.add(touching("copy", {"t"}));
  schedule.add(touching("index1", {"i1"}, {"t"}));
  schedule.add(touching("index2", {"i2"}, {"t"}));
  schedule.add(touching("constraint", {"t", "c"}));
  const Task* copy = schedule.take(0);
  schedule.add(touching("other", {"u"}));
  EXPECT_EQ(schedule.take(1)->sql, "other") << "the indexes must wait for the rows";
  schedule.done(*copy);
  const Task* index1 = schedule.take(0);
  const Task* index2 = schedule.take(0);
  EXPECT_EQ(index1->sql, "index1");
  EXPECT_EQ(index2->sql, "index2");
  schedule.done(*index1);
  schedule.add(touching("last", {"v"}));
  EXPECT_EQ(schedule.take(0)->sql, "last") << "the constraint waits for both indexes";
  schedule.done(*index2);
  EXPECT_EQ(schedule.take(0)->sql, "constraint");
}

TEST(LoadSchedule, ABarrierWaitsForAllAndHoldsAllBack) {
  Schedule schedule(plenty);
  schedule.add(touching("a", {"a"}));
  schedule.add(everything("barrier"));
  schedule.add(touching("b", {"b"}));
  const Task* before = schedule.take(0);
  EXPECT_EQ(before->sql, "a");
  std::string order;
  std::jthread later([&] {
    const Task* barrier = schedule.take(1);
    order += barrier->sql;
    schedule.done(*barrier);
    order += schedule.take(1)->sql;
  });
  order += "a";
  schedule.done(*before);
  later.join();
  EXPECT_EQ(order, "abarrierb");
}

TEST(LoadSchedule, BarriersRunOneAfterTheOtherInTheDumpsOrder) {
  Schedule schedule(plenty);
  schedule.add(touching("a", {"a"}));
  const Task* before = schedule.take(0);
  for (const char* name : {"1", "2", "3"}) schedule.add(everything(name));
  schedule.add(touching("b", {"b"}, {"c"}));
  schedule.add(touching("c", {"c"}));
  schedule.close();
  schedule.done(*before);
  std::string order;
  while (const Task* task = schedule.take(0)) {
    order += task->sql;
    schedule.done(*task);
  }
  EXPECT_EQ(order, "123bc");
  EXPECT_TRUE(schedule.wait_until_idle());
}

/// What a load is made of: the rows of two tables, and statements behind them.
class LoadOrder : public ::testing::Test {
 protected:
  void rows(const std::string& table, std::size_t bytes) {
    Task copy = about(table, "copy " + table, dump::StatementKind::copy);
    copy.statement.footprint.exclusive = {table};
    copy.rows = std::make_shared<RowQueue>(budget);
    ASSERT_TRUE(copy.rows->push(std::string(bytes, 'x')));
    copy.rows->end();
    schedule.add(copy);
  }
  void index(const std::string& table, const std::string& sql) {
    Task task = about(table, sql, dump::StatementKind::create_index);
    task.statement.footprint.exclusive = {sql};
    task.statement.footprint.shared = {table};
    schedule.add(task);
  }
  void key(const std::string& table, const std::string& sql, dump::StatementKind kind,
           std::vector<std::string> alone) {
    Task task = about(table, sql, kind);
    task.statement.footprint.exclusive = std::move(alone);
    schedule.add(task);
  }
  std::string order() {
    schedule.close();
    std::string order;
    while (const Task* task = schedule.take(0)) {
      order += task->sql + "; ";
      schedule.done(*task);
    }
    return order;
  }

  RowBudget budget{plenty};
  Schedule schedule{plenty};

 private:
  static Task about(const std::string& table, const std::string& sql, dump::StatementKind kind) {
    Task task;
    task.sql = sql;
    task.session.database = "shop";
    task.statement.kind = kind;
    task.statement.object = table;
    return task;
  }
};

TEST_F(LoadOrder, WhatIsLongBeginsFirst) {
  rows("small", 10);
  rows("large", 1000);
  index("small", "index of small");
  index("large", "index of large");
  EXPECT_EQ(order(), "copy large; index of large; copy small; index of small; ");
}

TEST_F(LoadOrder, WhatOthersWaitForCountsTheirWorkToo) {
  rows("customers", 300);
  rows("orders", 1000);
  for (int i = 0; i < 2; ++i) schedule.done(*schedule.take(0));
  key("customers", "key", dump::StatementKind::add_constraint, {"customers"});
  index("orders", "index");
  index("customers", "CREATE INDEX i ON customers USING gin (doc)");
  key("orders", "reference", dump::StatementKind::add_foreign_key, {"orders", "customers"});
  EXPECT_EQ(order(), "key; CREATE INDEX i ON customers USING gin (doc); index; reference; ");
}

TEST(LoadSchedule, APinnedTaskIsForTheFirstWorkerAlone) {
  Schedule schedule(plenty);
  Task pinned = touching("pinned", {});
  pinned.pinned = true;
  schedule.add(pinned);
  std::jthread first([&] {
    const Task* task = schedule.take(0);
    EXPECT_EQ(task->sql, "pinned");
    schedule.done(*task);
    schedule.close();
  });
  EXPECT_EQ(schedule.take(1), nullptr);
}

TEST(LoadSchedule, AFailureEndsEverythingAndIsTold) {
  Schedule schedule(plenty);
  RowBudget budget(10);
  Task copy = touching("copy", {"t"});
  copy.rows = std::make_shared<RowQueue>(budget);
  schedule.add(copy);
  ASSERT_TRUE(copy.rows->push("0123456789"));
  std::jthread failing([&] { schedule.fail(make_error(errors::run_cancelled, "test")); });
  EXPECT_FALSE(copy.rows->push("who waits for memory is woken"));
  failing.join();
  EXPECT_EQ(schedule.take(0), nullptr);
  EXPECT_FALSE(schedule.add(touching("late", {})));
  EXPECT_EQ(schedule.wait_until_idle().error().id, "run.cancelled");
}

TEST(LoadSchedule, CountsTablesAndThenWhatIsBehindThem) {
  Schedule schedule(plenty);
  RowBudget budget(10);
  for (const char* name : {"a", "b"}) {
    Task copy = touching(std::string("copy ") + name, {name});
    copy.rows = std::make_shared<RowQueue>(budget);
    schedule.add(copy);
  }
  schedule.add(touching("index", {"a"}));
  schedule.done(*schedule.take(0));
  const auto standing = [&] {
    const Standing now = schedule.standing();
    return std::to_string(now.done) + "/" + std::to_string(now.total) + " " + now.things;
  };
  EXPECT_EQ(standing(), "1/0 tables") << "more may come";
  schedule.close();
  EXPECT_EQ(standing(), "1/2 tables");
  schedule.done(*schedule.take(0));
  EXPECT_EQ(standing(), "1/2 statements behind the rows");
  schedule.done(*schedule.take(0));
  EXPECT_EQ(standing(), "2/2 statements behind the rows");
}

TEST(LoadSchedule, TheReaderWaitsWhenTooMuchIsWaiting) {
  Schedule schedule(10);
  schedule.add(touching("0123456789", {"a"}));
  std::atomic<bool> added{false};
  std::jthread reader([&] {
    schedule.add(touching("x", {"b"}));
    added = true;
  });
  const Task* first = schedule.take(0);
  EXPECT_FALSE(added);
  schedule.done(*first);
  reader.join();
  EXPECT_TRUE(added);
}

TEST(RowQueue, RowsComeOutInOrderAndTheEndIsKnown) {
  RowBudget budget(100);
  RowQueue queue(budget);
  queue.push("a\n");
  queue.push("b\n");
  queue.end();
  EXPECT_EQ(queue.pop(), "a\n");
  EXPECT_EQ(queue.pop(), "b\n");
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_TRUE(queue.ended());
}

TEST(RowQueue, AHalfOneThatIsGivenUpIsNotAnEnd) {
  RowBudget budget(100);
  RowQueue queue(budget);
  queue.push("a\n");
  queue.give_up();
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_FALSE(queue.ended());
}

TEST(RowQueue, OneChunkLargerThanTheBudgetGoesThroughAlone) {
  RowBudget budget(4);
  RowQueue queue(budget);
  EXPECT_TRUE(queue.push("much too long\n"));
  EXPECT_EQ(queue.pop(), "much too long\n");
}

}  // namespace
}  // namespace recover::postgresql::load
