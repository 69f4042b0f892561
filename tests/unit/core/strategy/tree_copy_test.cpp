// The copier on real files: what is copied, what is left out, holes, resuming, damage found on reading back.
#include "core/strategy/tree_copy.hpp"

#include "core/model/silent.hpp"
#include "tests/support/sandbox.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

namespace fs = std::filesystem;

namespace recover::strategy {
namespace {

using ::testing::ElementsAre;

class Watched final : public Silent {
 public:
  void advance(Bytes done) override {
    bytes += done.count;
    if (on_advance) on_advance();
  }
  std::atomic<std::uint64_t> bytes{0};
  std::function<void()> on_advance;
};

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string noise(std::size_t length, unsigned seed) {
  std::string text(length, '\0');
  for (char& c : text) {
    seed = seed * 1664525U + 1013904223U;
    c = static_cast<char>(seed >> 24U);
  }
  return text;
}

class TreeCopy : public ::testing::Test {
 protected:
  CopyTree spec() {
    CopyTree made;
    made.source_root = world.source();
    made.to = world.path("target");
    made.manifest = world.path("copy.manifest");
    return made;
  }
  Result<CopyOutcome> copy(const CopyTree& what) {
    return copy_tree(what, CopyOptions{make_inspector, 2, durable}, progress, CancellationToken{});
  }
  void expect_same(const std::string& relative) {
    EXPECT_EQ(content(world.path("source/" + relative)), content(world.path("target/" + relative)))
        << relative;
  }

  test::Sandbox world;
  Watched progress;
  std::function<std::unique_ptr<Inspector>()> make_inspector;
  bool durable = true;
};

TEST_F(TreeCopy, CopiesEverySizeDurablyAndNotAndNamesWhatItLeavesOut) {
  const std::vector<std::size_t> sizes{0, 1, 4095, 4096, 65535, 65536, 65537, 1048576, 1048577, 3000001};
  for (const std::size_t size : sizes) {
    world.write("source/base/" + std::to_string(size), noise(size, static_cast<unsigned>(size)));
  }
  world.write("source/odd \n name\\", "x");
  fs::create_symlink("/etc/passwd", world.path("source/link"));
  ::mkfifo(world.path("source/fifo").c_str(), 0600);
  world.make_directory("source/nothing/inside");
  world.protect(world.source());
  for (const bool is_durable : {true, false}) {
    durable = is_durable;
    fs::remove_all(world.path("target"));
    auto copied = copy(spec());
    ASSERT_TRUE(copied) << copied.error().what << copied.error().cause;
    for (const std::size_t size : sizes) expect_same("base/" + std::to_string(size));
    expect_same("odd \n name\\");
    EXPECT_TRUE(fs::is_directory(world.path("target/nothing/inside")));
    EXPECT_THAT(copied->skipped, ElementsAre("fifo", "link"));
    EXPECT_FALSE(fs::exists(fs::symlink_status(world.path("target/link"))));
    EXPECT_EQ(copied->files.size(), sizes.size() + 1);
    auto read = read_copy_manifest(spec().manifest);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->files.size(), copied->files.size());
    EXPECT_EQ(read->bytes, copied->bytes);
    EXPECT_EQ(read->files.back().path, "odd \n name\\");
    EXPECT_TRUE(compare_copy({spec().manifest, spec().to}, progress, {}));
  }
}

TEST_F(TreeCopy, TheHashIsThePlainXxh3) {
  world.write("source/a", "recover");
  auto copied = copy(spec());
  ASSERT_TRUE(copied);
  const XXH128_hash_t plain = XXH3_128bits("recover", 7);
  std::array<char, 33> hex{};
  std::snprintf(hex.data(), hex.size(), "%016lx%016lx", plain.high64, plain.low64);
  EXPECT_EQ(copied->files.front().hash, hex.data());
}

TEST_F(TreeCopy, ExcludesEmptiesRenamesAndSetsModes) {
  world.write("source/data/postgresql.conf", "c");
  world.write("source/data/postgresql.auto.conf", "a");
  world.write("source/data/pg_notify/0000", "n");
  world.write("source/data/base/pgsql_tmp/t1", "t");
  world.write("source/data/base/5/1", "1");
  world.write("source/outside", "o");
  world.protect(world.source());
  CopyTree what = spec();
  what.from = "data";
  what.exclude = {"*.conf", "base/pgsql_tmp", "base/pgsql_tmp/*"};
  what.empty = {"pg_notify", "pg_twophase"};
  what.rename = {{"postgresql.conf", "kept/postgresql.conf.from-source"}, {"base/5", "base/6"}};
  auto copied = copy(what);
  ASSERT_TRUE(copied) << copied.error().what;
  std::vector<std::string> names;
  for (const auto& file : copied->files) names.push_back(file.path);
  EXPECT_THAT(names, ElementsAre("base/6/1", "kept/postgresql.conf.from-source"));
  EXPECT_TRUE(fs::is_empty(world.path("target/pg_notify")));
  EXPECT_TRUE(fs::is_directory(world.path("target/pg_twophase")));
  EXPECT_FALSE(fs::exists(world.path("target/base/pgsql_tmp")));
  struct stat status {};
  ASSERT_EQ(::stat(world.path("target/base/6/1").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat(world.path("target/base").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
}

TEST_F(TreeCopy, GivesTheCopyToItsOwnerAndRefusesAnUnknownOne) {
  world.write("source/a/b", "x");
  CopyTree what = spec();
  what.owner = "nobody";
  ASSERT_TRUE(copy(what));
  struct stat status {};
  ASSERT_EQ(::stat(world.path("target/a/b").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 65534U);
  what.owner = "no-such-user";
  auto refused = copy(what);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, "target.no_account");
}

TEST_F(TreeCopy, HolesStayHolesEvenOfATebibyte) {
  const std::string name = world.path("source/huge");
  const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::ftruncate(file, off_t{1} << 40), 0);
  ASSERT_EQ(::pwrite(file, "middle", 6, (off_t{1} << 39) + 5), 6);
  ASSERT_EQ(::pwrite(file, "first", 5, 0), 5);
  ::close(file);
  world.write("source/zeros", std::string(5 << 20, '\0'));
  auto copied = copy(spec());
  ASSERT_TRUE(copied) << copied.error().what << copied.error().cause;
  struct stat status {};
  ASSERT_EQ(::stat(world.path("target/huge").c_str(), &status), 0);
  EXPECT_EQ(status.st_size, off_t{1} << 40);
  EXPECT_LE(status.st_blocks * 512, 64 * 1024);
  const int made = ::open(world.path("target/huge").c_str(), O_RDONLY | O_CLOEXEC);
  std::array<char, 6> found{};
  ASSERT_EQ(::pread(made, found.data(), 6, (off_t{1} << 39) + 5), 6);
  EXPECT_EQ(std::string(found.data(), 6), "middle");
  ::close(made);
  EXPECT_TRUE(compare_copy({spec().manifest, spec().to}, progress, {}));
}

TEST_F(TreeCopy, HardLinksBecomeFilesOfTheirOwnAndForeignRightsStayBehind) {
  world.write("source/a", noise(100000, 1));
  ASSERT_EQ(::link(world.path("source/a").c_str(), world.path("source/b").c_str()), 0);
  ASSERT_EQ(::setxattr(world.path("source/a").c_str(), "user.foreign", "1", 1, 0), 0);
  ASSERT_EQ(::chmod(world.path("source/a").c_str(), 06777), 0);
  world.protect(world.source());
  auto copied = copy(spec());
  ASSERT_TRUE(copied) << copied.error().what << copied.error().cause;
  for (const std::string name : {"a", "b"}) {
    expect_same(name);
    struct stat status {};
    ASSERT_EQ(::lstat(world.path("target/" + name).c_str(), &status), 0);
    EXPECT_EQ(status.st_nlink, 1U) << "a later change of one must not change the other";
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(::listxattr(world.path("target/" + name).c_str(), nullptr, 0), 0);
  }
}

TEST_F(TreeCopy, RepeatingCompletesAnInterruptedCopy) {
  const std::string big = noise(5 << 20, 7);
  world.write("source/d/big", big);
  world.write("source/d/wrong", noise(300000, 9));
  world.write("target/d/big", big.substr(0, 2500000));
  world.write("target/d/wrong", noise(300000, 10) + "too long");
  auto copied = copy(spec());
  ASSERT_TRUE(copied) << copied.error().what << copied.error().cause;
  expect_same("d/big");
  expect_same("d/wrong");
  struct stat before {};
  ASSERT_EQ(::stat(world.path("target/d/big").c_str(), &before), 0);
  ASSERT_TRUE(copy(spec()));
  struct stat after {};
  ASSERT_EQ(::stat(world.path("target/d/big").c_str(), &after), 0);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec) << "an equal file was written again";
}

TEST_F(TreeCopy, AFlippedByteOrAMissingFileIsFoundOnReadingBack) {
  for (int i = 0; i < 20; ++i)
    world.write("source/f" + std::to_string(i), noise(10000, static_cast<unsigned>(i)));
  ASSERT_TRUE(copy(spec()));
  std::fstream file(world.path("target/f7"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(5000).put('!');
  file.close();
  fs::remove(world.path("target/f9"));
  auto compared = compare_copy({spec().manifest, spec().to}, progress, {});
  ASSERT_FALSE(compared);
  EXPECT_EQ(compared.error().id, "verify.copy_differs");
  EXPECT_THAT(list_fact(compared.error().facts, "files"), ElementsAre("f7", "f9"));
}

TEST_F(TreeCopy, ACutManifestIsNotBelieved) {
  world.write("source/a", "x");
  ASSERT_TRUE(copy(spec()));
  const std::string whole = content(spec().manifest);
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    std::ofstream(spec().manifest, std::ios::trunc) << whole.substr(0, length);
    EXPECT_FALSE(read_copy_manifest(spec().manifest)) << length;
  }
}

TEST_F(TreeCopy, AFileThatChangesOrDisappearsWhileItIsReadIsNamed) {
  world.write("source/a", noise(4 << 20, 1));
  std::atomic<int> calls{0};
  progress.on_advance = [&] {
    if (calls++ == 1) std::ofstream(world.path("source/a"), std::ios::app) << "more";
  };
  auto grown = copy(spec());
  ASSERT_FALSE(grown);
  EXPECT_EQ(grown.error().id, "source.changed");
  EXPECT_EQ(text_fact(grown.error().facts, "path"), "a");

  // A file that was already copied when it changes is noticed too.
  world.write("source/b/small", "1");
  calls = 0;
  progress.on_advance = [&] {
    if (calls++ == 4) fs::remove(world.path("source/b/small"));
  };
  auto gone = copy(spec());
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().id, "source.changed");
  EXPECT_FALSE(fs::exists(spec().manifest)) << "a failed copy has no manifest";
}

TEST_F(TreeCopy, CancellingStopsInsideAFile) {
  world.write("source/a", noise(8 << 20, 1));
  std::stop_source stop;
  progress.on_advance = [&] { stop.request_stop(); };
  auto stopped = copy_tree(spec(), {}, progress, CancellationToken{stop.get_token()});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().id, "run.cancelled");
  EXPECT_LT(progress.bytes, std::uint64_t{8 << 20});
}

TEST_F(TreeCopy, NeverWritesThroughALinkInTheTarget) {
  world.write("source/d/a", "new");
  world.write("victim/a", "old");
  world.make_directory("target");
  fs::create_directory_symlink(world.path("victim"), world.path("target/d"));
  ASSERT_FALSE(copy(spec()));
  EXPECT_EQ(content(world.path("victim/a")), "old");
  fs::remove(world.path("target/d"));
  world.make_directory("target/d");
  fs::create_symlink(world.path("victim/a"), world.path("target/d/a"));
  EXPECT_FALSE(copy(spec()));
  fs::remove(world.path("target/d/a"));
  fs::create_hard_link(world.path("victim/a"), world.path("target/d/a"));
  EXPECT_FALSE(copy(spec()));
  EXPECT_EQ(content(world.path("victim/a")), "old");
}

TEST_F(TreeCopy, AFullDiskIsNamedAndCopyingGoesOnAfterSpaceWasMade) {
  world.write("source/a", noise(3 << 20, 1));
  world.make_directory("small");
  ASSERT_EQ(::mount("tmpfs", world.path("small").c_str(), "tmpfs", 0, "size=1m"), 0) << "needs root to mount";
  CopyTree what = spec();
  what.to = world.path("small/target");
  auto full = copy(what);
  EXPECT_EQ(full ? "copied" : full.error().id, "disk.full");
  ASSERT_EQ(::mount("tmpfs", world.path("small").c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
  EXPECT_TRUE(copy(what));
  EXPECT_EQ(content(world.path("small/target/a")), content(world.path("source/a")));
  ::umount(world.path("small").c_str());
}

TEST_F(TreeCopy, TheLastFilesComeAfterEverythingElse) {
  world.write("source/global/pg_control", "control");
  world.write("source/base/1", noise(2 << 20, 3));
  CopyTree what = spec();
  what.last = {"global/pg_control"};
  progress.on_advance = [&] {
    if (progress.bytes <= (2U << 20U)) {
      EXPECT_FALSE(fs::exists(world.path("target/global/pg_control")));
    }
  };
  ASSERT_TRUE(copy(what));
  expect_same("global/pg_control");
  what.last = {"global/absent"};
  EXPECT_FALSE(copy(what));
}

class Counting : public Inspector {
 public:
  void begin(const std::string& path, Bytes size) override {
    name_ = path;
    expected_ = size.count;
    seen_ = 0;
    zeros_ = 0;
  }
  void chunk(std::span<const std::byte> data) override {
    seen_ += data.size();
    for (const std::byte b : data) zeros_ += b == std::byte{0} ? 1 : 0;
  }
  Result<std::vector<std::string>> end() override {
    ++files_;
    bytes_ += seen_;
    if (seen_ != expected_) return std::vector<std::string>{name_ + " was not seen whole"};
    return zeros_ == 0 ? std::vector<std::string>{} : std::vector<std::string>{name_ + " has zeros"};
  }
  [[nodiscard]] Facts totals() const override {
    return {{"files", static_cast<std::int64_t>(files_)},
            {"bytes", static_cast<std::int64_t>(bytes_)},
            {"max_size", static_cast<std::int64_t>(expected_)}};
  }

 private:
  std::string name_;
  std::uint64_t expected_ = 0, seen_ = 0, zeros_ = 0, files_ = 0, bytes_ = 0;
};

TEST_F(TreeCopy, InspectorsSeeEveryByteOfEveryFileHolesAsZeros) {
  for (int i = 1; i <= 300; ++i) world.write("source/d/" + std::to_string(i), std::string(100, 'x'));
  world.write("source/big", std::string(3 << 20, 'y'));
  const int hole = ::open(world.path("source/hole").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::ftruncate(hole, 5 << 20), 0);
  ASSERT_EQ(::pwrite(hole, "z", 1, 3 << 20), 1);
  ::close(hole);
  CopyTree what = spec();
  what.inspect = true;
  make_inspector = [] { return std::make_unique<Counting>(); };
  auto copied = copy(what);
  ASSERT_TRUE(copied) << copied.error().what;
  EXPECT_THAT(copied->flaws, ElementsAre("hole has zeros"));
  EXPECT_EQ(number_fact(copied->inspected, "files"), 302);
  EXPECT_EQ(number_fact(copied->inspected, "bytes"), 30000 + (3 << 20) + (5 << 20));
  auto read = read_copy_manifest(what.manifest);
  ASSERT_TRUE(read);
  EXPECT_EQ(number_fact(read->inspected, "files"), 302);
  EXPECT_EQ(read->flaws, copied->flaws);
}

}  // namespace
}  // namespace recover::strategy
