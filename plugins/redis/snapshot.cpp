// What the head of a snapshot says in the words of a finding, and the check of its end: opcode 0xff and
// eight bytes of CRC-64 over all before (0: switched off by rdbchecksum no).
#include "redis/snapshot.hpp"

#include "recover/decoder.hpp"
#include "redis/crc64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace recover::redis {

namespace {

constexpr std::size_t trailer_size = 9;
constexpr std::size_t piece = 1U << 20U;

std::int64_t number_of(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void state_writer(Finding& finding, const RdbHead& head, const std::string& file_name) {
  finding.product = head.is_valkey ? "Valkey" : head.is_keydb ? "KeyDB" : "Redis";
  for (const char* field : {"valkey-ver", "redis-ver"}) {
    const std::string version = head.aux_value(field);
    if (version.empty()) continue;
    if (std::string_view(field) == "valkey-ver") finding.product = "Valkey";
    finding.version = {version, fmt::format("field {} of {}", field, file_name)};
    return;
  }
  finding.version = {head.is_valkey ? std::string("9 or newer") : writers_of(head.format),
                     fmt::format("RDB format {} of {}, which names no version", head.format, file_name)};
}

}  // namespace

void state_snapshot(Finding& finding, const RdbHead& head, const std::string& file_name) {
  state_writer(finding, head, file_name);
  finding.identity = head.aux_value("repl-id");
  finding.content_time = std::max(finding.content_time, number_of(head.aux_value("ctime")));
  set_fact(finding.facts, "rdb_format", std::int64_t{head.format});
  const std::int64_t memory = number_of(head.aux_value("used-mem"));
  if (memory > 0) set_fact(finding.facts, "memory_needed", memory);
  finding.evidence.push_back(fmt::format("{}: RDB format {}", file_name, head.format));
  if (head.is_empty) {
    set_fact(finding.facts, "snapshot_keys", std::int64_t{0});
    finding.evidence.push_back(file_name + " holds no keys");
  }
  if (head.first) {
    finding.databases.push_back("db" + std::to_string(head.first->number));
    set_fact(finding.facts, "snapshot_keys", static_cast<std::int64_t>(head.first->keys));
    set_fact(finding.facts, "snapshot_expiring_keys", static_cast<std::int64_t>(head.first->expiring));
    finding.evidence.push_back(fmt::format("{}: {} keys in db{} (later databases lie behind them)", file_name,
                                           head.first->keys, head.first->number));
  }
}

Result<Health> judge_snapshot(Tree& tree, const std::string& path, std::uint64_t checksum_limit) {
  const std::uint64_t size = RECOVER_TRY(tree.info(path)).size.count;
  const Health cut{HealthState::incomplete, "cut short", {"The end marker and checksum are missing."}};
  if (size < 9 + trailer_size) return cut;
  const std::string trailer = RECOVER_TRY(tree.read(path, size - trailer_size, trailer_size));
  if (trailer.size() < trailer_size || static_cast<std::uint8_t>(trailer[0]) != 0xff) return cut;
  const std::uint64_t stored = Decoder(trailer, 1).little64();
  if (stored == 0) return Health{HealthState::ok, "complete, written without checksum", {}};
  if (size > checksum_limit) return Health{HealthState::ok, "complete, checksum not computed", {}};
  std::uint64_t checksum = 0;
  for (std::uint64_t at = 0; at < size - 8;) {
    const std::string bytes = RECOVER_TRY(tree.read(path, at, std::min<std::uint64_t>(piece, size - 8 - at)));
    if (bytes.empty()) return cut;
    checksum = crc64(checksum, bytes);
    at += bytes.size();
  }
  if (checksum == stored) return Health{HealthState::ok, "complete, checksum right", {}};
  return Health{HealthState::damaged,
                "checksum wrong",
                {fmt::format("Its CRC-64 is {:016x}, the file says {:016x}.", checksum, stored)}};
}

}  // namespace recover::redis
