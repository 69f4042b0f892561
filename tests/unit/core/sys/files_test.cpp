#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/sys/account.hpp"
#include "core/sys/host.hpp"
#include "core/sys/target_files.hpp"
#include "tests/support/sandbox.hpp"

namespace recover::sys {
namespace {

struct ::stat status_of(const std::string& path) {
  struct ::stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

class TargetFiles : public ::testing::Test {
 protected:
  test::Sandbox box_;
  std::unique_ptr<Files> files_ = make_files();
};

TEST_F(TargetFiles, WritesReplaceWholeFilesWithOwnerAndMode) {
  const std::string path = box_.path("plan.json");
  ASSERT_TRUE(files_->write(path, "old", "", 0644));
  ASSERT_TRUE(files_->write(path, "new", "postgres", 0600));
  EXPECT_EQ(*files_->read(path), "new");
  EXPECT_EQ(status_of(path).st_mode & 07777U, 0600U);
  EXPECT_EQ(status_of(path).st_uid, find_account("postgres")->user);
  EXPECT_EQ(files_->list(box_.path(""))->size(), 2U) << "no temporary file is left";
  EXPECT_EQ(files_->write(path, "x", "no-such-user", 0600).error().id, "target.no_account");
  EXPECT_EQ(*files_->read(path), "new");
}

TEST_F(TargetFiles, AFullDiskIsToldApartAndLeavesTheOldFile) {
  const std::string mount = box_.path("small");
  box_.make_directory("small");
  ASSERT_EQ(::mount("none", mount.c_str(), "tmpfs", 0, "size=64k"), 0) << "this test needs root";
  EXPECT_TRUE(files_->write(mount + "/f", "old", "", 0600));
  auto written = files_->write(mount + "/f", std::string(1 << 20, 'x'), "", 0600);
  EXPECT_EQ(written.error().id, "disk.full");
  EXPECT_EQ(*files_->read(mount + "/f"), "old");
  EXPECT_EQ(files_->list(mount)->size(), 1U);
  EXPECT_LT(*files_->free_space(mount + "/not/yet/there"), 65536U);
  ASSERT_EQ(::mount(nullptr, mount.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  EXPECT_EQ(files_->write(mount + "/f", "x", "", 0600).error().id, "target.not_writable");
  ::umount(mount.c_str());
}

TEST_F(TargetFiles, DirectoriesAreMadeWithParentsAndFilledOnesAreKept) {
  const std::string path = box_.path("state/instances/pg");
  ASSERT_TRUE(files_->make_directory(path, "postgres", 0700));
  EXPECT_EQ(status_of(path).st_mode & 07777U, 0700U);
  EXPECT_EQ(status_of(path).st_uid, find_account("postgres")->user);
  EXPECT_EQ(status_of(box_.path("state")).st_uid, ::geteuid());
  ASSERT_TRUE(files_->make_directory(path, "postgres", 0750)) << "repeating is fine";
  EXPECT_EQ(status_of(path).st_mode & 07777U, 0750U) << "an empty one is made right";
  box_.write("state/instances/pg/file", "");
  ASSERT_TRUE(files_->make_directory(path, "", 0700));
  EXPECT_EQ(status_of(path).st_mode & 07777U, 0750U) << "a filled one is kept";
  ASSERT_EQ(::symlink("/tmp", box_.path("link").c_str()), 0);
  EXPECT_FALSE(files_->make_directory(box_.path("link"), "", 0700)) << "a link is not followed";
}

TEST_F(TargetFiles, RemovingRenamingAndListing) {
  box_.write("d/b", "1");
  box_.write("d/a", "2");
  EXPECT_EQ(*files_->list(box_.path("d")), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(files_->rename(box_.path("d/a"), box_.path("moved")));
  EXPECT_FALSE(files_->exists(box_.path("d/a")));
  ASSERT_TRUE(files_->remove_file(box_.path("moved")));
  EXPECT_TRUE(files_->remove_file(box_.path("moved"))) << "gone is fine";
  EXPECT_TRUE(files_->is_directory(box_.path("d")));
  EXPECT_EQ(files_->list(box_.path("none")).error().id, "target.write_failed");
  EXPECT_FALSE(files_->read(box_.path("none")));
}

TEST(TargetPaths, ParentOfAPath) {
  EXPECT_EQ(parent_of("/a/b"), "/a");
  EXPECT_EQ(parent_of("/a/b/"), "/a");
  EXPECT_EQ(parent_of("/a//b"), "/a");
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(parent_of("/"), "/");
  EXPECT_EQ(parent_of("a"), ".");
}

}  // namespace
}  // namespace recover::sys
