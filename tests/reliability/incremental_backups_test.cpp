// Chains of incremental backups of real servers of 17 and 18: found wherever their links lie, combined on
// copies, recovered, and compared with the server that they were taken from; a link that is missing is named.
#include "tests/support/dumping.hpp"

#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

const std::string all_rows =
    "SELECT count(*), sum(hashtextextended(o::text, 0)) FROM (SELECT * FROM orders UNION ALL SELECT * FROM "
    "far) o";

class IncrementalBackups : public ::testing::WithParamInterface<int>, public Dumping {
 protected:
  void SetUp() override {
    server_ = std::make_unique<Cluster>(box, GetParam(), "server", std::vector<std::string>{}, programs());
    server_->start({"summarize_wal=on"});
    server_->fill();
    fs::create_directories(box.path("space"));
    ASSERT_EQ(Sandbox::run({"chown", "postgres", box.path("space")}).exit, 0);
    static_cast<void>(server_->sql("CREATE TABLESPACE fast LOCATION '" + box.path("space") + "'"));
    tell("CREATE TABLE far (LIKE orders) TABLESPACE fast; INSERT INTO far SELECT * FROM orders");
  }
  [[nodiscard]] static std::string programs() { return client_programs(GetParam()); }
  void tell(const std::string& sql) const { static_cast<void>(server_->sql(sql, "shop")); }

  /// Takes a backup of the running server as source/NAME; `earlier` is a directory with a manifest.
  void back_up(const std::string& name, const std::string& earlier, const std::vector<std::string>& words) {
    std::vector<std::string> command{
        programs() + "/pg_basebackup", "-h", server_->sockets(), "-U", "postgres", "-c", "fast", "-N", "-D",
        box.path("source/" + name)};
    if (!earlier.empty())
      command.push_back("--incremental=" + box.path("source/" + earlier) + "/backup_manifest");
    command.insert(command.end(), words.begin(), words.end());
    const Outcome taken = Sandbox::run(command);
    ASSERT_EQ(taken.exit, 0) << taken.err;
  }
  [[nodiscard]] std::vector<std::string> plain(const std::string& name) const {
    return {"-Fp", "-T", box.path("space") + "=" + box.path("source/" + name + "-space")};
  }
  /// A full backup and two that build upon it, with changes between them and behind.
  void make_chain() {
    back_up("zulu", "", plain("zulu"));
    tell("UPDATE orders SET note = 'first' WHERE id % 500 = 0; UPDATE far SET note = 'f' WHERE id % 700 = 0");
    back_up("alpha", "zulu", {"-Ft", "-z"});
    tell("DELETE FROM orders WHERE id % 900 = 0; INSERT INTO far SELECT * FROM orders WHERE id < 50");
    back_up("mike", "alpha", plain("mike"));
    expected_ = server_->sql(all_rows, "shop");
    tell("DELETE FROM orders");
    server_->stop();
  }

  /// The id of the database that a scan finds below this path.
  std::string id_below(const std::string& path) {
    const auto scan = nlohmann::json::parse(box.recover({"scan", box.source(), "--json"}).out);
    for (const auto& finding : scan["databases"]) {
      if (finding.value("role", "") == "database" && finding.value("path", "").starts_with(path))
        return finding.value("id", "");
    }
    return {};
  }

  std::unique_ptr<Cluster> server_;
  std::string expected_;
};

TEST_P(IncrementalBackups, AChainComesBackWhole) {
  make_chain();
  box.protect(box.source());
  const Answer answer = recover_into(programs());
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), all_rows, "shop"), expected_);
}

TEST_P(IncrementalBackups, TheNewestInArchivesIsCombinedToo) {
  make_chain();
  fs::remove_all(box.path("source/mike"));
  fs::remove_all(box.path("source/mike-space"));
  box.protect(box.source());
  const Answer answer = recover_into(programs(), {"--pick", id_below("alpha/")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM orders WHERE note = 'first'", "shop"),
            "20\n");
}

TEST_P(IncrementalBackups, AMissingLinkIsNamed) {
  make_chain();
  std::ifstream label(box.path("source/mike/backup_label"));
  std::string from;
  for (std::string line; std::getline(label, line);) {
    if (line.starts_with("INCREMENTAL FROM LSN: ")) from = line.substr(22);
  }
  ASSERT_FALSE(from.empty());
  fs::remove_all(box.path("source/alpha"));
  fs::remove_all(box.path("source/zulu"));
  box.protect(box.source());
  const Answer answer = recover_into(programs());
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.incremental_backup"));
  EXPECT_THAT(answer.document.dump(), HasSubstr(from));
}

TEST_P(IncrementalBackups, WhatTheProgramSaysOfAChainIsTold) {
  make_chain();
  const std::string programs_here = box.path("programs");
  fs::create_directories(programs_here);
  for (const auto& program : fs::directory_iterator(programs()))
    fs::create_symlink(program.path(), programs_here + "/" + program.path().filename().string());
  fs::remove(programs_here + "/pg_combinebackup");
  box.write("programs/pg_combinebackup", "#!/bin/sh\necho 'error: the chain is rusty' >&2\nexit 1\n");
  fs::permissions(programs_here + "/pg_combinebackup", fs::perms(0755));
  box.protect(box.source());
  const Answer answer = recover_into(programs_here);
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.combine_failed"));
  EXPECT_THAT(answer.document.dump(), HasSubstr("the chain is rusty"));
}

INSTANTIATE_TEST_SUITE_P(Servers, IncrementalBackups, ::testing::Values(17, 18),
                         [](const auto& one) { return "Of" + std::to_string(one.param); });

}  // namespace
}  // namespace recover::test
