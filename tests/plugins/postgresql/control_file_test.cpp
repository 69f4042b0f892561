// pg_control of real servers 10-18 against what those servers said about themselves, and against
// pg_controldata where this machine has one; then everything that can be wrong with the file.
#include "postgresql/control_file.hpp"

#include "recover/crc32c.hpp"
#include "tests/plugins/postgresql/clusters.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace recover::postgresql {
namespace {

using test::cluster;
using test::file_content;

std::string control_bytes(const std::string& major, const std::string& which) {
  return file_content(cluster(major) + "/" + which + "/global/pg_control");
}

/// Puts a little-endian number into the file and corrects the checksum at `crc`.
void patch(std::string& bytes, std::size_t at, std::uint32_t value, std::size_t crc) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
  const std::uint32_t sum = crc32c(std::string_view(bytes).substr(0, crc));
  std::memcpy(bytes.data() + crc, &sum, sizeof sum);
}

TEST(Crc32c, KnownValueByInstructionAndByTable) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c_finish(crc32c_add_portable(crc32c_start, "123456789")), 0xE3069283U);
  const std::string long_text(1000, 'x');
  EXPECT_EQ(crc32c(long_text), crc32c_finish(crc32c_add_portable(crc32c_start, long_text)));
}

class ControlFileOf : public testing::TestWithParam<std::string> {};

TEST_P(ControlFileOf, SaysWhatTheServerSaid) {
  const std::string& major = GetParam();
  const ControlFile control = parse_control_file(control_bytes(major, "crashed"));
  ASSERT_EQ(control.status, ControlStatus::good) << control.flaw;
  ASSERT_NE(control.version, nullptr);
  EXPECT_EQ(control.version->name, major);
  EXPECT_EQ(control.state, ClusterState::in_production);
  const auto said = [&](const char* name) { return test::server_fact(major, name); };
  EXPECT_EQ(std::to_string(control.system_identifier), said("system_identifier"));
  EXPECT_EQ(std::to_string(control.catalog_version), said("catalog_version"));
  EXPECT_EQ(to_text(control.checkpoint), said("checkpoint_lsn"));
  EXPECT_EQ(to_text(control.redo), said("redo_lsn"));
  EXPECT_EQ(std::to_string(control.timeline), said("timeline"));
  EXPECT_EQ(std::to_string(control.next_oid), said("next_oid"));
  EXPECT_EQ(std::to_string(control.checkpoint_time), said("checkpoint_time"));
  EXPECT_EQ(std::to_string(control.block_size), said("block_size"));
  EXPECT_EQ(std::to_string(control.relation_segment_blocks), said("relation_segment_blocks"));
  EXPECT_EQ(std::to_string(control.wal_segment_size), said("wal_segment_size"));
  EXPECT_EQ(std::to_string(control.checksum_version), said("checksums"));
  EXPECT_EQ(control.maximum_alignment, 8U);
  EXPECT_EQ(control.settings.max_connections, 100);
  EXPECT_EQ(control.settings.max_locks_per_transaction, 64);
  EXPECT_EQ(control.settings.max_wal_senders.has_value(), std::stoi(major) >= 12);
}

TEST_P(ControlFileOf, IsShutDownAfterAFastStop) {
  const ControlFile control = parse_control_file(control_bytes(GetParam(), "clean"));
  EXPECT_EQ(control.status, ControlStatus::good);
  EXPECT_EQ(control.state, ClusterState::shut_down);
}

TEST_P(ControlFileOf, OneChangedByteIsSeen) {
  std::string bytes = control_bytes(GetParam(), "clean");
  bytes[40] = static_cast<char>(bytes[40] ^ 1);
  EXPECT_EQ(parse_control_file(bytes).status, ControlStatus::damaged);
}

INSTANTIATE_TEST_SUITE_P(Majors, ControlFileOf, testing::ValuesIn(test::majors));

TEST(ControlFile, EqualsPgControldata) {
  const auto shown = recover::test::Sandbox::run(
      {"/usr/lib/postgresql/15/bin/pg_controldata", "-D", cluster("15") + "/crashed"}, "/", "postgres");
  ASSERT_EQ(shown.exit, 0) << shown.err << " (package postgresql-15)";
  const ControlFile control = parse_control_file(control_bytes("15", "crashed"));
  const auto expect_line = [&](const std::string& name, const std::string& value) {
    const std::size_t at = shown.out.find("\n" + name + ":");
    ASSERT_NE(at, std::string::npos) << name;
    const std::size_t from = shown.out.find_first_not_of(' ', at + name.size() + 2);
    EXPECT_EQ(shown.out.substr(from, shown.out.find('\n', from) - from), value) << name;
  };
  expect_line("Catalog version number", std::to_string(control.catalog_version));
  expect_line("Database cluster state", to_text(control.state));
  expect_line("Latest checkpoint location", to_text(control.checkpoint));
  expect_line("Latest checkpoint's PrevTimeLineID", std::to_string(control.previous_timeline));
  expect_line("Latest checkpoint's full_page_writes", control.full_page_writes ? "on" : "off");
  expect_line("Latest checkpoint's NextXID", std::to_string(control.next_transaction_epoch) + ":" +
                                                 std::to_string(control.next_transaction));
  expect_line("Minimum recovery ending location", to_text(control.min_recovery));
  expect_line("Backup start location", to_text(control.backup_start));
  expect_line("wal_level setting", wal_level_text(control.wal_level));
  expect_line("max_worker_processes setting", std::to_string(control.settings.max_worker_processes));
  expect_line("max_wal_senders setting", std::to_string(control.settings.max_wal_senders.value_or(-1)));
  expect_line("Maximum length of identifiers", std::to_string(control.name_length));
  expect_line("Maximum columns in an index", std::to_string(control.index_max_keys));
  expect_line("Maximum size of a TOAST chunk", std::to_string(control.toast_chunk_size));
  expect_line("Size of a large-object chunk", std::to_string(control.large_object_chunk));
  expect_line("Float8 argument passing", control.float8_by_value ? "by value" : "by reference");
  expect_line("Data page checksum version", std::to_string(control.checksum_version));
}

TEST(ControlFile, ShortFileIsDamaged) {
  const ControlFile control = parse_control_file(control_bytes("17", "clean").substr(0, 100));
  EXPECT_EQ(control.status, ControlStatus::damaged);
  EXPECT_NE(control.flaw.find("100 bytes"), std::string::npos);
  EXPECT_EQ(parse_control_file("").status, ControlStatus::damaged);
}

TEST(ControlFile, UnknownVersionIsIntactButNotUnderstood) {
  std::string bytes = control_bytes("18", "clean");
  patch(bytes, 8, 1905, 292);
  const ControlFile control = parse_control_file(bytes);
  EXPECT_EQ(control.status, ControlStatus::unknown_version);
  EXPECT_NE(control.system_identifier, 0U);
  EXPECT_EQ(control.block_size, 0U) << "nothing behind the first fields may be believed";
}

// No big-endian machine here: the words that identify one are swapped by hand.
TEST(ControlFile, BigEndianIsRecognised) {
  std::string bytes = control_bytes("17", "clean");
  for (const std::size_t at : {8, 12, 16})
    std::swap(bytes[at], bytes[at + 3]), std::swap(bytes[at + 1], bytes[at + 2]);
  const std::uint32_t sum = __builtin_bswap32(crc32c(std::string_view(bytes).substr(0, 288)));
  std::memcpy(bytes.data() + 288, &sum, sizeof sum);
  const ControlFile control = parse_control_file(bytes);
  EXPECT_EQ(control.status, ControlStatus::other_architecture);
  EXPECT_EQ(control.architecture, "big-endian");
  EXPECT_EQ(control.control_version, 1700U);
}

// No 32-bit build here: the checksum is put where such a build has it.
TEST(ControlFile, A32BitBuildIsRecognised) {
  std::string bytes = control_bytes("15", "clean");
  std::memset(bytes.data() + 260, 0, 40);
  patch(bytes, 252, 1, 268);
  const ControlFile control = parse_control_file(bytes);
  EXPECT_EQ(control.status, ControlStatus::other_architecture);
  EXPECT_EQ(control.architecture, "32-bit little-endian");
}

}  // namespace
}  // namespace recover::postgresql
