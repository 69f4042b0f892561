// gzip (RFC 1952) through zlib and not through libarchive: libarchive 3.6.2 skips the trailer without
// looking at it (archive_read_support_filter_gzip.c, consume_trailer), so a changed byte would pass
// unnoticed. zlib compares CRC-32 and length. A stream that ends before its trailer is truncated,
// anything else that is wrong is damage. Several members follow each other (pigz, logrotate,
// concatenation); what follows the last one and is not a member is ignored with a warning, as gzip does.
#include "core/sys/gzip.hpp"

#include "recover/errors.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace recover::sys {

namespace {

constexpr int with_gzip_header = 16 + MAX_WBITS;  // zlib.h, inflateInit2

class GzipSource final : public ByteSource {
 public:
  GzipSource(std::shared_ptr<HeadSource> source, const std::string& name, const Warn& warn)
      : source_(std::move(source)), name_(name), warn_(warn) {
    ready_ = ::inflateInit2(&stream_, with_gzip_header) == Z_OK;
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override { ::inflateEnd(&stream_); }

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    if (!ready_) return make_error(errors::internal_error, "cannot decode " + name_, "zlib could not start");
    const auto wanted = static_cast<uInt>(std::min<std::size_t>(length, 1U << 30U));
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = wanted;
    while (!ended_ && stream_.avail_out == wanted && wanted > 0) RECOVER_TRY(step());
    return wanted - stream_.avail_out;
  }

 private:
  Result<void> step() {
    if (stream_.avail_in == 0) RECOVER_TRY(refill());
    if (stream_.avail_in == 0) {
      if (inside_) return truncated();
      ended_ = true;
      return {};
    }
    if (!inside_ && *stream_.next_in != 0x1f) return skip_padding();
    inside_ = true;
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      inside_ = false;
      ::inflateReset(&stream_);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return damaged();
    }
    return {};
  }

  /// Behind the last member. gzip(1) ignores zeros there silently and anything else with a warning.
  Result<void> skip_padding() {
    const std::int64_t begin = offset();
    bool garbage = false;
    while (stream_.avail_in > 0) {
      garbage = garbage || std::any_of(stream_.next_in, stream_.next_in + stream_.avail_in,
                                       [](Bytef byte) { return byte != 0; });
      stream_.avail_in = 0;
      RECOVER_TRY(refill());
    }
    if (garbage && warn_) {
      warn_("what follows the gzip stream of " + name_ + " from byte " + std::to_string(begin) +
            " is no gzip stream and was ignored");
    }
    ended_ = true;
    return {};
  }

  Result<void> refill() {
    const std::size_t got = RECOVER_TRY(source_->read(input_.data(), input_.size()));
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(got);
    return {};
  }

  [[nodiscard]] std::int64_t offset() const {
    return static_cast<std::int64_t>(source_->consumed() - stream_.avail_in);
  }

  [[nodiscard]] Error truncated() const {
    return make_error(errors::archive_truncated, "cannot decode " + name_,
                      "the gzip stream ends at byte " + std::to_string(offset()) + ", before its checksum")
        .with("offset", offset());
  }

  [[nodiscard]] Error damaged() const {
    const std::string reason = stream_.msg == nullptr ? "invalid data" : stream_.msg;
    return make_error(errors::archive_damaged, "cannot decode " + name_,
                      reason + " in the gzip stream at byte " + std::to_string(offset()))
        .with("offset", offset());
  }

  std::shared_ptr<HeadSource> source_;
  std::string name_;
  Warn warn_;
  ::z_stream stream_{};
  std::array<char, 65536> input_{};
  bool ready_ = false;
  bool inside_ = true;  // the first member must be there
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gzip_decoder(std::shared_ptr<HeadSource> source, const std::string& name,
                                         const Warn& warn) {
  return std::make_unique<GzipSource>(std::move(source), name, warn);
}

}  // namespace recover::sys
