// The files of pg_dump --section in the forms of pg_restore, beside each other and in every mixture: one
// database, equal to the original; with a piece missing or of another database never joined.
#include "tests/support/dumping.hpp"

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;

class SectionArchives : public EveryObject {
 protected:
  /// One section of `database` as "everything-SECTION.SUFFIX".
  void dump_section(const std::string& section, const std::vector<std::string>& form,
                    const std::string& suffix, const std::string& database = "everything") {
    std::vector<std::string> words = form;
    words.insert(words.end(), {"--section=" + section, database});
    dump_to(name_of(section, suffix), "pg_dump", words);
  }
  void dump_all(const std::vector<std::string>& form, const std::string& suffix) {
    for (const char* section : {"pre-data", "data", "post-data"}) dump_section(section, form, suffix);
  }
  static std::string name_of(const std::string& section, const std::string& suffix) {
    return "everything-" + section + suffix;
  }

  void expect_one_database() {
    const std::string digest = tree_digest(box.source());
    const Answer answer = recover(major, {"--verify", "full"});
    ASSERT_EQ(answer.exit, 0) << answer.told();
    EXPECT_EQ(answer.document["databases"].size(), 1U) << answer.told();
    EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
    expect_every_kind_compared(answer);
    expect_equal(dump_of(server(), "everything", {"-C"}),
                 dump_of({sockets_of(answer.connect())}, "everything", {"-C"}), box);
    EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
    begin_anew();
  }
  void begin_anew() {
    stop_servers_below(box.state());
    fs::remove_all(box.state());
    fs::remove_all(box.source());
  }
};

TEST_F(SectionArchives, OfOneForm) {
  static_cast<void>(original_->sql("ALTER DATABASE everything SET statement_timeout = '61s'"));
  for (const std::vector<std::string>& form :
       std::vector<std::vector<std::string>>{{"-Fc"}, {"-Ft"}, {"-Fd"}}) {
    SCOPED_TRACE(form.front());
    dump_all(form, form.front() == "-Ft" ? ".tar" : ".dump");
    expect_one_database();
  }
}

TEST_F(SectionArchives, OfMixedForms) {
  dump_section("pre-data", {"-Fd"}, ".dir");
  dump_section("data", {"-Fc", "-Z0"}, ".dump");
  compress(name_of("data", ".dump"), "gzip");
  dump_section("post-data", {}, ".sql");
  expect_one_database();
}

TEST_F(SectionArchives, InAnArchive) {
  dump_all({"-Fc"}, ".dump");
  const std::string made = box.path("nightly.tar.gz");
  ASSERT_EQ(Sandbox::run({"tar", "-C", box.source(), "-czf", made, "."}).exit, 0);
  fs::remove_all(box.source());
  fs::create_directories(box.source());
  fs::rename(made, box.source() + "/nightly.tar.gz");
  expect_one_database();
}

TEST_F(SectionArchives, IntoAServerThatHasTheDatabase) {
  static_cast<void>(original_->sql("ALTER DATABASE everything SET statement_timeout = '61s'"));
  const std::string expected = dump_of(server(), "everything", {"-C"});
  dump_all({"-Fc"}, ".dump");
  // The dump's properties count, not those of the database that it replaces.
  static_cast<void>(original_->sql(
      "ALTER DATABASE everything RESET ALL; ALTER DATABASE everything SET statement_timeout = '3s'"));
  static_cast<void>(original_->sql("DROP SCHEMA public CASCADE", "everything"));
  const Answer answer = recover(major, {"--verify", "full", "--target",
                                        "postgresql://postgres@/postgres?host=" + original_->sockets()});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  expect_equal(expected, dump_of(server(), "everything", {"-C"}), box);
}

TEST_F(SectionArchives, CutAreNeverASuccess) {
  dump_all({"-Fc"}, ".dump");
  const std::string rows = box.source() + "/" + name_of("data", ".dump");
  fs::resize_file(rows, fs::file_size(rows) * 2 / 3);
  const Answer answer = recover(major);
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_TRUE(!fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances"));
}

TEST_F(SectionArchives, OfTwoDatabasesAreNotJoined) {
  static_cast<void>(original_->sql("CREATE DATABASE other"));
  dump_section("pre-data", {"-Fc"}, ".dump");
  dump_section("data", {"-Fc"}, ".dump", "other");
  dump_section("post-data", {"-Fc"}, ".dump");
  const Outcome scanned = box.recover({"scan", box.source(), "--json"});
  const auto found = nlohmann::json::parse(scanned.out);
  EXPECT_EQ(found["databases"].size(), 3U) << scanned.out;
  EXPECT_THAT(scanned.out, ::testing::Not(HasSubstr("with its other sections"))) << scanned.out;
}

}  // namespace
}  // namespace recover::test
