// The end of the log as the walker sees it against pg_waldump's, and what is said of missing segments.
#include "postgresql/wal.hpp"

#include "core/scan/scanner.hpp"
#include "postgresql/control_file.hpp"
#include "tests/plugins/postgresql/clusters.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql {
namespace {

WalWalk walk_cluster(const std::string& major, const std::string& which) {
  const auto tree = scan::open_tree(test::cluster(major));
  const ControlFile control =
      parse_control_file(test::file_content(test::cluster(major) + "/" + which + "/global/pg_control"));
  WalFiles files(control.wal_segment_size);
  files.add_directory(**tree, which + "/pg_wal", true);
  return walk_wal(**tree, files, {*control.version, control.system_identifier, control.wal_block_size},
                  {control.redo, control.timeline, 0, std::nullopt});
}

class WalOf : public testing::TestWithParam<std::string> {};

TEST_P(WalOf, IsReadToItsEnd) {
  const WalWalk walk = walk_cluster(GetParam(), "crashed");
  EXPECT_GT(walk.records, 5000U) << "5000 rows were inserted after the checkpoint; " << walk.stopped_because;
  const WalWalk clean = walk_cluster(GetParam(), "clean");
  EXPECT_EQ(clean.records, 1U) << "a shut-down cluster's log ends with its checkpoint";
}

INSTANTIATE_TEST_SUITE_P(Majors, WalOf, testing::ValuesIn(test::majors));

TEST(Wal, EndsWherePgWaldumpSees) {
  const std::string root = test::cluster("15") + "/crashed";
  const ControlFile control = parse_control_file(test::file_content(root + "/global/pg_control"));
  const auto shown = recover::test::Sandbox::run(
      {"/usr/lib/postgresql/15/bin/pg_waldump", "-p", root + "/pg_wal", "-s", to_text(control.redo)}, "/",
      "postgres");
  // "invalid record length at 0/2345678: wanted 24, got 0"
  const std::size_t at = shown.err.rfind(" at 0/");
  ASSERT_NE(at, std::string::npos) << shown.err << " (package postgresql-15)";
  const std::string end = shown.err.substr(at + 4, shown.err.find_first_of(":\n", at) - at - 4);
  EXPECT_EQ(to_text(walk_cluster("15", "crashed").end), end);
  const auto lines = static_cast<std::uint64_t>(std::count(shown.out.begin(), shown.out.end(), '\n'));
  EXPECT_EQ(walk_cluster("15", "crashed").records, lines);
}

TEST(Wal, AMissingSegmentIsToldFromTheEnd) {
  const auto tree = scan::open_tree(test::cluster("15"));
  const ControlFile control =
      parse_control_file(test::file_content(test::cluster("15") + "/crashed/global/pg_control"));
  const WalFiles none(control.wal_segment_size);
  const WalWalk walk = walk_wal(**tree, none, {*control.version, control.system_identifier, 8192},
                                {control.redo, control.timeline, 0, std::nullopt});
  EXPECT_TRUE(walk.segment_missing);
  EXPECT_EQ(walk.records, 0U);
}

TEST(Wal, AnotherClustersLogIsNotRead) {
  const auto tree = scan::open_tree(test::cluster("15"));
  const ControlFile control =
      parse_control_file(test::file_content(test::cluster("15") + "/crashed/global/pg_control"));
  WalFiles files(control.wal_segment_size);
  files.add_directory(**tree, "crashed/pg_wal", true);
  // The walk must begin on a segment's first page to see whose it is.
  const Lsn first{control.redo.value / control.wal_segment_size * control.wal_segment_size};
  const WalWalk walk = walk_wal(**tree, files, {*control.version, control.system_identifier + 1, 8192},
                                {first, control.timeline, 0, std::nullopt});
  EXPECT_EQ(walk.stopped_because, "a segment of another cluster");
}

}  // namespace
}  // namespace recover::postgresql
