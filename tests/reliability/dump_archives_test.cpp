// Dumps that pg_restore must read and that lie compressed, inside an archive, or where only root may read.
// Each form comes back equal to the original; cut in either layer it is never a success (R10 to R14); nothing
// of it stays behind, and the source is as it was.
#include "tests/support/dumping.hpp"

#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;

class PackedDumps : public EveryObject {
 protected:
  /// What is below the source becomes one archive there.
  void pack(const std::string& name) const {
    const std::string made = box.path(name);
    const Outcome done = Sandbox::run({"tar", "-C", box.source(), "-caf", made, "."});
    ASSERT_EQ(done.exit, 0) << done.err;
    fs::remove_all(box.source());
    fs::create_directories(box.source());
    fs::rename(made, box.source() + "/" + name);
  }

  /// Recovers the source and compares the database `everything` with the original.
  Answer expect_whole() {
    const std::string digest = tree_digest(box.source());
    Answer answer = recover(major, {"--verify", "full"});
    EXPECT_EQ(answer.exit, 0) << answer.told();
    EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
    if (answer.exit == 0)
      expect_equal(dump_of(server(), "everything"), dump_of({sockets_of(answer.connect())}, "everything"),
                   box);
    EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
    EXPECT_TRUE(!fs::exists(spool()) || fs::is_empty(spool()));
    stop_servers_below(box.state());
    fs::remove_all(box.state());
    return answer;
  }

  void expect_refused(const std::string& what) {
    const Answer answer = recover(major);
    EXPECT_EQ(answer.exit, 3) << what << answer.told();
    EXPECT_THAT(ids(answer), AnyOf(Contains("archive.truncated"), Contains("postgresql.dump_incomplete")))
        << what << answer.told();
    EXPECT_TRUE(!fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances")) << what;
    EXPECT_TRUE(!fs::exists(spool()) || fs::is_empty(spool())) << what;
    const Outcome verified = verify();
    EXPECT_EQ(verified.exit, 3) << what << verified.out << verified.err;
    fs::remove_all(box.state());
  }

  [[nodiscard]] Outcome verify() const {
    return box.recover(
        {"verify", box.source(), "--json", "--min-free", "100MB", "--bindir", server_programs(major)});
  }
  [[nodiscard]] std::string spool() const { return box.state() + "/spool"; }
  void cut(const std::string& name, double part) const {
    const std::string file = box.source() + "/" + name;
    fs::resize_file(file, static_cast<std::uintmax_t>(part * static_cast<double>(fs::file_size(file))));
  }
  void clear() const {
    fs::remove_all(box.source());
    fs::create_directories(box.source());
  }
};

TEST_F(PackedDumps, ACompressedArchiveGoesStraightIntoTheLoad) {
  for (const auto& [form, compressor] : std::vector<std::pair<std::string, std::string>>{
           {"-Fc", "gzip"}, {"-Fc", "zstd"}, {"-Fc", "xz"}, {"-Ft", "gzip"}}) {
    SCOPED_TRACE(form + " " + compressor);
    clear();
    const std::string name = form == "-Fc" ? "everything.dump" : "everything.tar";
    dump_to(name, "pg_dump", {form, "everything"});
    compress(name, compressor);
    const Outcome verified = verify();
    EXPECT_EQ(verified.exit, 0) << verified.out << verified.err;
    if (form == "-Fc") {
      EXPECT_THAT(verified.out, HasSubstr("every block of the archive is there"));
    }
    EXPECT_FALSE(fs::exists(spool())) << "nothing is unpacked";
    expect_whole();
  }
}

/// Of a small one the end is seen by the scan, of this one while it is loaded.
TEST_F(PackedDumps, ACompressedArchiveThatIsCutInEitherLayerIsNeverASuccess) {
  static_cast<void>(original_->sql("CREATE DATABASE large"));
  static_cast<void>(original_->sql(
      "CREATE TABLE t AS SELECT md5(i::text) || md5((-i)::text) t FROM generate_series(1, 200000) i",
      "large"));
  for (const std::string form : {"-Fc", "-Ft"}) {
    for (const double part : {0.5, 0.98}) {
      for (const bool outside : {true, false}) {
        clear();
        dump_to("large.dump", "pg_dump", {form, "large"});
        if (!outside) cut("large.dump", part);
        compress("large.dump", "gzip");
        if (outside) cut("large.dump.gz", part);
        expect_refused(form + " cut at " + std::to_string(part) + (outside ? " outside" : " inside"));
      }
    }
  }
}

TEST_F(PackedDumps, AClusterArchiveOfEveryFormComesBackWhole) {
  static_cast<void>(original_->sql("CREATE DATABASE second"));
  static_cast<void>(original_->sql("CREATE TABLE t AS SELECT i FROM generate_series(1, 5000) i", "second"));
  dump_to("globals.sql", "pg_dumpall", {"--globals-only"});
  dump_to("dumps/everything.dump", "pg_dump", {"-Fc", "everything"});
  dump_to("dumps/second", "pg_dump", {"-Fd", "second"});
  pack("cluster.tar.gz");
  const std::string digest = tree_digest(box.source());
  const Outcome planned = box.recover({"plan", box.source(), "--bindir", server_programs(major)});
  EXPECT_THAT(planned.out, HasSubstr(spool())) << "place and size of what is unpacked are told";
  const Outcome verified = verify();
  EXPECT_EQ(verified.exit, 0) << verified.out << verified.err;
  const Answer answer = recover(major, {"--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  const DumpedServer restored{sockets_of(answer.connect())};
  for (const char* database : {"everything", "second"})
    expect_equal(dump_of(server(), database), dump_of(restored, database), box);
  expect_equal(globals_of(server()), globals_of(restored), box);
  EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
  EXPECT_TRUE(fs::is_empty(spool()));
}

TEST_F(PackedDumps, ADirectoryInAnArchiveIsUnpackedForAsLongAsItIsRead) {
  for (const char* archive : {"everything.tar.gz", "everything.tar"}) {
    clear();
    dump_to("everything.dir", "pg_dump", {"-Fd", "everything"});
    pack(archive);
    expect_whole();
  }
}

TEST_F(PackedDumps, ADirectoryInAnArchiveThatIsCutIsNeverASuccess) {
  dump_to("everything.dir", "pg_dump", {"-Fd", "everything"});
  std::string largest;
  for (const auto& entry : fs::directory_iterator(box.source() + "/everything.dir")) {
    if (entry.path().extension() != ".gz") continue;
    if (largest.empty() || fs::file_size(largest) < entry.file_size()) largest = entry.path();
  }
  fs::resize_file(largest, fs::file_size(largest) - 4);
  pack("everything.tar.gz");
  const Answer inside = recover(major);
  EXPECT_EQ(inside.exit, 3) << inside.told();
  EXPECT_TRUE(!fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances"));
  EXPECT_TRUE(!fs::exists(spool()) || fs::is_empty(spool()));
  EXPECT_EQ(verify().exit, 3);
  cut("everything.tar.gz", 0.7);
  const Answer outside = recover(major);
  EXPECT_NE(outside.exit, 0) << outside.told();
  EXPECT_TRUE(!fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances"));
}

TEST_F(PackedDumps, ADirectoryThatOnlyRootMayReadIsCopiedForTheReader) {
  dump_to("everything.dir", "pg_dump", {"-Fd", "everything"});
  const std::string directory = box.source() + "/everything.dir";
  ASSERT_EQ(Sandbox::run({"chown", "-R", "root:root", directory}).exit, 0);
  ASSERT_EQ(Sandbox::run({"chmod", "-R", "go-rwx", directory}).exit, 0);
  const Outcome planned = box.recover({"plan", box.source(), "--bindir", server_programs(major)});
  EXPECT_THAT(planned.out, HasSubstr(spool())) << planned.out << planned.err;
  EXPECT_EQ(verify().exit, 0);
  expect_whole();
}

TEST_F(PackedDumps, AnArchiveThatWantsOutUnpacksNothing) {
  dump_to("everything.dir", "pg_dump", {"-Fd", "everything"});
  const std::string escape = box.path("escaped");
  box.write("evil/x", "x");
  const Outcome packed =
      Sandbox::run({"tar", "-C", box.path("."), "-czf", box.path("evil.tar.gz"), "-P", "--transform",
                    "s,^evil/x$,everything.dir/../../../escaped,", "source/everything.dir", "evil/x"});
  ASSERT_EQ(packed.exit, 0) << packed.err;
  clear();
  fs::rename(box.path("evil.tar.gz"), box.source() + "/evil.tar.gz");
  const Answer answer = recover(major);
  EXPECT_NE(answer.exit, 0) << answer.told();
  EXPECT_FALSE(fs::exists(escape));
  EXPECT_TRUE(!fs::exists(spool()) || fs::is_empty(spool()));
}

}  // namespace
}  // namespace recover::test
