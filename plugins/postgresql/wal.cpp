// A record walker. The end of the log is wherever the first record does not verify: that is how the
// server itself finds it, and it makes page positions beyond that end a proof that data files are newer
// than the log beside them.
//
// A record is a 24-byte header (total length, transaction, position of the record before, kind,
// CRC-32C) and data, 8-byte aligned, split over pages; each page begins with a header of its own.
// Formats: access/xlogrecord.h, access/xlog_internal.h, access/transam/xlogreader.c; the same from 9.5
// to 18.
#include "postgresql/wal.hpp"

#include "postgresql/wal_page.hpp"
#include "recover/crc32c.hpp"
#include "recover/decoder.hpp"

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t record_header = 24;
constexpr std::size_t record_crc = 20;
constexpr std::uint64_t longest_record = std::uint64_t{1020} << 20;
constexpr std::size_t window_size = std::size_t{1} << 20;

constexpr std::uint8_t xlog_manager = 0;
constexpr std::uint8_t switch_record = 0x40;
constexpr std::uint8_t backup_end_record = 0x50;
constexpr std::uint8_t short_data = 255;

std::uint64_t aligned(std::uint64_t value) {
  return (value + 7) & ~std::uint64_t{7};
}

/// Pages of the log by position, read through a window.
class PageReader {
 public:
  PageReader(Tree& tree, const WalFiles& files, const WalIdentity& identity, const WalRange& range)
      : tree_(tree), files_(files), identity_(identity), range_(range) {}

  /// The page that begins at `start`, with its header checked; empty when there is none, and why() says so.
  std::string_view page(std::uint64_t start) {
    if (start < window_start_ || start + identity_.page_size > window_start_ + window_.size()) {
      if (!load(start)) return {};
    }
    const std::size_t offset = start - window_start_;
    if (offset + identity_.page_size > window_.size()) return fail("the segment is cut short");
    const auto page = std::string_view(window_).substr(offset, identity_.page_size);
    header_ = parse_wal_page_header(page);
    if (header_.magic != identity_.version.wal_magic) return fail("a page without a page header");
    if (header_.address.value != start) return fail("a page of another position (recycled file)");
    if (header_.is_long && header_.system_identifier != identity_.system_identifier) {
      return fail("a segment of another cluster");
    }
    return page;
  }

  [[nodiscard]] const WalPageHeader& header() const { return header_; }
  [[nodiscard]] std::size_t header_size() const {
    return header_.is_long ? long_wal_header : short_wal_header;
  }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] bool segment_missing() const { return segment_missing_; }
  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  std::string_view fail(const char* reason) {
    why_ = reason;
    return {};
  }

  bool load(std::uint64_t start) {
    const std::uint64_t number = start / files_.segment_size();
    const WalFile* file = range_.lineage != nullptr ? files_.find(number, *range_.lineage)
                                                    : files_.find(number, range_.timeline);
    if (file == nullptr) {
      segment_missing_ = true;
      why_ = "the next segment is missing";
      return false;
    }
    if (range_.budget != 0 && read_ >= range_.budget) {
      gave_up_ = true;
      why_ = "not read further";
      return false;
    }
    const std::uint64_t offset = start % files_.segment_size();
    window_start_ = start;
    const bool is_in_archive = file->path.find('!') != std::string::npos;
    if (!is_in_archive && file->path.ends_with(to_text(file->name, files_.segment_size()))) {
      const std::size_t length = std::min<std::uint64_t>(window_size, files_.segment_size() - offset);
      window_ = tree_.read(file->path, offset, length).value_or(std::string());
    } else {  // compressed or in an archive: there is only reading from the front
      window_start_ = start - offset;
      window_ = read_whole(tree_, file->path, files_.segment_size());
    }
    read_ += window_.size();
    return true;
  }

  Tree& tree_;
  const WalFiles& files_;
  const WalIdentity& identity_;
  const WalRange& range_;
  std::uint64_t read_ = 0;
  std::uint64_t window_start_ = 0;
  std::string window_;
  WalPageHeader header_;
  std::string why_;
  bool segment_missing_ = false;
  bool gave_up_ = false;
};

}  // namespace

std::string read_whole(Tree& tree, const std::string& path, std::uint64_t length) {
  std::string bytes;
  auto content = tree.open_content(path);
  while (content && bytes.size() < length) {
    const std::size_t before = bytes.size();
    bytes.resize(std::min<std::uint64_t>(before + window_size, length));
    const auto got = (*content)->read(bytes.data() + before, bytes.size() - before);
    bytes.resize(before + (got ? *got : 0));
    if (!got || *got == 0) break;
  }
  return bytes;
}

namespace {

class RecordWalk {
 public:
  RecordWalk(PageReader& pages, const WalIdentity& identity, std::uint64_t segment_size,
             const WalRange& range)
      : pages_(pages),
        page_size_(identity.page_size),
        segment_size_(segment_size),
        range_(range),
        position_(range.start.value) {
    walk_.end = range.start;
  }

  WalWalk to_end() {
    while (read_record()) {
      ++walk_.records;
      judge();
      const bool go_on = !range_.visit || range_.visit(seen());
      previous_ = position_;
      position_ = next_;
      walk_.end = Lsn{next_};
      if (!go_on) break;
    }
    walk_.stopped_because = why_.empty() ? pages_.why() : why_;
    walk_.segment_missing = pages_.segment_missing();
    walk_.gave_up = pages_.gave_up();
    return walk_;
  }

 private:
  bool stop(const char* reason) {
    why_ = reason;
    return false;
  }

  /// Reads the record at position_ into record_ and sets next_.
  bool read_record() {
    if (position_ % page_size_ == 0) {  // records begin behind the page's header
      if (pages_.page(position_).empty()) return false;
      if ((pages_.header().info & WalPageHeader::first_is_continued) != 0)
        return stop("a page continues no record");
      position_ += pages_.header_size();
    }
    const std::uint64_t start = position_ - position_ % page_size_;
    const std::string_view page = pages_.page(start);
    if (page.empty()) return false;
    const std::uint64_t length = Decoder(page, position_ - start).little32();
    if (length < record_header) return stop("no further record");
    if (length > longest_record) return stop("a record of impossible length");
    record_.assign(page.substr(position_ - start, length));
    if (!read_continuation(start, length)) return false;
    return is_valid();
  }

  bool read_continuation(std::uint64_t page_start, std::uint64_t length) {
    std::uint64_t end = position_ + record_.size();
    while (record_.size() < length) {
      page_start += page_size_;
      const std::string_view page = pages_.page(page_start);
      if (page.empty()) return false;
      if ((pages_.header().info & WalPageHeader::first_is_overwritten) != 0) {
        position_ = page_start;  // the server gave the record up after a crash and went on here
        return read_record();
      }
      const std::uint64_t missing = length - record_.size();
      if ((pages_.header().info & WalPageHeader::first_is_continued) == 0 ||
          pages_.header().remaining != missing) {
        return stop("a record without its end");
      }
      const std::size_t header = pages_.header_size();
      record_.append(page.substr(header, missing));
      end = page_start + header + std::min<std::uint64_t>(missing, page_size_ - header);
    }
    next_ = aligned(end);
    return true;
  }

  bool is_valid() {
    const std::string_view record = record_;
    const std::uint64_t before = Decoder(record, 8).little64();
    if (previous_ != 0 ? before != previous_ : before >= position_)
      return stop("a record of an earlier time");
    std::uint32_t crc = crc32c_add(crc32c_start, record.substr(record_header));
    crc = crc32c_finish(crc32c_add(crc, record.substr(0, record_crc)));
    if (crc != Decoder(record, record_crc).little32()) return stop("a record with a wrong checksum");
    return true;
  }

  [[nodiscard]] WalRecord seen() const {
    Decoder decoder(record_, 4);
    const std::uint32_t transaction = decoder.little32();
    decoder.skip(8);
    const std::uint8_t kind = decoder.byte();
    return {Lsn{position_}, Lsn{next_}, transaction, decoder.byte(), kind, record_};
  }

  void judge() {
    Decoder decoder(record_, 16);
    const std::uint8_t kind = decoder.byte() & 0xF0U;
    if (decoder.byte() != xlog_manager) return;
    if (kind == switch_record) {
      next_ = (next_ + segment_size_ - 1) / segment_size_ * segment_size_;
    } else if (kind == backup_end_record && range_.backup_start) {
      Decoder data(record_, record_header);
      if (data.byte() == short_data && data.byte() == 8 && data.little64() == range_.backup_start->value) {
        walk_.backup_end = Lsn{position_};
      }
    }
  }

  PageReader& pages_;
  const std::uint64_t page_size_;
  const std::uint64_t segment_size_;
  const WalRange& range_;
  std::uint64_t position_;
  std::uint64_t previous_ = 0;
  std::uint64_t next_ = 0;
  std::string record_;
  std::string why_;
  WalWalk walk_;
};

}  // namespace

WalWalk walk_wal(Tree& tree, const WalFiles& files, const WalIdentity& identity, const WalRange& range) {
  if (identity.version.wal_magic == version_named("9.4")->wal_magic) {
    WalWalk walk;
    walk.end = range.start;
    walk.stopped_because = "the log of 9.4 has another format";
    walk.gave_up = true;
    return walk;
  }
  PageReader pages(tree, files, identity, range);
  return RecordWalk(pages, identity, files.segment_size(), range).to_end();
}

}  // namespace recover::postgresql
