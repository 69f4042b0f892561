// R64: fifty databases, some of them bad. What the exit code is, what the manifest and the list of failures
// say, and where the next process goes on.
#include "core/run/restore_manifest.hpp"
#include "tests/support/json.hpp"
#include "tests/unit/core/run/file_engine.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <set>

namespace recover::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int databases = 50;

/// In memory, where the thousands of syncs of fifty databases cost nothing.
class Scratch {
 public:
  Scratch() {
    std::string pattern = "/dev/shm/recover-fifty-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) path = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string path;
};

class FiftyDatabases : public ::testing::Test {
 protected:
  void make(const std::set<int>& bad) {
    fs::remove_all(world_.source());
    world_.scanned.survey.findings.clear();
    for (int i = 1; i <= databases; ++i) {
      const std::string name = "db" + std::to_string(i);
      RunWorld::write(world_.source() + "/" + name + "/control", bad.count(i) != 0 ? "bad" : "new");
      world_.scanned.survey.findings.push_back(RunWorld::finding("f-" + std::to_string(i), name));
    }
    world_.wishes.target_directory.clear();
  }
  static std::set<int> first(int count) {
    std::set<int> numbers;
    for (int i = 1; i <= count; ++i) numbers.insert(i * 4);
    return numbers;
  }
  Report execute() {
    const auto plan = world_.plan();
    EXPECT_TRUE(plan);
    return world_.execute(*plan);
  }
  /// The file of the run that begins like this; null when there is none.
  [[nodiscard]] json file(const std::string& beginning) const {
    for (const auto& entry : fs::directory_iterator(world_.state.run("01RUN"))) {
      if (entry.path().filename().string().starts_with(beginning))
        return parse_document(content_of(entry.path().string()));
    }
    return nullptr;
  }

  Scratch scratch_;
  RunWorld world_{scratch_.path};
};

TEST_F(FiftyDatabases, R64_TheFirstFailureStopsTheRunWithAManifest) {
  make({26});
  EXPECT_EQ(execute().exit, ExitCode::verification_failed);
  const json manifest = file("restore-manifest-");
  EXPECT_EQ(manifest["total"], databases);
  EXPECT_EQ(manifest["succeeded"], 25);
  EXPECT_EQ(manifest["failed"], json::array({"f-26"}));
  EXPECT_EQ(manifest["continue_from"], "f-26");
  EXPECT_EQ(manifest["items"][0]["rows"], 3);
  EXPECT_EQ(manifest["items"][25]["error"], "verify.failed");
  const json failures = file("cluster-restore-failures-");
  EXPECT_EQ(failures["groups"][0]["count"], 1);
  EXPECT_EQ(failures["failures"][0]["name"], "db26");
  EXPECT_FALSE(failures["failures"][0]["error"]["cause"].get<std::string>().empty());
}

TEST_F(FiftyDatabases, R64_TheNextProcessGoesOnWhereItStopped) {
  make({26});
  static_cast<void>(execute());
  world_.policy.continue_on_error = true;
  const auto report = world_.resume();
  ASSERT_TRUE(report) << report.error().cause;
  EXPECT_EQ(report->exit, ExitCode::partial);
  EXPECT_EQ(file("restore-manifest-")["succeeded"], databases - 1);
}

TEST_F(FiftyDatabases, R64_GoingOnIsPartialAndZeroOnlyByTheOperatorsWord) {
  make({26});
  world_.policy.continue_on_error = true;
  EXPECT_EQ(execute().exit, ExitCode::partial);
  EXPECT_EQ(file("restore-manifest-")["succeeded"], databases - 1);
}

struct Share {
  int bad;
  bool require_all;
  ExitCode exit;
};

class FiftyWithAThreshold : public FiftyDatabases, public ::testing::WithParamInterface<Share> {};

TEST_P(FiftyWithAThreshold, R64) {
  make(first(GetParam().bad));
  world_.policy.continue_on_error = true;
  world_.policy.min_success_percent = 80;
  world_.policy.require_all = GetParam().require_all;
  const Report report = execute();
  EXPECT_EQ(report.exit, GetParam().exit);
  EXPECT_EQ(report.status, RunStatus::partial);
  EXPECT_EQ(file("cluster-restore-failures-")["groups"][0]["count"], GetParam().bad);
}

INSTANTIATE_TEST_SUITE_P(Shares, FiftyWithAThreshold,
                         ::testing::Values(Share{1, false, ExitCode::ok}, Share{1, true, ExitCode::partial},
                                           Share{9, false, ExitCode::ok},
                                           Share{11, false, ExitCode::partial}));

TEST_F(FiftyDatabases, AManifestOfAnotherPlanIsRefused) {
  make({26});
  static_cast<void>(execute());
  json manifest = file("restore-manifest-");
  EXPECT_EQ(run::run_of_manifest(manifest.dump(), world_.state).value(), "01RUN");
  manifest["source_fingerprint"] = "another";
  const auto refused = run::run_of_manifest(manifest.dump(), world_.state);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().exit, ExitCode::refused);
  EXPECT_FALSE(run::run_of_manifest("{", world_.state));
  EXPECT_FALSE(run::run_of_manifest("{}", world_.state));
}

}  // namespace
}  // namespace recover::test
