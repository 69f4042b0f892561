#include "core/sys/source_files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>

#include "tests/support/sandbox.hpp"

namespace recover::sys {
namespace {

class SourceFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("source/PG_VERSION", "16\n");
    box_.write("source/base/1/112", "data");
    box_.write("outside", "secret");
    test::Sandbox::run({"ln", "-s", "../outside", box_.path("source/link")});
    test::Sandbox::run({"ln", "-s", "/", box_.path("source/away")});
    test::Sandbox::run({"ln", "-s", "loop", box_.path("source/loop")});
    test::Sandbox::run({"mkfifo", box_.path("source/fifo")});
    test::Sandbox::run({"mknod", box_.path("source/device"), "c", "1", "5"});
    box_.protect(box_.source());
    auto root = open_source_root(box_.source());
    ASSERT_TRUE(root);
    root_ = std::move(*root);
  }

  std::string refusal(const std::string& path) {
    auto opened = open_source_file(root_.get(), path, nullptr);
    return opened ? "" : opened.error().id;
  }

  test::Sandbox box_;
  Descriptor root_;
};

TEST_F(SourceFiles, ARegularFileIsOpenedForReadingOnly) {
  struct ::stat status {};
  auto file = open_source_file(root_.get(), "base/1/112", &status);
  ASSERT_TRUE(file);
  EXPECT_EQ(status.st_size, 4);
  EXPECT_EQ(::fcntl(file->get(), F_GETFL) & O_ACCMODE, O_RDONLY);
  std::array<char, 8> buffer{};
  EXPECT_EQ(::read(file->get(), buffer.data(), buffer.size()), 4);
}

TEST_F(SourceFiles, ReadingLeavesTheAccessTimeAlone) {
  test::Sandbox::run({"touch", "-a", "-d", "2001-01-01", box_.path("source/PG_VERSION")});
  {
    auto file = open_source_file(root_.get(), "PG_VERSION", nullptr);
    ASSERT_TRUE(file);
    std::array<char, 8> buffer{};
    EXPECT_EQ(::read(file->get(), buffer.data(), buffer.size()), 3);
  }
  struct ::stat after {};
  ASSERT_EQ(::stat(box_.path("source/PG_VERSION").c_str(), &after), 0);
  EXPECT_LT(after.st_atime, 1'000'000'000);
}

TEST_F(SourceFiles, NothingButRegularFilesBelowTheRootIsOpened) {
  EXPECT_EQ(refusal("link"), "source.unsafe_path");
  EXPECT_EQ(refusal("away/etc/passwd"), "source.unsafe_path");
  EXPECT_EQ(refusal("loop"), "source.unsafe_path");
  EXPECT_EQ(refusal("../outside"), "source.unsafe_path");
  EXPECT_EQ(refusal("/etc/passwd"), "source.unsafe_path");
  EXPECT_EQ(refusal("fifo"), "source.unsafe_path") << "and it did not block";
  EXPECT_EQ(refusal("device"), "source.unsafe_path");
  EXPECT_EQ(refusal("base"), "source.unsafe_path");
  EXPECT_EQ(refusal("none"), "source.not_found");
}

TEST_F(SourceFiles, DirectoriesAreOpenedWithoutFollowingLinks) {
  EXPECT_TRUE(open_source_directory(root_.get(), ""));
  EXPECT_TRUE(open_source_directory(root_.get(), "base/1"));
  EXPECT_EQ(open_source_directory(root_.get(), "away").error().id, "source.unsafe_path");
  EXPECT_EQ(open_source_directory(root_.get(), "fifo").error().id, "source.not_found");
  EXPECT_EQ(open_source_root(box_.path("none")).error().id, "source.not_found");
}

TEST_F(SourceFiles, AListedFileIsOpenedOnlyWhenItIsStillTheSame) {
  const auto status_of = [&](const char* name) {
    struct ::stat status {};
    EXPECT_EQ(::fstatat(root_.get(), name, &status, AT_SYMLINK_NOFOLLOW), 0);
    return status;
  };
  const auto file = status_of("PG_VERSION");
  EXPECT_TRUE(open_listed_file(root_.get(), "PG_VERSION", file));
  // As if another file had taken the name after fstatat.
  for (const char* name : {"fifo", "device", "base/1/112"}) {
    EXPECT_FALSE(open_listed_file(root_.get(), name, file)) << name;
    EXPECT_EQ(errno, ESTALE) << name;
  }
  EXPECT_FALSE(open_listed_file(root_.get(), "link", file));
  EXPECT_EQ(errno, ELOOP);
  EXPECT_FALSE(open_listed_file(root_.get(), "fifo", status_of("fifo"))) << "not a regular file";
}

TEST_F(SourceFiles, LinksAreFollowedInsideTheSourceOnly) {
  const auto link = [&](const std::string& target, const std::string& name) {
    ASSERT_EQ(::symlinkat(target.c_str(), root_.get(), name.c_str()), 0);
  };
  test::Sandbox fresh;  // links are added, so not in the protected tree
  fresh.write("source/a/file", "x");
  auto root = open_source_root(fresh.source());
  ASSERT_TRUE(root);
  root_ = std::move(*root);
  link("a/file", "file");
  link("a", "directory");
  link("directory/file", "two_steps");
  link(fresh.source() + "/a/file", "absolute");
  link(".", "itself");
  link("/etc", "outside");
  link("nowhere", "dangling");
  link("ring", "ring");
  const auto end_of = [&](const std::string& path) {
    auto end = follow_link_beneath(root_.get(), fresh.source(), path);
    return end ? end->path + (end->is_directory ? "/" : "") : end.error().id;
  };
  EXPECT_EQ(end_of("file"), "a/file");
  EXPECT_EQ(end_of("directory"), "a/");
  EXPECT_EQ(end_of("two_steps"), "a/file");
  EXPECT_EQ(end_of("absolute"), "a/file");
  EXPECT_EQ(end_of("itself"), "/");
  EXPECT_EQ(end_of("outside"), "source.unsafe_path");
  EXPECT_EQ(end_of("dangling"), "source.not_found");
  EXPECT_EQ(end_of("ring"), "source.unsafe_path");
}

TEST_F(SourceFiles, WithoutProcTheSameFilesAreOpenedAndRefused) {
  const pid_t child = ::fork();
  if (child == 0) {
    // A namespace of its own, so that the machine keeps its /proc.
    const bool hidden = ::unshare(CLONE_NEWNS) == 0 &&
                        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                        ::umount2("/proc", MNT_DETACH) == 0 && ::access("/proc/self", F_OK) != 0;
    if (!hidden) ::_exit(2);
    const bool opened = open_source_file(root_.get(), "PG_VERSION", nullptr).has_value();
    const bool refused = refusal("fifo") == "source.unsafe_path" && refusal("link") == "source.unsafe_path";
    ::_exit(opened && refused ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0) << "2: this test needs root";
}

TEST_F(SourceFiles, IdentityTellsThatAFileChanged) {
  struct ::stat before {};
  struct ::stat after {};
  box_.write("changing", "one");
  ASSERT_EQ(::stat(box_.path("changing").c_str(), &before), 0);
  EXPECT_EQ(identity_of(before), identity_of(before));
  box_.write("changing", "three");
  ASSERT_EQ(::stat(box_.path("changing").c_str(), &after), 0);
  EXPECT_NE(identity_of(before), identity_of(after));
}

}  // namespace
}  // namespace recover::sys
