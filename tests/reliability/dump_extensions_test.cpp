// Databases whose types and tables come from an extension: PostGIS, whose spatial_ref_sys holds rows of its
// own beside those of the dump.
#include "tests/support/dumping.hpp"

#include <filesystem>

namespace recover::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* places =
    "CREATE EXTENSION postgis; CREATE SCHEMA maps;"
    "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) VALUES "
    "(910001, 'own', 1, 'LOCAL_CS[\"own\"]', '+proj=longlat');"
    "CREATE TABLE maps.places (id int PRIMARY KEY, at geometry(Point, 4326) NOT NULL, area "
    "geography(Polygon), "
    "line geometry(LineStringZ, 910001), box box2d, CHECK (ST_IsValid(at)));"
    "INSERT INTO maps.places SELECT i, ST_SetSRID(ST_MakePoint(i / 7.0, i / 9.0), 4326), "
    "ST_Buffer(ST_MakePoint(i / 7.0, 1)::geography, 100, 1), ST_GeomFromEWKT('SRID=910001;LINESTRING Z(0 0 ' "
    "|| i || "
    "', 1 1 1)'), ST_MakeEnvelope(0, 0, i / 3.0, 1)::box2d FROM generate_series(1, 500) i;"
    "CREATE INDEX ON maps.places USING gist (at); CREATE INDEX ON maps.places USING spgist (at);"
    "CREATE VIEW maps.near AS SELECT a.id FROM maps.places a WHERE ST_DWithin(a.area, 'POINT(0 "
    "0)'::geography, 1000);";

class Postgis : public Dumping {};

TEST_F(Postgis, ComesBackAsItWas) {
  Cluster original(box, 15, "original");
  original.start();
  static_cast<void>(original.sql("CREATE DATABASE world"));
  static_cast<void>(original.sql(places, "world"));
  const DumpedServer server{original.sockets()};
  for (const char* name : {"world.sql", "world.dump"}) {
    std::filesystem::remove_all(box.source());
    dump_to(name, "pg_dump", {std::string(name).ends_with("dump") ? "-Fc" : "-Fp", "world"}, server);
    const Answer answer = recover(15, {"--verify", "full"});
    ASSERT_EQ(answer.exit, 0) << answer.told();
    EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
    EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
    expect_every_kind_compared(answer);
    expect_equal(dump_of(server, "world"), dump_of({sockets_of(answer.connect())}, "world"), box);
    stop_servers_below(box.state());
    std::filesystem::remove_all(box.state());
  }
}

TEST_F(Postgis, OfAnOldServerGoesIntoANewOneAsPsqlPutsIt) {
  const std::string servers = fixture("postgresql-postgis");
  const std::string old_programs = fs::canonical(servers + "/13-bin").string();
  const std::string new_programs = fs::canonical(servers + "/17-bin").string();
  Cluster original(box, 13, "original", {}, old_programs);
  original.start();
  static_cast<void>(original.sql("CREATE DATABASE world"));
  static_cast<void>(original.sql(places, "world"));
  Cluster reference(box, 17, "reference", {}, new_programs);
  reference.start();
  const DumpedServer by_psql{reference.sockets(), 17};
  dump_to("world.sql", "pg_dump", {"-C", "world"}, {original.sockets(), 17});
  run_by_psql(box.source() + "/world.sql", by_psql, "postgres");
  const Answer answer = recover_into(new_programs, {"--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  expect_every_kind_compared(answer);
  const DumpedServer ours{sockets_of(answer.connect()), 17};
  expect_equal(dump_of(by_psql, "world", {"-C"}), dump_of(ours, "world", {"-C"}), box);
}

TEST_F(Postgis, OfAKilledOldClusterGoesIntoANewServer) {
  const std::string servers = fixture("postgresql-postgis");
  const std::string old_programs = fs::canonical(servers + "/13-bin").string();
  const std::string new_programs = fs::canonical(servers + "/17-bin").string();
  Cluster original(box, 13, "source/main", {}, old_programs);
  original.start();
  static_cast<void>(original.sql("CREATE DATABASE world"));
  static_cast<void>(original.sql(places, "world"));
  const std::string content =
      "SELECT count(*), md5(string_agg(ST_AsEWKT(at) || ST_AsEWKT(line), ',' ORDER BY id)) FROM maps.places";
  const std::string expected = original.sql(content, "world");
  original.kill();
  box.protect(box.source());
  const Answer answer =
      recover_into(new_programs, {"--old-bindir", old_programs, "--runtime", "local", "--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  expect_every_kind_compared(answer);
  EXPECT_EQ(sql_through(answer.connect(), content, "world"), expected);
}

}  // namespace
}  // namespace recover::test
