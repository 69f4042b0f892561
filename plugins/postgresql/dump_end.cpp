// The ends of dumps. pg_restore and psql take several kinds of cut dumps without a word, so completeness
// is never left to them. Custom data blocks: type byte (1 table, 3 large objects), dump id, then chunks
// (length, bytes) up to a length of 0. Some pg_dump 16-18 append a second table of contents instead of
// rewriting the first one: PGDMP after the last block is a whole archive too.
//
// Formats: pg_backup_custom.c (_printTocEntry, _skipData), POSIX ustar.
#include "postgresql/dump_end.hpp"

#include "postgresql/tar_blocks.hpp"
#include "recover/decoder.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace recover::postgresql {

namespace {

constexpr std::uint64_t tail_size = 4096;
constexpr std::size_t window_size = std::size_t{256} << 10;
constexpr int most_members = 200'000;

/// Small reads at rising positions of one file, served from a window.
class Window {
 public:
  Window(Tree& tree, std::string path, std::uint64_t budget)
      : tree_(tree), path_(std::move(path)), budget_(budget) {}

  /// `length` bytes at `position`; shorter at the end of the file or when the budget is spent.
  std::string_view at(std::uint64_t position, std::size_t length) {
    if (position < start_ || position + length > start_ + bytes_.size()) load(position);
    const std::uint64_t offset = position - start_;
    if (offset >= bytes_.size()) return {};
    return std::string_view(bytes_).substr(static_cast<std::size_t>(offset), length);
  }

  [[nodiscard]] bool is_spent() const { return is_spent_; }

 private:
  void load(std::uint64_t position) {
    start_ = position;
    bytes_.clear();
    if (budget_ == 0) {
      is_spent_ = true;
      return;
    }
    bytes_ = tree_.read(path_, position, window_size).value_or(std::string());
    budget_ -= std::min<std::uint64_t>(budget_, bytes_.size());
  }

  Tree& tree_;
  std::string path_;
  std::uint64_t budget_;
  std::uint64_t start_ = 0;
  std::string bytes_;
  bool is_spent_ = false;
};

/// Walks custom data blocks.
class BlockWalk {
 public:
  BlockWalk(Window& window, std::uint64_t position, std::uint64_t size)
      : window_(window), position_(position), size_(size) {}

  DumpEnd to_end() {
    while (position_ < size_) {
      const std::string_view head = window_.at(position_, 5);
      if (head == "PGDMP") return DumpEnd::complete;
      if (!block()) return window_.is_spent() ? DumpEnd::not_checked : DumpEnd::truncated;
    }
    return position_ == size_ ? DumpEnd::complete : DumpEnd::truncated;
  }

 private:
  bool block() {
    const std::string_view type = window_.at(position_, 1);
    if (type.empty() || (type[0] != 1 && type[0] != 3)) return false;
    ++position_;
    std::int64_t number = 0;
    if (!integer(number)) return false;
    if (type[0] == 1) return chunks();
    while (integer(number)) {  // large objects: OID, chunks, ... up to OID 0
      if (number == 0) return true;
      if (!chunks()) return false;
    }
    return false;
  }

  bool chunks() {
    std::int64_t length = 0;
    while (integer(length)) {
      if (length == 0) return true;
      if (length < 0) return false;
      position_ += static_cast<std::uint64_t>(length);
      if (position_ > size_) return false;
    }
    return false;
  }

  bool integer(std::int64_t& number) {
    const std::string_view bytes = window_.at(position_, 5);
    if (bytes.size() < 5) return false;
    Decoder decoder(bytes);
    const bool negative = decoder.byte() != 0;
    number = decoder.little32();
    if (negative) number = -number;
    position_ += 5;
    return true;
  }

  Window& window_;
  std::uint64_t position_;
  std::uint64_t size_;
};

}  // namespace

/// Octal digits; what they cannot hold is written base 256 behind a set high bit (print_tar_number, tar.c).
std::uint64_t tar_length(std::string_view header) {
  const std::string_view field = header.substr(124, 12);
  std::uint64_t value = 0;
  const bool is_binary = (static_cast<unsigned char>(field[0]) & 0x80U) != 0;
  for (const char c : is_binary ? field.substr(4) : field) {
    if (is_binary) value = (value << 8U) | static_cast<unsigned char>(c);
    if (!is_binary && c >= '0' && c <= '7') value = value * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::string to_text(DumpEnd end) {
  switch (end) {
    case DumpEnd::complete: return "complete";
    case DumpEnd::truncated: return "truncated";
    case DumpEnd::not_checked: return "not checked";
  }
  return {};
}

DumpEnd check_plain_end(Tree& tree, const std::string& path, std::uint64_t size, const std::string& marker) {
  const std::uint64_t from = size > tail_size ? size - tail_size : 0;
  const auto tail = tree.read(path, from, tail_size);
  if (!tail) return DumpEnd::not_checked;
  return tail->find(marker) != std::string::npos ? DumpEnd::complete : DumpEnd::truncated;
}

DumpEnd check_custom_end(Tree& tree, const std::string& path, std::uint64_t size, const ArchiveToc& toc,
                         std::uint64_t budget) {
  if (!toc.is_whole) return toc.end >= size ? DumpEnd::truncated : DumpEnd::not_checked;
  std::uint64_t start = toc.end;
  for (const TocEntry& entry : toc.entries) start = std::max(start, entry.offset);
  if (start > size) return DumpEnd::truncated;
  Window window(tree, path, budget);
  return BlockWalk(window, start, size).to_end();
}

DumpEnd check_tar_end(Tree& tree, const std::string& path, std::uint64_t size) {
  std::uint64_t position = 0;
  for (int member = 0; member < most_members; ++member) {
    const auto header = tree.read(path, position, tar_block);
    if (!header) return DumpEnd::not_checked;
    if (header->size() < tar_block) return DumpEnd::truncated;
    if (header->find_first_not_of('\0') == std::string::npos) return DumpEnd::complete;
    const std::uint64_t length = tar_length(*header);
    position += tar_block + whole_tar_blocks(length);
    if (position > size) return DumpEnd::truncated;
  }
  return DumpEnd::not_checked;
}

std::vector<std::string> missing_files(const ArchiveToc& toc, const std::vector<Entry>& entries) {
  std::set<std::string> present;
  for (const Entry& entry : entries) present.insert(entry.name);
  std::vector<std::string> missing;
  for (const TocEntry& entry : toc.entries) {
    if (entry.file.empty()) continue;
    static constexpr const char* suffixes[] = {"", ".gz", ".lz4", ".zst"};
    const bool is_there = std::any_of(std::begin(suffixes), std::end(suffixes), [&](const char* suffix) {
      return present.count(entry.file + suffix) != 0;
    });
    if (!is_there) missing.push_back(entry.file);
  }
  return missing;
}

}  // namespace recover::postgresql
