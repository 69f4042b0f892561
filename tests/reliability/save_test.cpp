// recover save: a copy of a server that works on, found again by a scan, recovered, and compared row by row;
// and base backups of which a file is not what the server sent.
#include "tests/support/recovering.hpp"

#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;

class Save : public Recovering {
 protected:
  void SetUp() override {
    server_.start({"autovacuum=off"});
    server_.fill();
    // One copy of each value: no index over it, no statistics.
    static_cast<void>(server_.sql("DROP INDEX orders_note_idx", "shop"));
  }

  Outcome save(const std::vector<std::string>& words = {}, const std::string& role = "postgres") {
    std::vector<std::string> command{
        "save",       "postgresql",
        box.source(), "--json",
        "--min-free", "100MB",
        "--target",   "postgresql://" + role + "@/postgres?host=" + server_.sockets()};
    command.insert(command.end(), words.begin(), words.end());
    return box.recover(command);
  }
  static nlohmann::json document_of(const Outcome& outcome) {
    return nlohmann::json::parse(outcome.out, nullptr, false);
  }
  /// Everything that lies in the source directory, hidden or not.
  [[nodiscard]] std::vector<std::string> entries() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(box.source())) names.push_back(entry.path().filename());
    return names;
  }
  /// A saved copy without compression, so that a member's bytes lie plainly in base.tar.
  std::string save_plain() {
    const Outcome saved = save({"--compress", "0"});
    EXPECT_EQ(saved.exit, 0) << saved.err;
    return document_of(saved).value("path", "");
  }

  Cluster server_{box, major, "server"};
};

const std::string all_rows = "SELECT count(*), sum(hashtextextended(o::text, 0)) FROM orders o";

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// Changes one byte behind the first place of `mark`.
void flip_byte_behind(const std::string& path, const std::string& mark) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t at = text.find(mark);
  ASSERT_NE(at, std::string::npos) << path << " does not hold " << mark;
  file.clear();
  file.seekp(static_cast<std::streamoff>(at + mark.size()));
  file.put(static_cast<char>(text[at + mark.size()] ^ 1));
}

TEST_F(Save, ASavedServerIsFoundAndRecoveredRowByRow) {
  fs::create_directories(box.path("space"));
  ASSERT_EQ(Sandbox::run({"chown", "postgres", box.path("space")}).exit, 0);
  static_cast<void>(server_.sql("CREATE TABLESPACE fast LOCATION '" + box.path("space") + "'"));
  static_cast<void>(server_.sql("ALTER TABLE orders SET TABLESPACE fast", "shop"));
  const std::string before = server_.sql(all_rows, "shop");
  const Outcome saved = save();
  ASSERT_EQ(saved.exit, 0) << saved.err << saved.out;
  const auto document = document_of(saved);
  EXPECT_EQ(document["schema"], "recover.save/1");
  EXPECT_EQ(document["checks"].dump().find("\"failed\""), std::string::npos) << saved.out;
  EXPECT_THAT(document["checks"].dump(), HasSubstr("backup_manifest"));
  const std::string path = document["path"];
  EXPECT_TRUE(fs::exists(path + "/base.tar.gz"));
  EXPECT_EQ(entries().size(), 1U);
  server_.stop();

  const Outcome scanned = box.recover({"scan", box.source(), "--json"});
  EXPECT_EQ(scanned.exit, 0) << scanned.err;
  EXPECT_THAT(scanned.out, HasSubstr("base backup"));
  box.protect(box.source());
  const Answer answer = recover(major);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), all_rows, "shop"), before);
}

TEST_F(Save, ADryRunWritesNothing) {
  const Outcome planned = save({"--dry-run"});
  ASSERT_EQ(planned.exit, 0) << planned.err;
  EXPECT_EQ(document_of(planned)["dry_run"], true);
  EXPECT_GT(document_of(planned)["server_bytes"], 1'000'000);
  EXPECT_TRUE(entries().empty());
}

TEST_F(Save, WhatAKilledOneLeftIsRemovedByTheNext) {
  box.write("source/.postgresql-15-00000000-20260101T000000Z.recover-part/base.tar", "half");
  ASSERT_EQ(save().exit, 0);
  ASSERT_EQ(entries().size(), 1U);
  EXPECT_FALSE(entries().front().starts_with("."));
}

TEST_F(Save, ARoleWithoutTheAttributeIsTold) {
  static_cast<void>(server_.sql("CREATE ROLE clerk LOGIN"));
  const Outcome refused = save({}, "clerk");
  EXPECT_EQ(refused.exit, 1) << refused.out;
  EXPECT_THAT(refused.out + refused.err, HasSubstr("postgresql.no_replication_right"));
  EXPECT_THAT(refused.out + refused.err, HasSubstr("ALTER ROLE"));
  EXPECT_TRUE(entries().empty());
}

TEST_F(Save, AccessRulesWithoutReplicationAreTold) {
  std::ofstream(server_.data() + "/pg_hba.conf") << "local all all trust\n";
  static_cast<void>(server_.sql("SELECT pg_reload_conf()"));
  // The postmaster reads the file when the signal reaches it.
  Outcome refused;
  for (int attempt = 0; attempt < 600 && refused.exit != 1; ++attempt) {
    refused = save({"--dry-run"});
    if (refused.exit != 1) Sandbox::run({"sleep", "0.1"});
  }
  EXPECT_EQ(refused.exit, 1) << refused.out;
  EXPECT_THAT(refused.out + refused.err, HasSubstr("postgresql.no_replication_access"));
}

TEST_F(Save, TooFewSendersAreTold) {
  server_.stop();
  server_.start({"max_wal_senders=0"});
  const Outcome refused = save();
  EXPECT_EQ(refused.exit, 1) << refused.out;
  EXPECT_THAT(refused.out + refused.err, HasSubstr("postgresql.no_wal_senders"));
}

TEST_F(Save, WithoutAClientProgramThePackageIsNamed) {
  const Outcome refused = save({"--bindir", box.path("nowhere")});
  EXPECT_EQ(refused.exit, 7) << refused.out;
  EXPECT_THAT(refused.out + refused.err, HasSubstr("postgresql.client_not_installed"));
  EXPECT_THAT(refused.out + refused.err, HasSubstr("postgresql-client-15"));
}

TEST_F(Save, WhatTheClientSaysIsToldAndNothingIsLeft) {
  box.write("programs/pg_basebackup",
            "#!/bin/sh\n[ \"$1\" != --version ] || { echo 'pg_basebackup (PostgreSQL) 15.1'; exit 0; }\n"
            "echo '1/2 kB (50%), 0/1 tablespace' >&2\necho 'error: the line is cut' >&2\nexit 1\n");
  fs::permissions(box.path("programs/pg_basebackup"), fs::perms(0755));
  const Outcome failed = save({"--bindir", box.path("programs")});
  EXPECT_EQ(failed.exit, 12) << failed.out;
  EXPECT_THAT(failed.out + failed.err, HasSubstr("postgresql.save_failed"));
  EXPECT_THAT(failed.out + failed.err, HasSubstr("the line is cut"));
  EXPECT_TRUE(entries().empty());
}

TEST_F(Save, AFlippedByteIsNamedByItsFileBeforeAnythingIsSwapped) {
  const std::string path = save_plain();
  const std::string file = trimmed(server_.sql("SELECT pg_relation_filepath('orders')", "shop"));
  server_.stop();
  flip_byte_behind(path + "/base.tar", "n5555");
  box.protect(box.source());
  const Outcome verified = box.recover({"verify", box.source(), "--json"});
  EXPECT_EQ(verified.exit, 3) << verified.out;
  EXPECT_THAT(verified.out, HasSubstr(file));
  const Answer answer = recover(major, {"--target-dir", box.path("target")});
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.manifest_mismatch"));
  EXPECT_THAT(answer.document.dump(), HasSubstr(file));
  EXPECT_FALSE(fs::exists(box.path("target/PG_VERSION")));
}

TEST_F(Save, AManifestThatWasChangedProvesNothing) {
  const std::string path = save_plain();
  server_.stop();
  flip_byte_behind(path + "/backup_manifest", "\"Size\": ");
  const Answer answer = recover(major);
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.manifest_damaged"));
}

}  // namespace
}  // namespace recover::test
