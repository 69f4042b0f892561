// gzip (RFC 1952) through ISA-L and not through libarchive: libarchive 3.6.2 skips the trailer without
// looking at it (archive_read_support_filter_gzip.c, consume_trailer), so a changed byte would pass
// unnoticed. ISA-L compares CRC-32 and length (igzip_lib.h, ISAL_GZIP_NO_HDR_VER) and decodes almost three
// times as fast as zlib, which matters because decoding bounds how fast a dump is loaded
// (docs/performance.md). A stream that ends before its trailer is truncated, anything else that is wrong is
// damage. Several members follow each other (pigz, logrotate, concatenation); what follows the last one and
// is not a member is ignored with a warning, as gzip does.
#include "core/sys/gzip.hpp"

#include "recover/errors.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>

namespace recover::sys {

namespace {

std::string reason_of(int status) {
  switch (status) {
    case ISAL_INVALID_BLOCK: return "invalid block type";
    case ISAL_INVALID_SYMBOL: return "invalid symbol";
    case ISAL_INVALID_LOOKBACK: return "invalid distance";
    case ISAL_INVALID_WRAPPER: return "wrong header";
    case ISAL_UNSUPPORTED_METHOD: return "unknown compression method";
    case ISAL_INCORRECT_CHECKSUM: return "wrong checksum or length";
    default: return "invalid data";
  }
}

class GzipSource final : public ByteSource {
 public:
  GzipSource(std::shared_ptr<HeadSource> source, const std::string& name, const Warn& warn)
      : source_(std::move(source)), name_(name), warn_(warn) {
    ::isal_inflate_init(&state_);
    begin_member();
  }

  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const auto wanted = static_cast<std::uint32_t>(std::min<std::size_t>(length, 1U << 30U));
    state_.next_out = reinterpret_cast<std::uint8_t*>(buffer);
    state_.avail_out = wanted;
    while (!ended_ && state_.avail_out == wanted && wanted > 0) RECOVER_TRY(step());
    return wanted - state_.avail_out;
  }

 private:
  enum class Place { header, data, behind };

  Result<void> step() {
    if (state_.avail_in == 0) RECOVER_TRY(refill());
    switch (place_) {
      case Place::header: return read_header();
      case Place::data: return read_data();
      case Place::behind: break;
    }
    constexpr std::uint8_t first_of_magic = 0x1f;
    if (state_.avail_in == 0) {
      ended_ = true;
    } else if (*state_.next_in == first_of_magic) {
      begin_member();
    } else {
      return skip_padding();
    }
    return {};
  }

  /// With ISAL_GZIP isal_inflate() would read headers itself, but it forgets their flags where one lies in
  /// two buffers (2.30, igzip_inflate.c: its isal_gzip_header is a local variable).
  void begin_member() {
    ::isal_inflate_reset(&state_);
    ::isal_gzip_header_init(&header_);
    state_.crc_flag = ISAL_GZIP_NO_HDR_VER;
    place_ = Place::header;
  }

  Result<void> read_header() {
    const int status = ::isal_read_gzip_header(&state_, &header_);
    if (status == ISAL_DECOMP_OK) {
      place_ = Place::data;
    } else if (status != ISAL_END_INPUT) {
      return damaged(status);
    } else if (source_ended_) {
      return truncated();
    }
    return {};
  }

  Result<void> read_data() {
    const std::uint32_t room = state_.avail_out;
    const int status = ::isal_inflate(&state_);
    if (status < 0 || status == ISAL_NEED_DICT) return damaged(status);
    if (state_.block_state == ISAL_BLOCK_FINISH) {
      place_ = Place::behind;
    } else if (state_.avail_in == 0 && source_ended_ && state_.avail_out == room) {
      return truncated();  // it was given all there is and gave nothing any more
    }
    return {};
  }

  /// Behind the last member. gzip(1) ignores zeros there silently and anything else with a warning.
  Result<void> skip_padding() {
    const std::int64_t begin = offset();
    bool garbage = false;
    while (state_.avail_in > 0) {
      garbage = garbage || std::any_of(state_.next_in, state_.next_in + state_.avail_in,
                                       [](std::uint8_t byte) { return byte != 0; });
      state_.avail_in = 0;
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
    state_.next_in = reinterpret_cast<std::uint8_t*>(input_.data());
    state_.avail_in = static_cast<std::uint32_t>(got);
    source_ended_ = got == 0;
    return {};
  }

  [[nodiscard]] std::int64_t offset() const {
    return static_cast<std::int64_t>(source_->consumed() - state_.avail_in);
  }

  [[nodiscard]] Error truncated() const {
    return make_error(errors::archive_truncated, "cannot decode " + name_,
                      "the gzip stream ends at byte " + std::to_string(offset()) + ", before its checksum")
        .with("offset", offset());
  }

  [[nodiscard]] Error damaged(int status) const {
    return make_error(errors::archive_damaged, "cannot decode " + name_,
                      reason_of(status) + " in the gzip stream at byte " + std::to_string(offset()))
        .with("offset", offset());
  }

  std::shared_ptr<HeadSource> source_;
  std::string name_;
  Warn warn_;
  ::inflate_state state_{};
  ::isal_gzip_header header_{};
  std::array<char, 65536> input_{};
  bool source_ended_ = false;
  Place place_ = Place::header;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gzip_decoder(std::shared_ptr<HeadSource> source, const std::string& name,
                                         const Warn& warn) {
  return std::make_unique<GzipSource>(std::move(source), name, warn);
}

}  // namespace recover::sys
