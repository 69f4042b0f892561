// What a load needs from its server beyond room for rows: locks for a dump with large transactions of its
// own.
#include "tests/support/recovering.hpp"

#include <sstream>

namespace recover::test {
namespace {

constexpr int major = 15;

TEST_F(Recovering, OneTransactionOfTwentyThousandTablesHasLocksEnough) {
  constexpr int tables = 20'000;
  std::ostringstream dump;
  dump << "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n"
       << "-- Dumped by pg_dump version 15.4\n\nBEGIN;\n";
  for (int number = 1; number <= tables; ++number)
    dump << "CREATE TABLE public.t" << number << " (id integer);\n";
  dump << "COMMIT;\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
  box.write("source/many.sql", dump.str());
  const Answer answer = recover(major);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(
      sql_through(answer.connect(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "many"),
      "20000\n");
}

}  // namespace
}  // namespace recover::test
