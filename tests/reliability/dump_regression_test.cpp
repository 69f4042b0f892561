// The database of PostgreSQL's own regression tests: what psql and pg_restore make of its dumps, recover
// makes as well, letter by letter.
#include "tests/support/dumping.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace recover::test {
namespace {

namespace fs = std::filesystem;

std::string sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  std::string sorted;
  for (const std::string& line : lines) sorted += line + "\n";
  return sorted;
}

class Regression : public Dumping, public ::testing::WithParamInterface<std::string> {};

TEST_P(Regression, ComesBackAsPsqlMakesIt) {
  const std::string dumps = fixture("postgresql-regression");
  Cluster reference(box, 15, "reference");
  reference.start();
  const DumpedServer by_psql{reference.sockets()};
  run_by_psql(dumps + "/globals.sql", by_psql, "postgres");
  run_by_psql(dumps + "/regression.sql", by_psql, "postgres");
  fs::create_directories(box.source());
  copy_tree(dumps + "/" + GetParam(), box.source());
  box.protect(box.source());
  const Answer answer = recover_into(client_programs(15),
                                     {"--verify", "full", "--allow-language-c"});  // the tests' own library
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  expect_every_kind_compared(answer);
  // Rows of tables whose pages are filled to a tenth only lie in another order when a load freezes them.
  // Not compared with the original: columns of its inherited tables were added in another order than a
  // dump's.
  const std::string ours = dump_of({sockets_of(answer.connect())}, "regression", {"-C"});
  EXPECT_GT(ours.size(), 10'000'000U);
  expect_equal(sorted_lines(dump_of(by_psql, "regression", {"-C"})), sorted_lines(ours), box);
}

INSTANTIATE_TEST_SUITE_P(Forms, Regression,
                         ::testing::Values("regression.sql", "regression.dump", "regression.dir"),
                         [](const ::testing::TestParamInfo<std::string>& form) {
                           return form.param.substr(form.param.find('.') + 1);
                         });

}  // namespace
}  // namespace recover::test
