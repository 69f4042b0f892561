// Archives and compressed streams through libarchive, for reading only. The layers are ours: a stream is
// first decoded (gzip by ISA-L in gzip.cpp, the others by libarchive as a "raw" archive), then read as
// tar, zip, 7z or cpio with no filter in between, so that "ends too early" and "is damaged" are told apart
// in one place. External filter programs are never registered. libarchive takes a tar that stops
// between two members for complete; the zero blocks at its end (POSIX pax, "End of Archive") are
// therefore checked here. What members are called is not judged here: see extract.cpp.
#include "core/sys/archive.hpp"

#include "core/sys/archive_stream.hpp"
#include "core/sys/byte_source.hpp"
#include "core/sys/gzip.hpp"
#include "recover/errors.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace recover::sys {

namespace {

// tar pads to a record, usually 10 KiB, with -b at most a few MiB.
constexpr std::uint64_t most_padding = 64 << 20;
constexpr std::size_t head_length = 16;  // the longest magic number is shorter

/// zstd, xz, bzip2 and lz4 by libarchive, as an archive of one nameless member.
class RawDecoder final : public ByteSource {
 public:
  RawDecoder(std::shared_ptr<HeadSource> source, const std::string& name, const Warn& warn)
      : source_(std::move(source)),
        name_(name),
        warn_(warn),
        stream_(*source_, name),
        data_(stream_, *source_) {}

  Result<void> open(const std::string& compression) {
    ::archive* archive = stream_.get();
    if (compression == "zstd") ::archive_read_support_filter_zstd(archive);
    if (compression == "xz") ::archive_read_support_filter_xz(archive);
    if (compression == "bzip2") ::archive_read_support_filter_bzip2(archive);
    if (compression == "lz4") ::archive_read_support_filter_lz4(archive);
    ::archive_read_support_format_raw(archive);
    ::archive_read_support_format_empty(archive);
    ::archive_entry* entry = nullptr;
    const int status =
        stream_.open() == ARCHIVE_OK ? ::archive_read_next_header(archive, &entry) : ARCHIVE_FATAL;
    // A stream whose first block cannot be decoded looks empty, with an error number set.
    ended_ = status == ARCHIVE_EOF && ::archive_errno(archive) == 0;
    if (status != ARCHIVE_OK && !ended_) return stream_.error("", source_->consumed());
    // libarchive doubts some beginnings that show the magic number (a bzip2 stream below 14 bytes) and
    // would then pass the bytes on as they are.
    if (::archive_filter_count(archive) < 2) return not_begun();
    data_.begin("", std::nullopt);
    return {};
  }

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    if (ended_) return std::size_t{0};
    const std::size_t got = RECOVER_TRY(data_.read(buffer, length));
    if (got == 0 && length > 0) RECOVER_TRY(look_behind());
    return got;
  }

 private:
  /// libarchive ends bzip2 and lz4 silently where no further stream follows, whatever else does.
  Result<void> look_behind() {
    ended_ = true;
    const auto used = static_cast<std::uint64_t>(::archive_filter_bytes(stream_.get(), -1));
    std::array<char, 65536> rest{};
    while (RECOVER_TRY(source_->read(rest.data(), rest.size())) > 0) {
    }
    if (source_->consumed() > used && warn_) {
      warn_("what follows the stream of " + name_ + " from byte " + std::to_string(used) +
            " was ignored, because it is no such stream");
    }
    return {};
  }

  [[nodiscard]] Error not_begun() const {
    const bool is_short = source_->consumed() < head_length;
    return make_error(is_short ? errors::archive_truncated : errors::archive_damaged,
                      "cannot decode " + name_,
                      is_short ? "the stream ends inside its first header" : "its first header is wrong")
        .with("offset", std::int64_t{0});
  }

  std::shared_ptr<HeadSource> source_;
  std::string name_;
  Warn warn_;
  Stream stream_;
  EntryData data_;
  bool ended_ = false;
};

EntryType type_of(::archive_entry* entry) {
  switch (::archive_entry_filetype(entry)) {
    case AE_IFREG: return EntryType::file;
    case AE_IFDIR: return EntryType::directory;
    case AE_IFLNK: return EntryType::symlink;
    default: return EntryType::other;
  }
}

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

Member member_of(::archive_entry* entry) {
  Member member;
  const char* path = ::archive_entry_pathname(entry);
  member.path = text_or_empty(path != nullptr ? path : ::archive_entry_pathname_utf8(entry));
  member.type = type_of(entry);
  member.size_known = ::archive_entry_size_is_set(entry) != 0;
  member.size = member.size_known ? static_cast<std::uint64_t>(::archive_entry_size(entry)) : 0;
  member.mode = static_cast<std::uint32_t>(::archive_entry_perm(entry));
  member.modified = ::archive_entry_mtime(entry);
  const char* hard_link = ::archive_entry_hardlink(entry);
  member.is_hard_link = hard_link != nullptr;
  if (member.is_hard_link) member.type = EntryType::file;
  member.link_target = text_or_empty(member.is_hard_link ? hard_link : ::archive_entry_symlink(entry));
  return member;
}

class LibarchiveReader final : public ArchiveReader {
 public:
  /// `decoder` reads from `stored`; it is empty when `compression` is.
  LibarchiveReader(std::shared_ptr<HeadSource> stored, std::unique_ptr<ByteSource> decoder,
                   std::string compression, const std::string& name)
      : stored_(std::move(stored)),
        decoder_(std::move(decoder)),
        compression_(std::move(compression)),
        name_(name),
        stream_(contents(), name),
        data_(stream_, *stored_) {}

  Result<void> open() {
    ::archive* archive = stream_.get();
    ::archive_read_support_format_tar(archive);
    ::archive_read_support_format_zip_streamable(archive);
    ::archive_read_support_format_cpio(archive);
    if (stream_.is_seekable()) {  // these read a table at the end first
      ::archive_read_support_format_zip_seekable(archive);
      ::archive_read_support_format_7zip(archive);
    }
    if (stream_.open() != ARCHIVE_OK) return stream_.error("", consumed());
    return advance();  // the format is only known after the first header
  }

  Result<std::optional<Member>> next() override {
    if (first_) {
      first_ = false;
    } else {
      RECOVER_TRY(advance());
    }
    return current_;
  }

  ByteSource& data() override { return data_; }

  Result<std::optional<std::string>> last_bytes(std::size_t length) override {
    if (!data_offset_) return std::optional<std::string>();
    const auto wanted = std::min<std::uint64_t>(length, current_->size);
    auto bytes = RECOVER_TRY(
        stream_.read_elsewhere(*data_offset_ + current_->size - wanted, static_cast<std::size_t>(wanted)));
    if (bytes.size() < wanted) return std::optional<std::string>();  // cut off: reading on will say so
    return std::optional(std::move(bytes));
  }

  [[nodiscard]] std::uint64_t consumed() const override { return stored_->consumed(); }
  [[nodiscard]] std::string compression() const override { return compression_; }
  [[nodiscard]] std::string format() const override {
    switch (static_cast<unsigned>(::archive_format(stream_.get())) & ARCHIVE_FORMAT_BASE_MASK) {
      case ARCHIVE_FORMAT_TAR: return "tar";
      case ARCHIVE_FORMAT_ZIP: return "zip";
      case ARCHIVE_FORMAT_CPIO: return "cpio";
      case ARCHIVE_FORMAT_7ZIP: return "7zip";
      default: return "";
    }
  }

 private:
  Result<void> advance() {
    ::archive_entry* entry = nullptr;
    const std::string previous = current_ ? current_->path : "";
    const int status = ::archive_read_next_header(stream_.get(), &entry);
    current_.reset();
    if (status == ARCHIVE_EOF) return check_end(previous);
    // ARCHIVE_WARN: a name that is not text in this locale, an unknown pax key; the bytes are there.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return stream_.error(previous, consumed());
    ::archive_clear_error(stream_.get());
    current_ = member_of(entry);
    data_offset_ = offset_of_data(entry);
    data_.begin(current_->path, current_->size_known ? std::optional(current_->size) : std::nullopt);
    return {};
  }

  /// Where the member's bytes lie in the source, when they lie there one after the other as they are:
  /// libarchive has consumed a tar's header when it returns it (3.6.2, tar_flush_unconsumed).
  std::optional<std::uint64_t> offset_of_data(::archive_entry* entry) const {
    const bool is_plain = stream_.is_seekable() && format() == "tar" && current_->size_known;
    if (!is_plain || ::archive_entry_sparse_count(entry) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(::archive_filter_bytes(stream_.get(), 0));
  }

  Result<void> check_end(const std::string& previous) {
    // The header position is where the last attempt to read a header began; a zero block consumed
    // from there on is the end marker.
    const la_int64_t after_members = ::archive_read_header_position(stream_.get());
    const la_int64_t read = ::archive_filter_bytes(stream_.get(), 0);
    if (format() == "tar" && read - after_members < 512) {
      return make_error(errors::archive_truncated, "cannot read " + name_,
                        "the tar archive ends without its end marker after " + previous)
          .with("member", previous)
          .with("offset", static_cast<std::int64_t>(consumed()));
    }
    return compression_.empty() ? Result<void>() : read_rest();
  }

  /// Reads what follows the end marker, so that a compressed stream is seen to its checksum.
  Result<void> read_rest() {
    std::array<char, 65536> rest{};
    std::uint64_t total = 0;
    while (const std::size_t got = RECOVER_TRY(contents().read(rest.data(), rest.size()))) {
      total += got;
      if (total > most_padding) {
        return make_error(errors::archive_limit, "cannot read " + name_,
                          "more than " + std::to_string(most_padding) + " bytes follow its end marker");
      }
    }
    return {};
  }

  ByteSource& contents() { return decoder_ ? *decoder_ : *stored_; }

  std::shared_ptr<HeadSource> stored_;   ///< the bytes as they lie in the file
  std::unique_ptr<ByteSource> decoder_;  ///< over stored_
  std::string compression_;
  std::string name_;
  Stream stream_;
  EntryData data_;
  std::optional<Member> current_;
  std::optional<std::uint64_t> data_offset_;
  bool first_ = true;
};

Result<std::unique_ptr<ByteSource>> decoder_over(std::shared_ptr<HeadSource> stored,
                                                 const std::string& compression, const std::string& name,
                                                 const Warn& warn) {
  if (compression == "gzip") return gzip_decoder(std::move(stored), name, warn);
  auto decoder = std::make_unique<RawDecoder>(std::move(stored), name, warn);
  RECOVER_TRY(decoder->open(compression));
  return Result<std::unique_ptr<ByteSource>>(std::move(decoder));
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_decoder(ByteSource& source, const std::string& name,
                                                 const Warn& warn) {
  auto stored = std::make_shared<HeadSource>(source);
  const std::string compression = compression_of(RECOVER_TRY(stored->head(head_length)));
  if (compression.empty()) {
    return make_error(errors::archive_damaged, "cannot decode " + name, "it is no known compressed stream");
  }
  return decoder_over(std::move(stored), compression, name, warn);
}

Result<std::unique_ptr<ArchiveReader>> open_archive(ByteSource& source, const std::string& name,
                                                    const Warn& warn) {
  auto stored = std::make_shared<HeadSource>(source);
  const std::string compression = compression_of(RECOVER_TRY(stored->head(head_length)));
  std::unique_ptr<ByteSource> decoder;
  if (!compression.empty()) decoder = RECOVER_TRY(decoder_over(stored, compression, name, warn));
  auto reader = std::make_unique<LibarchiveReader>(stored, std::move(decoder), compression, name);
  RECOVER_TRY(reader->open());
  return Result<std::unique_ptr<ArchiveReader>>(std::move(reader));
}

}  // namespace recover::sys
