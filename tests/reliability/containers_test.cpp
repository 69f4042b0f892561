// The server of the source's version out of an image: real podman, an image made of real packages.
#include "tests/support/containers.hpp"
#include "tests/support/dumping.hpp"
#include "tests/support/started.hpp"

#include <chrono>
#include <csignal>
#include <thread>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Containers : public Dumping {
 protected:
  void make() {
    original_ = std::make_unique<Cluster>(box, 13, "source/main");
    original_->start();
    run_fixture("any-version", *original_, "postgres");
    run_fixture("every-role", *original_, "postgres");
    run_fixture("every-object", *original_, "everything");
  }
  Answer convert(std::vector<std::string> words) {
    words.insert(words.end(), {"--container-based", "--verify", "full"});
    return recover_into(client_programs(15), words);
  }

  std::unique_ptr<Cluster> original_;
};

TEST_F(Containers, AKilledClusterOfAVersionThatIsNotInstalledComesBack) {
  make();
  original_->kill();
  const std::string digest = tree_digest(box.source());
  const Answer answer = convert({"--runtime", "podman", "--image", postgresql_image()});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  EXPECT_THAT(containers_of(answer.document["run_id"]), IsEmpty());
  original_->start();
  const std::string orders =
      "SELECT count(*), md5(string_agg(o::text, ',' ORDER BY o::text)) FROM shop.orders o";
  EXPECT_EQ(sql_through(answer.connect(), orders, "everything"), original_->sql(orders, "everything"));
}

TEST_F(Containers, AnOrdinaryUserNeedsNoRoot) {
  const RootlessUser user = rootless_user();
  Cluster cluster(box, 13, "source/main");
  cluster.start();
  cluster.fill();
  cluster.kill();
  ASSERT_EQ(Sandbox::run({"chown", "-R", user.name, box.source()}).exit, 0);
  box.make_directory("own-state");
  ASSERT_EQ(Sandbox::run({"chown", user.name, box.path("own-state")}).exit, 0);
  const std::string digest = tree_digest(box.source());
  const Outcome outcome =
      Sandbox::run({"env", "HOME=" + user.home, RECOVER_PROGRAM, box.source(), "--state-dir",
                    box.path("own-state"), "--yes", "--min-free", "100MB", "--bindir", client_programs(15),
                    "--container-based", "--image", postgresql_image(), "--verify", "full"},
                   user.home, user.name);
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
}

TEST_F(Containers, AnImageThatCannotBeHadIsNamedWithTheWayToCarryItOver) {
  Cluster(box, 13, "source/main");
  const Answer answer = convert({"--image", "localhost/recover-test-postgres:not-made", "--pull", "never"});
  EXPECT_EQ(answer.exit, 7) << answer.told();
  EXPECT_THAT(ids(answer), Contains("container.no_image")) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("podman save"));
}

TEST_F(Containers, AnImageWithoutAServerOfThatVersionIsNotUsed) {
  Cluster(box, 16, "source/main");
  const Answer answer =
      recover_into(client_programs(17), {"--container-based", "--image", postgresql_image()});
  EXPECT_EQ(answer.exit, 7) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.server_not_installed")) << answer.told();
}

TEST_F(Containers, ARuntimeThatIsNotThereIsNamed) {
  Cluster(box, 13, "source/main");
  const Answer answer = convert({"--runtime", "docker", "--image", postgresql_image()});
  EXPECT_EQ(answer.exit, 7) << answer.told();
  EXPECT_THAT(ids(answer), Contains("container.no_runtime")) << answer.told();
}

/// A run killed while the old server works in its container.
class KilledContainers : public Containers {
 protected:
  /// Containers are known by their run on the whole machine: every test has a run of its own.
  void kill_in_the_middle(const std::string& run) {
    make();
    original_->stop();
    box.protect(box.source());
    Started running({box.source(), "--yes", "--state-dir", box.state(), "--run-id", run, "--min-free",
                     "100MB", "--bindir", client_programs(15), "--container-based", "--image",
                     postgresql_image(), "--verify", "full"});
    while (running.is_running() && containers_of(run).empty())
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(running.is_running()) << "it ended before its container was there";
    running.end(SIGKILL);
  }
};

TEST_F(KilledContainers, AreGoneAfterTheCleanup) {
  kill_in_the_middle("cleaned");
  EXPECT_THAT(containers_of("cleaned"), Not(IsEmpty())) << "nothing outlived it: this test shows nothing";
  const Outcome outcome = box.recover({"cleanup", "--yes"});
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_THAT(containers_of("cleaned"), IsEmpty());
}

TEST_F(KilledContainers, AreReplacedWhenTheRunGoesOn) {
  kill_in_the_middle("resumed");
  const Outcome outcome = box.recover({"resume", "resumed", "--yes", "--json", "--min-free", "100MB"});
  EXPECT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_THAT(containers_of("resumed"), IsEmpty());
}

}  // namespace
}  // namespace recover::test
