// Layers and their order, and every case of R46: a configuration that cannot be trusted or understood.
#include "config/config.hpp"
#include "recover/error.hpp"
#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace recover::config {
namespace {

class SettingsTest : public testing::Test {
 protected:
  std::string file(const std::string& content, const std::string& name = "a.conf") const {
    sandbox_.write(name, content);
    ::chmod(sandbox_.path(name).c_str(), 0600);
    return sandbox_.path(name);
  }
  Error problem(const std::string& content) const {
    Settings settings;
    auto read = settings.read_file(file(content));
    EXPECT_FALSE(read) << content;
    return read ? Error{} : read.error();
  }
  test::Sandbox sandbox_;
};

TEST_F(SettingsTest, LaterLayersWinAndKeepTheirOrigin) {
  Settings settings;
  EXPECT_EQ(settings.origin("log_level").place, "default");
  const std::string path = file("log_level=debug\n[restore]\nkeep_old=1d\n");
  ASSERT_TRUE(settings.read_file(path));
  EXPECT_EQ(settings.text("log_level"), "debug");
  EXPECT_EQ(settings.origin("log_level").place, path + ":1");
  EXPECT_EQ(settings.number("restore.keep_old"), 86'400);
  ::setenv("RECOVER_LOG_LEVEL", "warn", 1);
  ASSERT_TRUE(settings.read_environment());
  ::unsetenv("RECOVER_LOG_LEVEL");
  EXPECT_EQ(settings.origin("log_level").place, "environment RECOVER_LOG_LEVEL");
  ASSERT_TRUE(settings.set("log_level", "error", "command line"));
  EXPECT_EQ(settings.text("log_level"), "error");
}

TEST_F(SettingsTest, ListsOfAFileAreSplitAndListsOfFlagsGrow) {
  Settings settings;
  ASSERT_TRUE(settings.read_file(file("[scan]\nexclude=a:b\n")));
  EXPECT_EQ(settings.list("scan.exclude"), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(settings.set("scan.exclude", "x:y", "command line"));
  ASSERT_TRUE(settings.set("scan.exclude", "z", "command line"));
  EXPECT_EQ(settings.list("scan.exclude"), (std::vector<std::string>{"x:y", "z"}));
}

TEST_F(SettingsTest, NamedSectionsAreKeptAndPrivateOnesIgnored) {
  Settings settings;
  ASSERT_TRUE(settings.read_file(file("[source.nas]\ntype=path\npath=/mnt/nas\n[x-mine]\nanything=goes\n")));
  EXPECT_EQ(settings.text("source.nas.path"), "/mnt/nas");
}

TEST_F(SettingsTest, UnknownKeyIsRefusedWithTheNearest) {
  const Error error = problem("log_level=info\ntimeout_secondz=5\n");
  EXPECT_EQ(error.id, "config.unknown_key");
  EXPECT_EQ(error.exit, ExitCode::config);
  EXPECT_NE(error.cause.find("a.conf:2: unknown key \"timeout_secondz\"; did you mean \"timeout_seconds\"?"),
            std::string::npos)
      << error.cause;
}

TEST_F(SettingsTest, KeyOfAnotherSectionIsSaid) {
  EXPECT_NE(problem("keep_old=7d\n").cause.find("it belongs to section [restore]"), std::string::npos);
}

TEST_F(SettingsTest, UnknownSectionIsRefused) {
  const Error error = problem("[restor]\nkeep_old=7d\n");
  EXPECT_EQ(error.id, "config.unknown_key");
  EXPECT_NE(error.cause.find("did you mean \"restore\""), std::string::npos) << error.cause;
}

TEST_F(SettingsTest, BadValueNamesFileLineAndWhatIsExpected) {
  const Error error = problem("\n\nmetrics_port=web\n");
  EXPECT_EQ(error.id, "config.bad_value");
  EXPECT_NE(error.cause.find("a.conf:3: expected a whole number"), std::string::npos) << error.cause;
}

TEST_F(SettingsTest, DuplicateKeyIsRefused) {
  EXPECT_EQ(problem("log_level=info\nlog_level=debug\n").id, "config.duplicate_key");
}

TEST_F(SettingsTest, LongLineIsRefusedInsteadOfCut) {
  EXPECT_EQ(problem("backup_path=/" + std::string(250, 'x') + "\n").id, "config.line_too_long");
}

TEST_F(SettingsTest, MissingFileIsRefused) {
  Settings settings;
  const auto read = settings.read_file(sandbox_.path("absent.conf"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().id, "config.not_found");
  EXPECT_EQ(read.error().exit, ExitCode::config);
}

TEST_F(SettingsTest, FileThatOthersCanWriteIsRefused) {
  for (const mode_t mode : {0602U, 0620U}) {
    const std::string path = file("log_level=info\n");
    ::chmod(path.c_str(), mode);
    Settings settings;
    const auto read = settings.read_file(path);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().id, "config.unsafe_permissions");
    EXPECT_EQ(read.error().exit, ExitCode::security);
  }
}

TEST_F(SettingsTest, LinkAndPipeAreRefused) {
  const std::string path = file("log_level=info\n");
  ASSERT_EQ(::symlink(path.c_str(), sandbox_.path("link.conf").c_str()), 0);
  ASSERT_EQ(::mkfifo(sandbox_.path("pipe.conf").c_str(), 0600), 0);
  for (const char* name : {"link.conf", "pipe.conf"}) {
    Settings settings;
    const auto read = settings.read_file(sandbox_.path(name));
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().id, "config.unsafe_permissions") << name;
  }
}

TEST_F(SettingsTest, FileOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_FAIL() << "this test needs root to give a file away";
  const std::string path = file("log_level=info\n");
  ASSERT_EQ(::chown(path.c_str(), 65'534, 65'534), 0);
  Settings settings;
  const auto read = settings.read_file(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().id, "config.unsafe_permissions");
}

TEST_F(SettingsTest, ValidateListsEveryProblemOfAFile) {
  const auto problems = validate_file(file("log_level=loud\n[scan]\nmax_depht=3\nmax_entries=0\n"));
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[0].id, "config.bad_value");
  EXPECT_EQ(problems[1].id, "config.unknown_key");
  EXPECT_EQ(problems[2].id, "config.bad_value");
}

TEST_F(SettingsTest, SearchPathWorksWithoutHome) {
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  ::unsetenv("HOME");
  const auto paths = search_path();
  if (!home.empty()) ::setenv("HOME", home.c_str(), 1);
  EXPECT_EQ(paths.front(), "/etc/recover/recover.conf");
  EXPECT_TRUE(paths.back().starts_with('/')) << paths.back();
}

TEST_F(SettingsTest, TheOldPlaceIsReadOnceWithANote) {
  ::setenv("XDG_CONFIG_HOME", sandbox_.path("xdg").c_str(), 1);
  file("log_level=trace\n", "xdg/here/recovery.conf");
  const auto old_place = load("");
  file("log_level=error\n", "xdg/recover/recovery.conf");
  const auto new_place = load("");
  ::unsetenv("XDG_CONFIG_HOME");
  ASSERT_TRUE(old_place);
  EXPECT_EQ(old_place->settings.text("log_level"), "trace");
  ASSERT_EQ(old_place->notes.size(), 1U);
  ASSERT_TRUE(new_place);
  EXPECT_EQ(new_place->settings.text("log_level"), "error");
  EXPECT_TRUE(new_place->notes.empty());
}

}  // namespace
}  // namespace recover::config
