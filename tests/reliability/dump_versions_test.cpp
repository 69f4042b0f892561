// Dumps of servers of every major version from 10 on, recovered into the version that is installed or a newer
// one, give the server that psql makes of the same dump.
#include "tests/support/dumping.hpp"

#include <filesystem>

namespace recover::test {
namespace {

namespace fs = std::filesystem;

struct Way {
  int from;     ///< major version of the server that is dumped
  int clients;  ///< of pg_dump: "made by 10" is made from a server 10 by the oldest client that is there
  int to;       ///< of the server that takes it
};

class DumpVersions : public Dumping, public ::testing::WithParamInterface<Way> {
 protected:
  void SetUp() override {
    const Way& way = GetParam();
    original_ = std::make_unique<Cluster>(box, way.from, "original");
    original_->start();
    run_fixture("any-version", *original_, "postgres");
    if (way.from >= 12) {
      run_fixture("every-role", *original_, "postgres");
      run_fixture("every-object", *original_, "everything");
    }
    dump_to("all.sql", "pg_dumpall", {}, {original_->sockets(), way.clients});
  }
  Answer recover_it() { return recover_into(client_programs(GetParam().to), {"--verify", "full"}); }
  [[nodiscard]] std::vector<std::string> databases() const {
    return GetParam().from >= 12 ? std::vector<std::string>{"postgres", "everything"}
                                 : std::vector<std::string>{"postgres"};
  }

  std::unique_ptr<Cluster> original_;
};

TEST_P(DumpVersions, GiveWhatPsqlMakesOfThem) {
  const Way& way = GetParam();
  Cluster reference(box, way.to, "reference");
  reference.start();
  // The role that made the cluster is there already: psql goes on over that.
  run_client({client_programs(way.to) + "/psql", "-Xq", "-h", reference.sockets(), "-U", "postgres", "-d",
              "postgres", "-f", box.source() + "/all.sql"});
  const DumpedServer by_psql{reference.sockets(), way.to};
  const Answer answer = recover_it();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  expect_every_kind_compared(answer);
  const DumpedServer ours{sockets_of(answer.connect()), way.to};
  for (const std::string& database : databases())
    expect_equal(dump_of(by_psql, database, {"-C"}), dump_of(ours, database, {"-C"}), box);
  expect_equal(globals_of(by_psql), globals_of(ours), box);
  if (way.from != way.to) return;
  const DumpedServer before{original_->sockets(), way.to};
  for (const std::string& database : databases())
    expect_equal(dump_of(before, database, {"-C"}), dump_of(ours, database, {"-C"}), box);
  expect_equal(globals_of(before), globals_of(ours), box);
}

TEST_P(DumpVersions, AsArchivesGiveTheSameFloats) {
  const Way& way = GetParam();
  fs::remove_all(box.source());
  dump_to("postgres.dump", "pg_dump", {"-Fc", "postgres"}, {original_->sockets(), way.clients});
  const Answer answer = recover_it();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  expect_every_kind_compared(answer);
  const std::string sum =
      "SELECT count(*), sum(hashfloat8(d)::bigint), sum(hashfloat4(r)::bigint), "
      "sum(hashfloat8(ds[2])::bigint) "
      "FROM old.floats";
  EXPECT_EQ(sql_through(answer.connect(), sum), original_->sql(sum));
}

INSTANTIATE_TEST_SUITE_P(Majors, DumpVersions,
                         ::testing::Values(Way{10, 15, 15}, Way{13, 13, 15}, Way{15, 15, 15}, Way{16, 17, 17},
                                           Way{17, 17, 17}, Way{18, 18, 18}, Way{10, 18, 18}),
                         [](const ::testing::TestParamInfo<Way>& way) {
                           return "Of" + std::to_string(way.param.from) + "By" +
                                  std::to_string(way.param.clients) + "Into" + std::to_string(way.param.to);
                         });

}  // namespace
}  // namespace recover::test
