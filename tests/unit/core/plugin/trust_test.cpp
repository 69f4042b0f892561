// Who may write a library, or rename a directory above it, may run code here: each such way is tried.
#include "core/plugin/trust.hpp"

#include "tests/support/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace recover::test {

namespace {

using ::testing::HasSubstr;

class TrustTest : public ::testing::Test {
 protected:
  TrustTest() { sandbox_.write("lib/plugins/engine.so", "bytes"); }

  /// The refusal's id; "" when the library may be loaded.
  std::string opened(const std::string& relative = "lib/plugins/engine.so") {
    auto library = plugin::open_trusted(sandbox_.path(relative));
    cause_ = library ? "" : library.error().cause;
    return library ? "" : library.error().id;
  }
  void mode(const std::string& relative, mode_t bits) const {
    ::chmod(sandbox_.path(relative).c_str(), bits);
  }

  Sandbox sandbox_;
  std::string cause_;
};

TEST_F(TrustTest, OwnFilesBelowAStickyDirectoryAreTrusted) {
  EXPECT_EQ(opened(), "") << cause_;
}

TEST_F(TrustTest, WritableByGroupOrOthersAnywhereOnTheWay) {
  for (const char* part : {"lib/plugins/engine.so", "lib/plugins", "lib"}) {
    for (const mode_t bits : {0775U, 0757U}) {
      mode(part, bits);
      EXPECT_EQ(opened(), "plugin.untrusted") << part;
      EXPECT_THAT(cause_, HasSubstr(sandbox_.path(part)));
      EXPECT_THAT(cause_, HasSubstr(bits == 0775U ? "0775" : "0757"));
      mode(part, 0755);
    }
  }
  EXPECT_EQ(opened(), "");
}

TEST_F(TrustTest, StickyIsEnoughAboveThePluginDirectoryButNotForIt) {
  mode("lib", 01777);
  EXPECT_EQ(opened(), ::geteuid() == 0 ? "" : "plugin.untrusted");
  mode("lib", 0755);
  mode("lib/plugins", 01777);
  EXPECT_EQ(opened(), "plugin.untrusted");
}

TEST_F(TrustTest, ForeignOwnerAnywhereOnTheWay) {
  ASSERT_EQ(::geteuid(), 0U) << "needs root: only root can give a file away";
  for (const char* part : {"lib/plugins/engine.so", "lib/plugins", "lib"}) {
    ASSERT_EQ(::chown(sandbox_.path(part).c_str(), 65534, 65534), 0);
    EXPECT_EQ(opened(), "plugin.untrusted") << part;
    EXPECT_THAT(cause_, HasSubstr("belongs to user 65534"));
    ASSERT_EQ(::chown(sandbox_.path(part).c_str(), 0, 0), 0);
  }
}

TEST_F(TrustTest, LinkedDirectoryIsJudgedWhereItLeads) {
  std::filesystem::create_directory_symlink("plugins", sandbox_.path("lib/alias"));
  EXPECT_EQ(opened("lib/alias/engine.so"), "");
  std::filesystem::create_directory_symlink(sandbox_.path("lib/../lib/plugins"),
                                            sandbox_.path("lib/absolute"));
  EXPECT_EQ(opened("lib/absolute/engine.so"), "") << cause_;
  mode("lib/plugins", 0777);
  EXPECT_EQ(opened("lib/alias/engine.so"), "plugin.untrusted");
  EXPECT_EQ(opened("lib/absolute/engine.so"), "plugin.untrusted");
}

TEST_F(TrustTest, LinkOfAForeignOwnerIsNotFollowed) {
  ASSERT_EQ(::geteuid(), 0U) << "needs root: only root can give a link away";
  std::filesystem::create_directory_symlink("plugins", sandbox_.path("lib/alias"));
  ASSERT_EQ(::lchown(sandbox_.path("lib/alias").c_str(), 65534, 65534), 0);
  EXPECT_EQ(opened("lib/alias/engine.so"), "plugin.untrusted");
}

TEST_F(TrustTest, LoopOfLinksEnds) {
  std::filesystem::create_directory_symlink("loop", sandbox_.path("lib/loop"));
  EXPECT_EQ(opened("lib/loop/engine.so"), "plugin.untrusted");
}

TEST_F(TrustTest, OnlyRegularFiles) {
  std::filesystem::create_symlink("engine.so", sandbox_.path("lib/plugins/link.so"));
  EXPECT_EQ(opened("lib/plugins/link.so"), "plugin.untrusted");
  ASSERT_EQ(::mkfifo(sandbox_.path("lib/plugins/fifo.so").c_str(), 0600), 0);
  EXPECT_EQ(opened("lib/plugins/fifo.so"), "plugin.untrusted");
  EXPECT_EQ(opened("lib/plugins"), "plugin.untrusted");
}

TEST_F(TrustTest, NothingThere) {
  EXPECT_EQ(opened("lib/plugins/other.so"), "plugin.missing");
  EXPECT_EQ(opened("no/such/engine.so"), "plugin.missing");
}

TEST(TrustOfPathTest, RelativePathIsRefused) {
  const auto library = plugin::open_trusted("plugins/engine.so");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().id, "plugin.untrusted");
  EXPECT_EQ(library.error().exit, ExitCode::security);
}

}  // namespace

}  // namespace recover::test
