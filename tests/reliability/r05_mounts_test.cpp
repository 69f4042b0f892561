// R05 with real mounts: a bind mount that makes a tree its own part, and file systems inside the source.
// Everything is mounted in a mount namespace of a child (unshare), the machine does not see it.
#include "tests/support/json.hpp"
#include "tests/support/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recover::test {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::string snapshot =
    std::string("REDIS0009\xfa\x09redis-ver\x05") + "6.0.9\xff" + std::string(8, '\0');

/// Runs `mounts` (shell commands, "$1" is the source), then the scan, in a namespace of their own.
Outcome scan_with_mounts(const Sandbox& box, const std::string& mounts,
                         const std::vector<std::string>& flags = {}) {
  std::vector<std::string> command{"timeout",
                                   "60",
                                   "unshare",
                                   "--mount",
                                   "bash",
                                   "-c",
                                   "set -e; " + mounts + "; source=$1; shift; exec \"$@\"",
                                   "-",
                                   box.source(),
                                   RECOVER_PROGRAM,
                                   "--state-dir",
                                   box.state(),
                                   "scan",
                                   box.source(),
                                   "--json"};
  command.insert(command.end(), flags.begin(), flags.end());
  return Sandbox::run(command);
}

std::vector<std::string> found_paths(const Outcome& run) {
  std::vector<std::string> found;
  const auto document = parse_document(run.out);
  for (const auto& database : document["databases"]) found.push_back(database["path"]);
  return found;
}

TEST(R05, ABindMountLoopEndsAndIsSaid) {
  Sandbox box;
  box.write("source/data/dump.rdb", snapshot);
  box.make_directory("source/data/again");
  box.make_directory("source/deeper/loop");
  const Outcome run =
      scan_with_mounts(box, "mount --bind \"$1\" \"$1/data/again\"; mount --rbind \"$1\" \"$1/deeper/loop\"");
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(found_paths(run).size(), 1U) << run.out;
  EXPECT_THAT(parse_document(run.out)["warnings"].dump(), HasSubstr("already seen under another name"));
}

TEST(R05, OneFileSystemStaysOnTheSourcesOwn) {
  Sandbox box;
  box.write("source/here/dump.rdb", snapshot);
  box.write("elsewhere.rdb", snapshot);
  box.make_directory("source/mounted");
  const std::string mounts =
      "mount -t tmpfs none \"$1/mounted\"; cp \"$1/../elsewhere.rdb\" \"$1/mounted/dump.rdb\"";
  const Outcome all = scan_with_mounts(box, mounts);
  EXPECT_EQ(all.exit, 0) << all.err;
  EXPECT_THAT(found_paths(all), UnorderedElementsAre("here/dump.rdb", "mounted/dump.rdb"));
  const Outcome one = scan_with_mounts(box, mounts, {"--one-file-system"});
  EXPECT_EQ(one.exit, 0) << one.err;
  EXPECT_THAT(found_paths(one), UnorderedElementsAre("here/dump.rdb"));
  EXPECT_THAT(parse_document(one.out)["warnings"].dump(), HasSubstr("mounted: on another file system"));
}

TEST(R05, PseudoFileSystemsAreNotEntered) {
  Sandbox box;
  box.write("source/here/dump.rdb", snapshot);
  box.make_directory("source/proc");
  const Outcome run = scan_with_mounts(box, "mount -t proc none \"$1/proc\"");
  EXPECT_THAT(found_paths(run), UnorderedElementsAre("here/dump.rdb"));
  EXPECT_THAT(parse_document(run.out)["warnings"].dump(), HasSubstr("proc: a pseudo file system"));
}

}  // namespace
}  // namespace recover::test
