// Sources of bytes: an open file, and a source whose head was looked at first. Also the magic numbers of
// compressed streams: gzip RFC 1952 §2.3.1, zstd RFC 8878 §3.1.1, xz file format 1.1.0 §2.1.1.1,
// bzip2 "BZh" + level + the magic of a block or of the end, lz4 frame format 1.6.2.
#include "core/sys/byte_source.hpp"

#include "core/sys/read_rate.hpp"
#include "recover/errors.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace recover::sys {

namespace {

class FileSource final : public SeekableSource {
 public:
  explicit FileSource(int descriptor) : descriptor_(descriptor) {}

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    ReadRate& rate = ReadRate::of_process();
    const std::size_t portion = rate.portion(length);
    ssize_t got = -1;
    do {
      got = ::pread(descriptor_, buffer, portion, offset_);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return make_system_error(errors::source_read_error, "cannot read the file", errno)
          .with("offset", std::int64_t{offset_});
    }
    offset_ += got;
    // A portion is waited for in a moment, so whoever may stop asks in time.
    RECOVER_TRY(rate.take(static_cast<std::uint64_t>(got), CancellationToken{}));
    return static_cast<std::size_t>(got);
  }

  [[nodiscard]] std::optional<std::uint64_t> length() const override {
    struct ::stat status {};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
  }

  void seek(std::uint64_t position) override { offset_ = static_cast<off_t>(position); }

 private:
  int descriptor_;
  off_t offset_ = 0;
};

}  // namespace

ArchiveReader::~ArchiveReader() = default;

std::unique_ptr<SeekableSource> file_source(int descriptor) {
  return std::make_unique<FileSource>(descriptor);
}

Result<std::string> HeadSource::head(std::size_t length) {
  while (head_.size() < length) {
    const std::size_t before = head_.size();
    head_.resize(length);
    auto got = source_.read(head_.data() + before, length - before);
    head_.resize(before + (got ? *got : 0));
    if (!got) return std::move(got).error();
    if (*got == 0) break;
  }
  return head_;
}

Result<std::size_t> HeadSource::read(char* buffer, std::size_t length) {
  const std::size_t kept = std::min(length, head_.size() - head_used_);
  if (kept > 0) {
    std::memcpy(buffer, head_.data() + head_used_, kept);
    head_used_ += kept;
    consumed_ += kept;
    return kept;
  }
  const std::size_t got = RECOVER_TRY(source_.read(buffer, length));
  consumed_ += got;
  return got;
}

void HeadSource::seek(std::uint64_t position) {
  seekable_->seek(position);
  head_used_ = head_.size();  // its bytes are read again from the source
  consumed_ = position;
}

std::string compression_of(std::string_view head) {
  if (head.starts_with("\x1f\x8b\x08")) return "gzip";
  if (head.starts_with("\x28\xb5\x2f\xfd")) return "zstd";
  if (head.starts_with(std::string_view("\3757zXZ\0", 6))) return "xz";
  if (head.starts_with("\x04\x22\x4d\x18")) return "lz4";
  const bool block = head.size() > 4 && (head[4] == '\x31' || head[4] == '\x17');
  if (head.starts_with("BZh") && head.size() > 3 && head[3] >= '1' && head[3] <= '9' && block) return "bzip2";
  return "";
}

bool is_cut_before_magic(const std::string& head, const std::string& name) {
  struct Form {
    std::string_view suffix;
    std::string_view magic;
    std::size_t shown_after;  ///< bytes that compression_of() needs
  };
  static constexpr std::array<Form, 7> forms{{{".gz", "\x1f\x8b\x08", 3},
                                              {".tgz", "\x1f\x8b\x08", 3},
                                              {".zst", "\x28\xb5\x2f\xfd", 4},
                                              {".xz",
                                               {"\xfd"
                                                "7zXZ\0",
                                                6},
                                               6},
                                              {".lz4", "\x04\x22\x4d\x18", 4},
                                              {".bz2", "BZh", 5},
                                              {".tbz2", "BZh", 5}}};
  return std::any_of(forms.begin(), forms.end(), [&](const Form& form) {
    return name.ends_with(form.suffix) && head.size() < form.shown_after &&
           form.magic.starts_with(std::string_view(head).substr(0, form.magic.size()));
  });
}

}  // namespace recover::sys
