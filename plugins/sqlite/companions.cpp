// Write-ahead log and rollback journal, as far as a scan needs them: is there anything in them that is
// not in the database file? Formats: sqlite.org/fileformat2.html, sections 3 (journal) and 4 (WAL).
// Frame checksums are not computed here: the salts of the header already tell frames of this log from
// older ones, and whoever opens the copy checks them.
#include "sqlite/companions.hpp"

#include "recover/decoder.hpp"

#include <algorithm>

namespace recover::sqlite {

namespace {

constexpr std::size_t wal_header = 32;
constexpr std::size_t frame_header = 24;
// SQLite checkpoints at 1000 pages; a log of four times that is seen to its end.
constexpr std::size_t wal_limit = 16U << 20U;
constexpr std::size_t piece = 1U << 20U;
constexpr std::string_view journal_magic("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);

bool is_wal_header(std::string_view bytes) {
  const std::uint32_t magic = big32_at(bytes, 0);
  return (magic == 0x377f0682U || magic == 0x377f0683U) && big32_at(bytes, 4) == 3007000U;
}

/// Takes one frame's header into account. False: this frame is not of this log.
bool count_frame(WriteAheadLog& log, std::string_view frame, std::string_view salts) {
  if (frame.size() < frame_header || frame.substr(8, 8) != salts) return false;
  ++log.frames;
  if (big32_at(frame, 4) != 0) log.committed = log.frames;  // size after commit: a commit frame
  return true;
}

}  // namespace

WriteAheadLog parse_wal(std::string_view bytes) {
  WriteAheadLog log;
  log.size.count = bytes.size();
  if (bytes.size() < wal_header || !is_wal_header(bytes)) return log;
  const std::uint32_t page = big32_at(bytes, 8);
  if (page < 512 || page > 65536) return log;
  log.page_size = page;
  const std::string_view salts = bytes.substr(16, 8);
  for (std::size_t at = wal_header; at + frame_header + page <= bytes.size(); at += frame_header + page) {
    if (!count_frame(log, bytes.substr(at, frame_header), salts)) break;
  }
  return log;
}

WriteAheadLog read_wal(Tree& tree, const std::string& database_path) {
  const std::string path = database_path + "-wal";
  const auto info = tree.info(path);
  if (!info || info->type != EntryType::file) return {};
  std::string bytes;
  while (bytes.size() < std::min<std::uint64_t>(wal_limit, info->size.count)) {
    const auto next = tree.read(path, bytes.size(), piece);
    if (!next || next->empty()) break;
    bytes += *next;
  }
  WriteAheadLog log = parse_wal(bytes);
  log.exists = true;
  log.is_cut_short = bytes.size() < info->size.count && log.page_size != 0 &&
                     wal_header + log.frames * (log.page_size + frame_header) + log.page_size > bytes.size();
  log.size = info->size;
  return log;
}

Journal parse_journal(std::string_view bytes) {
  Journal journal;
  if (bytes.substr(0, journal_magic.size()) != journal_magic) return journal;
  // Number of saved pages: 0 as long as the journal was not synced, and then no changed page was
  // written to the database yet; all ones: as many as the file holds.
  const std::uint32_t saved_pages = big32_at(bytes, 8);
  journal.pages_before = big32_at(bytes, 16);
  journal.is_hot = saved_pages != 0;
  return journal;
}

Journal read_journal(Tree& tree, const std::string& database_path) {
  const std::string path = database_path + "-journal";
  const auto info = tree.info(path);
  if (!info || info->type != EntryType::file) return {};
  const auto head = tree.read(path, 0, 28);
  Journal journal = parse_journal(head ? std::string_view(*head) : std::string_view());
  journal.exists = true;
  journal.size = info->size;
  journal.is_hot = journal.is_hot && info->size.count > 512;
  return journal;
}

}  // namespace recover::sqlite
