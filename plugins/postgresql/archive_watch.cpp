// An archive that is decoded on its way into pg_restore is never seen as a file, and pg_restore takes some
// that are cut without a word. So its structure is followed while it passes by: the table of contents, every
// block up to its empty chunk, every block that the table promises; of a tar archive every header up to the
// zero block. Nothing but the table of contents is kept in memory.
//
// Formats: pg_backup_custom.c (_printTocEntry, _skipData), pg_backup_tar.c, POSIX ustar; dump_end.cpp is the
// same for archives that are files.
#include "postgresql/archive_watch.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/tar_blocks.hpp"
#include "recover/decoder.hpp"

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t magic_length = 5;
constexpr std::size_t integer_length = 5;
constexpr std::size_t first_look = std::size_t{64} << 10;
constexpr std::size_t most_contents = std::size_t{256} << 20;
constexpr char block_of_rows = 1;
constexpr char block_of_objects = 3;

}  // namespace

void ArchiveWatch::take(std::string_view bytes) {
  const auto goes_on = [this] { return next_ < Next::end; };
  while (!bytes.empty() && goes_on()) {
    const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(to_pass_, bytes.size()));
    bytes.remove_prefix(passed);
    to_pass_ -= passed;
    if (to_pass_ == 0 && !bytes.empty()) step(bytes);
  }
}

DumpEnd ArchiveWatch::end() {
  // A short archive is not looked at before its end; behind its blocks there may be a second table of
  // contents.
  for (int tables = 0; tables < 2 && next_ == Next::contents; ++tables) {
    std::string_view none;
    parse_at_ = 0;
    read_contents(none);
  }
  if (next_ == Next::unknown) return DumpEnd::not_checked;
  const bool is_at_end = next_ == Next::block && to_pass_ == 0 && awaited_.empty();
  return next_ == Next::end || is_at_end ? DumpEnd::complete : DumpEnd::truncated;
}

bool ArchiveWatch::gather(std::string_view& bytes, std::size_t size) {
  const std::size_t taken = std::min(size - field_.size(), bytes.size());
  field_ += bytes.substr(0, taken);
  bytes.remove_prefix(taken);
  return field_.size() == size;
}

void ArchiveWatch::step(std::string_view& bytes) {
  switch (next_) {
    case Next::form:
      if (!gather(bytes, magic_length)) return;
      next_ = field_ == "PGDMP" ? Next::contents : Next::header;
      parse_at_ = first_look;
      return;
    case Next::contents: return read_contents(bytes);
    case Next::header: return read_header(bytes);
    default: return read_custom(bytes);
  }
}

/// How long a table of contents is shows only when it is read.
void ArchiveWatch::read_contents(std::string_view& bytes) {
  field_ += bytes;
  bytes = {};
  if (field_.size() < parse_at_) return;
  const auto toc = parse_archive_toc(field_);
  if (!toc || !toc->is_whole) {
    parse_at_ = field_.size() * 2;
    if (field_.size() > most_contents) next_ = Next::unknown;
    return;
  }
  if (entry_count_ == 0) {  // of the second one the blocks are there already
    for (const TocEntry& entry : toc->entries) {
      if (entry.has_data) awaited_.insert(entry.id);
    }
  }
  entry_count_ = toc->entry_count;
  const std::string rest = field_.substr(toc->end);
  field_.clear();
  next_ = Next::block;
  take(rest);
}

void ArchiveWatch::read_custom(std::string_view& bytes) {
  if (!gather(bytes, next_ == Next::block ? 1 : integer_length)) return;
  switch (next_) {
    case Next::block:
      if (field_[0] == 'P') {
        next_ = Next::contents;
        parse_at_ = first_look;
        return;  // its first letter stays
      }
      of_objects_ = field_[0] == block_of_objects;
      next_ = field_[0] == block_of_rows || of_objects_ ? Next::block_number : Next::broken;
      break;
    case Next::block_number:
      awaited_.erase(number());
      next_ = of_objects_ ? Next::object : Next::length;
      break;
    case Next::object: next_ = number() == 0 ? Next::block : Next::length; break;
    default: pass(number());
  }
  field_.clear();
}

void ArchiveWatch::pass(std::int64_t length) {
  if (length < 0) next_ = Next::broken;
  if (length > 0) to_pass_ = static_cast<std::uint64_t>(length);
  if (length == 0) next_ = of_objects_ ? Next::object : Next::block;
}

void ArchiveWatch::read_header(std::string_view& bytes) {
  if (!gather(bytes, tar_block)) return;
  const bool is_last = field_.find_first_not_of('\0') == std::string::npos;
  const std::uint64_t length = tar_length(field_);
  to_pass_ = whole_tar_blocks(length);
  field_.clear();
  if (is_last) next_ = Next::end;
}

/// A sign and four bytes.
std::int64_t ArchiveWatch::number() const {
  Decoder decoder(field_);
  const bool negative = decoder.byte() != 0;
  const std::int64_t value = decoder.little32();
  return negative ? -value : value;
}

namespace {

class Watched final : public ContentSource {
 public:
  Watched(std::unique_ptr<ContentSource> archive, std::string shown,
          std::function<void(std::int64_t)> entries)
      : archive_(std::move(archive)), shown_(std::move(shown)), entries_(std::move(entries)) {}

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const std::size_t got = RECOVER_TRY(archive_->read(buffer, length));
    watch_.take(std::string_view(buffer, got));
    if (got != 0 || length == 0) return got;
    if (watch_.end() == DumpEnd::truncated)
      return make_error(errors::dump_incomplete, shown_, "the archive ends before its last data block does");
    if (entries_) entries_(watch_.entry_count());
    return got;
  }
  [[nodiscard]] std::uint64_t stored_consumed() const override { return archive_->stored_consumed(); }
  [[nodiscard]] std::uint64_t stored_size() const override { return archive_->stored_size(); }
  [[nodiscard]] std::vector<std::string> warnings() const override { return archive_->warnings(); }

 private:
  std::unique_ptr<ContentSource> archive_;
  std::string shown_;
  std::function<void(std::int64_t)> entries_;
  ArchiveWatch watch_;
};

}  // namespace

std::unique_ptr<ContentSource> watched(std::unique_ptr<ContentSource> archive, std::string shown,
                                       std::function<void(std::int64_t)> entries) {
  return std::make_unique<Watched>(std::move(archive), std::move(shown), std::move(entries));
}

}  // namespace recover::postgresql
