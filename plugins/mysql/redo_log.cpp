// Reads headers and checkpoints of InnoDB's redo log (log0log.h of MySQL 8.0 and MariaDB 10.11). The
// creator in the header is the surest version a data directory has, because the server writes it even
// before it crashes. Comparing ibdata1's flush LSN with the checkpoint, the classic test for a clean
// shutdown, is wrong for a server that crashed before its first checkpoint and is not used.
#include "mysql/redo_log.hpp"

#include "recover/crc32c.hpp"
#include "recover/decoder.hpp"
#include "recover/recogniser.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace recover::mysql {

namespace {

constexpr std::size_t header_size = 12288;  // MariaDB 10.8: header and both checkpoints
constexpr std::size_t block_size = 512;
constexpr std::size_t log_start = 2048;  // four header blocks, then the log

std::string creator_of(std::string_view header) {
  const std::string_view field = header.substr(std::min<std::size_t>(16, header.size()), 32);
  return std::string(field.substr(0, field.find('\0')));
}

// ---- MariaDB 10.8 and later --------------------------------------------------------------------

struct Checkpoint {
  std::uint64_t lsn = 0;
  std::uint64_t end = 0;
};

std::optional<Checkpoint> checkpoint_at(std::string_view header, std::size_t offset) {
  if (header.size() < offset + 64) return std::nullopt;
  const std::string_view block = header.substr(offset, 64);
  if (crc32c(block.substr(0, 60)) != big32_at(block, 60)) return std::nullopt;
  return Checkpoint{big64_at(block, 0), big64_at(block, 8)};
}

/// Clean: the newest checkpoint is the end of the log, its own record stands there, nothing follows.
Shutdown judge_records(Tree& tree, const std::string& path, std::string_view header, Checkpoint newest) {
  if (newest.end != newest.lsn) return Shutdown::unclean;
  const auto info = tree.info(path);
  const std::uint64_t first = big64_at(header, 8);
  if (!info || info->size.count <= header_size || newest.lsn < first) return Shutdown::unknown;
  const std::uint64_t capacity = info->size.count - header_size;
  const std::uint64_t offset = header_size + (newest.lsn - first) % capacity;
  const auto record = tree.read(path, offset, 17);
  if (!record || record->size() < 15) return Shutdown::unknown;
  const bool is_checkpoint_record =
      record->substr(0, 3) == std::string("\xfa\0\0", 3) && big64_at(*record, 3) == newest.lsn;
  if (!is_checkpoint_record) return Shutdown::probably_unclean;
  const char next = record->size() > 16 ? (*record)[16] : '\0';
  return next == '\0' ? Shutdown::clean : Shutdown::probably_unclean;
}

void read_records(RedoLog& log, Tree& tree, std::string_view header) {
  log.format = RedoFormat::mariadb_10_8;
  log.creator = creator_of(header);
  std::optional<Checkpoint> newest;
  for (const std::size_t offset : {std::size_t{4096}, std::size_t{8192}}) {
    const auto found = checkpoint_at(header, offset);
    if (found && (!newest || found->lsn > newest->lsn)) newest = found;
  }
  if (!newest) return;
  log.checkpoint = newest->lsn;
  if (!log.is_encrypted) log.shutdown = judge_records(tree, log.path, header, *newest);
}

// ---- 512-byte blocks ---------------------------------------------------------------------------

/// LSN of the newest checkpoint in blocks 1 and 3, and where it lies when the file says so.
struct BlockCheckpoint {
  std::uint64_t lsn = 0;
  std::uint64_t offset = 0;  ///< MariaDB up to 10.7 and MySQL up to 8.0.29; else 0
};

std::optional<BlockCheckpoint> newest_block_checkpoint(std::string_view header) {
  std::optional<BlockCheckpoint> newest;
  for (const std::size_t start : {block_size, 3 * block_size}) {
    if (header.size() < start + block_size) continue;
    const std::string_view block = header.substr(start, block_size);
    if (crc32c(block.substr(0, 508)) != big32_at(block, 508)) continue;
    const BlockCheckpoint found{big64_at(block, 8), big64_at(block, 16)};
    if (!newest || found.lsn > newest->lsn) newest = found;
  }
  return newest;
}

/// Clean: the block of the checkpoint is filled exactly up to it.
Shutdown judge_block(Tree& tree, const std::string& path, std::uint64_t lsn, std::uint64_t offset) {
  const auto block = tree.read(path, offset - offset % block_size, 12);
  if (!block || block->size() < 12) return Shutdown::unknown;
  return big16_at(*block, 4) == lsn % block_size ? Shutdown::clean : Shutdown::unclean;
}

void read_blocks(RedoLog& log, Tree& tree, std::string_view header) {
  log.format = RedoFormat::blocks;
  log.creator = creator_of(header);
  const auto newest = newest_block_checkpoint(header);
  if (!newest) return;
  log.checkpoint = newest->lsn;
  if (log.is_encrypted || newest->offset < log_start) return;
  log.shutdown = judge_block(tree, log.path, newest->lsn, newest->offset);
}

// ---- #innodb_redo: MySQL 8.0.30 and later ------------------------------------------------------

/// N of "#ib_redoN"; spares are called #ib_redoN_tmp.
std::optional<std::uint64_t> redo_number(const std::string& name) {
  constexpr std::string_view prefix = "#ib_redo";
  if (!name.starts_with(prefix)) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + prefix.size(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

RedoLog read_redo_directory(Tree& tree, const std::string& directory) {
  RedoLog log;
  std::vector<std::pair<std::uint64_t, std::string>> files;  // start LSN, path
  const auto entries = tree.list(directory);
  if (!entries) return log;
  for (const Entry& entry : *entries) {
    if (entry.type != EntryType::file || !redo_number(entry.name)) continue;
    const std::string path = join_path(directory, entry.name);
    const auto header = tree.read(path, 0, log_start);
    if (!header || big32_at(*header, 0) != 6) continue;
    files.emplace_back(big64_at(*header, 8), path);
    const auto newest = newest_block_checkpoint(*header);
    if (log.format == RedoFormat::none || (newest && newest->lsn > log.checkpoint)) {
      log.creator = creator_of(*header);
      log.path = path;
    }
    if (newest) log.checkpoint = std::max(log.checkpoint, newest->lsn);
    log.format = RedoFormat::blocks;
  }
  std::sort(files.begin(), files.end());
  for (const auto& [start, path] : files) {
    if (start > log.checkpoint || log.checkpoint == 0) continue;
    const auto info = tree.info(path);
    const std::uint64_t offset = log_start + (log.checkpoint - start);
    if (info && offset < info->size.count) log.shutdown = judge_block(tree, path, log.checkpoint, offset);
  }
  return log;
}

RedoLog read_log_file(Tree& tree, const std::string& path, std::string_view header) {
  RedoLog log;
  log.path = path;
  constexpr std::string_view encrypted_mariadb("\xf0\x9f\x97\x9d", 4);
  if (header.starts_with("Phys") || header.starts_with(encrypted_mariadb)) {
    log.is_encrypted = !header.starts_with("Phys");
    read_records(log, tree, header);
  } else if (header.starts_with("PHYS")) {
    read_blocks(log, tree, header);
  } else if (const std::uint32_t format = big32_at(header, 0); format == 0) {
    log.format = RedoFormat::before_5_7_9;
  } else {
    // 1 to 5: MySQL 5.7.9 to 8.0.29, 103 and 104: MariaDB 10.3 and 10.4; the top bit marks encryption.
    const std::uint32_t number = format & 0x7fffffffU;
    if (number > 5 && number != 103 && number != 104) return log;
    log.is_encrypted = format != number;
    read_blocks(log, tree, header);
  }
  return log;
}

}  // namespace

RedoLog read_redo_log(Tree& tree, const std::string& data_directory) {
  const std::string single = join_path(data_directory, "ib_logfile0");
  const auto header = tree.read(single, 0, header_size);
  RedoLog log;
  if (header && header->size() >= block_size) {
    log = read_log_file(tree, single, *header);
  } else if (const std::string directory = join_path(data_directory, "#innodb_redo");
             tree.has_directory(directory)) {
    log = read_redo_directory(tree, directory);
  }
  if (const auto info = tree.info(log.path); info && !log.path.empty()) log.modified = info->modified;
  return log;
}

}  // namespace recover::mysql
