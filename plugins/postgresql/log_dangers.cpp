// Replay of CREATE TABLESPACE (tblspc_redo in src/backend/commands/tablespace.c) makes the link anew with
// the path of the old machine, changes that directory's mode and, in some versions, removes what is in
// it. On this machine the path may be the evidence itself or a living server's tablespace. So the log is
// searched for such records before any server sees it. A record: length (4), transaction (4), previous
// (8), info, resource manager (5 = tablespace), padding (2), checksum (4), then 255 and a one-byte length
// or 254 and a four-byte one, then OID (4) and the path with its zero. Records begin at multiples of 8;
// page headers (24 bytes, 40 at the begin of a segment) are taken out first (access/xlogrecord.h).
#include "postgresql/log_dangers.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/wal_position.hpp"

#include <algorithm>
#include <cstring>

namespace recover::postgresql {

namespace {

constexpr std::size_t page_size = 8192;
constexpr std::size_t first_header = 40;
constexpr std::size_t page_header = 24;
constexpr std::size_t record_header = 24;
constexpr std::size_t info_at = 16;
constexpr std::size_t manager_at = 17;
constexpr char tablespace_manager = 5;
constexpr std::size_t state_offset = 16;  // DBState in pg_control
constexpr char shut_down = 1;

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// The path of a CREATE record that begins at `at`; empty for anything else.
std::string path_at(const std::string& log, std::size_t at) {
  if (at + record_header + 8 > log.size() || log[at + manager_at] != tablespace_manager ||
      (static_cast<unsigned char>(log[at + info_at]) & 0xF0U) != 0) {
    return {};
  }
  const auto kind = static_cast<unsigned char>(log[at + record_header]);
  const bool is_short = kind == 255;
  if (!is_short && kind != 254) return {};
  const std::size_t data = at + record_header + (is_short ? 2 : 5);
  const std::size_t length = is_short ? static_cast<unsigned char>(log[at + record_header + 1])
                                      : number_at(log, at + record_header + 1);
  if (number_at(log, at) != data - at + length || length < 6 || data + 4 >= log.size()) return {};
  if (log[data + 4] != '/') return {};
  const std::string rest = log.substr(data + 4, length - 4);
  return rest.substr(0, rest.find('\0'));
}

}  // namespace

std::string created_tablespace(const std::string& segment, std::uint64_t from_offset) {
  std::string log;
  std::size_t start = 0;  // where from_offset is once the headers are out
  for (std::size_t page = 0; page * page_size < segment.size(); ++page) {
    const std::size_t header = page == 0 ? first_header : page_header;
    const std::size_t begin = page * page_size + header;
    if (begin <= from_offset)
      start = log.size() + std::min<std::size_t>(from_offset - begin, page_size - header);
    if (begin < segment.size()) log += segment.substr(begin, page_size - header);
  }
  for (std::size_t at = start; at + record_header < log.size(); at += 8) {
    if (std::string path = path_at(log, at); !path.empty()) return path;
  }
  return {};
}

Result<void> check_log(const Plan& plan, const std::string& data, Host& host) {
  const auto control = host.files().read(data + "/global/pg_control");
  if (control && control->size() > state_offset && (*control)[state_offset] == shut_down &&
      !host.files().exists(data + "/backup_label")) {
    return {};  // nothing will be replayed
  }
  std::string lsn = text_fact(plan.facts, fact::backup_start_wal);
  if (lsn.empty()) lsn = text_fact(plan.facts, fact::redo_lsn);
  const std::uint64_t from = parse_lsn(lsn).value_or(Lsn{}).value;
  const auto size =
      static_cast<std::uint64_t>(number_fact(plan.facts, fact::wal_segment_size, std::int64_t{16} << 20));
  for (const std::string& name : RECOVER_TRY(host.files().list(data + "/pg_wal"))) {
    const auto parsed = parse_segment_name(name, size);
    if (!parsed) continue;
    const std::uint64_t begin = parsed->number * size;
    if (begin + size <= from) continue;
    const std::string segment = RECOVER_TRY(host.files().read(data + "/pg_wal/" + name));
    const std::string path = created_tablespace(segment, from > begin ? from - begin : 0);
    if (path.empty()) continue;
    return make_error(errors::tablespace_in_log, "the log segment " + name,
                      "it creates a tablespace in " + path + ", which replay would write to")
        .with("path", path);
  }
  return {};
}

}  // namespace recover::postgresql
