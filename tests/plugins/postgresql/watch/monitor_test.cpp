// The monitor beside real sessions of a real server: one that holds a lock, one of "ours" that waits for it.
#include "postgresql/watch/monitor.hpp"

#include "core/sys/host.hpp"
#include "postgresql/watch/activity.hpp"
#include "tests/support/postgresql.hpp"
#include "tests/support/witness.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

namespace recover::postgresql::watch {
namespace {

using test::Cluster;
using test::Sandbox;
using test::Witness;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr auto ours = "recover/01TEST/pg-1";

class MonitorTest : public ::testing::Test {
 protected:
  MonitorTest() : cluster(box, 15) {
    cluster.start({"max_prepared_transactions=5"});
    static_cast<void>(cluster.sql("CREATE DATABASE app"));
    static_cast<void>(cluster.sql("CREATE TABLE orders (id int)", "app"));
  }

  [[nodiscard]] Endpoint endpoint(const std::string& application) const {
    Endpoint endpoint{cluster.sockets(), "postgres", "postgres", 15};
    endpoint.application = application;
    return endpoint;
  }
  [[nodiscard]] Connection connect(const std::string& application) const {
    auto connection = Connection::open(endpoint(application), "app", {}, Purpose::loading);
    if (!connection) throw std::runtime_error(connection.error().cause);
    return std::move(*connection);
  }
  [[nodiscard]] Connection holder() const {
    Connection holding = connect("till 7");
    EXPECT_TRUE(holding.execute("BEGIN; LOCK TABLE orders", {}));
    return holding;
  }
  MonitorOptions options(std::int64_t timeout, LockAction action) {
    MonitorOptions options;
    options.endpoint = endpoint(ours);
    options.limits = {timeout, action};
    return options;
  }

  Sandbox box;
  Cluster cluster;
  Witness witness;
  std::unique_ptr<Host> host = sys::make_host(witness);
  StepContext context{*host, witness, {}, "/nowhere"};
};

TEST_F(MonitorTest, TellsOfAWaitAndOfItsEnd) {
  Connection holding = holder();
  Connection waiting = connect(ours);
  const Monitor monitor(options(60, LockAction::fail), context);
  std::jthread work([&] { EXPECT_TRUE(waiting.execute("ALTER TABLE orders ADD COLUMN day date", {})); });
  EXPECT_THAT(witness.await("waiting"), AllOf(HasSubstr("Waiting for exclusive lock ("), HasSubstr("till 7"),
                                              HasSubstr("user postgres"), HasSubstr("idle in transaction"),
                                              HasSubstr("BEGIN; LOCK TABLE orders")));
  EXPECT_THAT(witness.await("log", "Waiting for"), HasSubstr("till 7"));
  EXPECT_TRUE(holding.execute("COMMIT", {}));
  EXPECT_THAT(witness.await("acquired"), HasSubstr("Exclusive lock acquired after"));
  EXPECT_FALSE(monitor.failure());
  EXPECT_FALSE(monitor.token().is_cancelled());
  EXPECT_THAT(monitor.warnings(), SizeIs(0));
}

TEST_F(MonitorTest, EndsTheWorkAfterTheTimeoutAndNamesTheBlocker) {
  const Connection holding = holder();
  Connection waiting = connect(ours);
  const Monitor monitor(options(2, LockAction::fail), context);
  const auto done = waiting.execute("DROP TABLE orders", monitor.token());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().id, "run.cancelled");
  const auto failure = monitor.failure();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->id, "postgresql.lock_timeout");
  EXPECT_THAT(failure->what, AllOf(HasSubstr("app"), HasSubstr("DROP TABLE orders")));
  EXPECT_THAT(failure->cause, AllOf(HasSubstr("till 7"), HasSubstr("LOCK TABLE orders")));
}

TEST_F(MonitorTest, TerminatesTheBlockerWhereThatWasAskedFor) {
  Connection holding = holder();
  Connection waiting = connect(ours);
  const Monitor monitor(options(2, LockAction::terminate), context);
  EXPECT_TRUE(waiting.execute("DROP TABLE orders", monitor.token()));
  EXPECT_FALSE(holding.query("SELECT 1", {})) << "its session still lives";
  ASSERT_THAT(monitor.warnings(), SizeIs(1));
  EXPECT_THAT(monitor.warnings()[0], AllOf(HasSubstr("ended a session"), HasSubstr("till 7")));
  EXPECT_FALSE(monitor.failure());
}

TEST_F(MonitorTest, APreparedTransactionIsNamed) {
  Connection preparing = connect("till 7");
  EXPECT_TRUE(preparing.execute("BEGIN; LOCK TABLE orders; PREPARE TRANSACTION 'left behind'", {}));
  Connection waiting = connect(ours);
  const Monitor monitor(options(2, LockAction::terminate), context);
  EXPECT_FALSE(waiting.execute("DROP TABLE orders", monitor.token()));
  ASSERT_TRUE(monitor.failure());
  EXPECT_THAT(monitor.failure()->cause, HasSubstr("prepared transaction: left behind"));
}

TEST_F(MonitorTest, SessionsOfOursThatWaitForEachOtherAreLeftAlone) {
  Connection first = connect(ours);
  EXPECT_TRUE(first.execute("BEGIN; LOCK TABLE orders", {}));
  Connection second = connect(ours);
  const Monitor monitor(options(1, LockAction::fail), context);
  std::jthread work([&] { EXPECT_TRUE(second.execute("ALTER TABLE orders ADD COLUMN day date", {})); });
  // A stranger's wait for us is none of ours either; once he was seen waiting, several looks have passed.
  std::jthread stranger([&] {
    Connection other = connect("till 7");
    EXPECT_TRUE(other.execute("SET lock_timeout = '4s'", {}));
    EXPECT_FALSE(other.query("SELECT * FROM orders", {}));
    EXPECT_TRUE(first.execute("COMMIT", {}));
  });
  work.join();
  EXPECT_FALSE(monitor.failure());
}

TEST_F(MonitorTest, TellsHowFarAnIndexIs) {
  Connection building = connect(ours);
  EXPECT_TRUE(
      building.execute("SET maintenance_work_mem = '1MB'; SET max_parallel_maintenance_workers = 0; "
                       "INSERT INTO orders SELECT (random() * 1e9)::int FROM generate_series(1, 3000000)",
                       {}));
  const Monitor monitor(options(60, LockAction::fail), context);
  std::jthread work([&] { EXPECT_TRUE(building.execute("CREATE INDEX orders_id ON orders (id)", {})); });
  EXPECT_THAT(witness.await("detail", "orders_id"),
              AllOf(HasSubstr("building index orders_id: "), HasSubstr("%")));
}

TEST_F(MonitorTest, TellsHowManyRowsACopyHas) {
  Connection copying = connect(ours);
  const Monitor monitor(options(60, LockAction::fail), context);
  EXPECT_TRUE(copying.begin_copy("COPY public.orders FROM stdin", {}));
  for (int row = 0; row < 100'000; ++row) EXPECT_TRUE(copying.put(std::to_string(row) + "\n", {}));
  EXPECT_THAT(witness.await("detail", "public.orders"), HasSubstr("copying public.orders: "));
  EXPECT_TRUE(copying.end_copy({}));
}

TEST_F(MonitorTest, AServerThatIsGoneFailsNothing) {
  const Monitor monitor(options(1, LockAction::fail), context);
  cluster.kill();
  EXPECT_THAT(witness.await("log"), HasSubstr("cannot be watched"));
  EXPECT_FALSE(monitor.failure());
  EXPECT_FALSE(monitor.token().is_cancelled());
}

}  // namespace
}  // namespace recover::postgresql::watch
