// Data directories of another version than the server that is there: their own version opens a copy, and a
// dump of the result is the dump of the original.
#include "tests/support/dumping.hpp"

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

struct Way {
  int from;
  int to;
};

class OlderClusters : public Dumping {
 protected:
  /// A server with every kind of object that its version has.
  void make(int major) {
    original_ = std::make_unique<Cluster>(box, major, "source/main");
    original_->start();
    run_fixture("any-version", *original_, "postgres");
    if (major < 12) return;
    run_fixture("every-role", *original_, "postgres");
    run_fixture("every-object", *original_, "everything");
  }
  Answer convert(int from, int to, std::vector<std::string> words = {}) {
    words.insert(words.end(), {"--container-based", "--runtime", "local", "--old-bindir",
                               server_programs(from), "--verify", "full"});
    return recover_into(client_programs(to), words);
  }
  /// What the new server has is what the old one has; the old one is started again for that.
  void expect_everything(const Answer& answer, const Way& way) {
    original_->start();
    const DumpedServer before{original_->sockets(), way.to};
    const DumpedServer after{sockets_of(answer.connect()), way.to};
    std::vector<std::string> databases{"postgres"};
    if (way.from >= 12) databases.emplace_back("everything");
    for (const std::string& database : databases)
      expect_equal(dump_of(before, database, {"-C"}), dump_of(after, database, {"-C"}), box);
    expect_equal(globals_of(before), globals_of(after), box);
  }

  std::unique_ptr<Cluster> original_;
};

class OlderClustersOf : public OlderClusters, public ::testing::WithParamInterface<Way> {};

TEST_P(OlderClustersOf, KilledComeBackInANewerServer) {
  const Way way = GetParam();
  make(way.from);
  original_->kill();
  const std::string digest = tree_digest(box.source());
  const Answer answer = convert(way.from, way.to);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  EXPECT_THAT(sql_through(answer.connect(), "SHOW server_version"), HasSubstr(std::to_string(way.to)));
  expect_everything(answer, way);
}

INSTANTIATE_TEST_SUITE_P(Majors, OlderClustersOf,
                         ::testing::Values(Way{10, 18}, Way{13, 15}, Way{15, 17}, Way{16, 18}),
                         [](const ::testing::TestParamInfo<Way>& way) {
                           return "Of" + std::to_string(way.param.from) + "Into" +
                                  std::to_string(way.param.to);
                         });

TEST_F(OlderClusters, AreConvertedWhereTheirServerIsOnlyNamedAsTheOldOne) {
  make(13);
  original_->stop();
  // Nothing is said of the strategy: the server that is there is a newer one, so files cannot be copied.
  const Answer answer = recover_into(client_programs(15), {"--old-bindir", server_programs(13)});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.database()["strategy"], "container") << answer.told();
  expect_everything(answer, {13, 15});
}

TEST_F(OlderClusters, AServerThatIsMissingIsNamed) {
  make(13);
  original_->stop();
  const Answer answer = recover_into(client_programs(15), {"--container-based", "--runtime", "local"});
  EXPECT_EQ(answer.exit, 7) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.server_not_installed")) << answer.told();
}

}  // namespace
}  // namespace recover::test
