// libarchive's view of a source, for reading only. Of a seekable source what nobody asks for is not read:
// libarchive skips members' bodies and, for zip and 7z, goes to the table at the end. A skip never goes
// beyond the end, so that a member that is cut off is missed when it is passed over, not only when it is
// read. Failures of the source travel beside libarchive, which only knows numbers.
#include "core/sys/archive_stream.hpp"

#include "recover/errors.hpp"

#include <archive.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace recover::sys {

namespace {

// libarchive 3.6.2: "Truncated tar archive", "truncated bzip2 input", "Truncated zstd input",
// "truncated lz4 input", "Truncated input file (needed ...)", "Truncated 7-Zip file body"; liblzma at an
// early end says "No progress is possible" through it (LZMA_BUF_ERROR).
bool is_early_end(const std::string& reason) {
  constexpr std::array<std::string_view, 4> words{"runcated", "No progress is possible", "Premature end",
                                                  "premature end"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return reason.find(word) != std::string::npos; });
}

}  // namespace

void Stream::Free::operator()(::archive* archive) const {
  ::archive_read_free(archive);
}

Stream::Stream(ByteSource& source, std::string name)
    : source_(source),
      seekable_(dynamic_cast<SeekableSource*>(&source)),
      name_(std::move(name)),
      length_(seekable_ == nullptr ? std::nullopt : seekable_->length()),
      archive_(::archive_read_new()) {}

int Stream::open() {
  if (is_seekable()) {
    ::archive_read_set_skip_callback(get(), &Stream::skip);
    ::archive_read_set_seek_callback(get(), &Stream::seek);
  }
  return ::archive_read_open(get(), this, nullptr, &Stream::read, nullptr);
}

Result<std::string> Stream::read_elsewhere(std::uint64_t offset, std::size_t length) {
  std::string bytes(length, '\0');
  seekable_->seek(std::min(offset, *length_));
  std::size_t filled = 0;
  while (filled < length) {
    const std::size_t got = RECOVER_TRY(source_.read(bytes.data() + filled, length - filled));
    if (got == 0) break;
    filled += got;
  }
  seekable_->seek(position_);
  bytes.resize(filled);
  return bytes;
}

Error Stream::error(const std::string& member, std::uint64_t offset) const {
  std::string what = member.empty() ? "cannot read " + name_ : "cannot read " + member + " in " + name_;
  const auto position = static_cast<std::int64_t>(offset);
  if (failure_) {
    Error error = *failure_;
    if (member.empty()) return error;
    return std::move(error).with("member", member).during("reading " + member);
  }
  const char* text = ::archive_error_string(get());
  const std::string reason = text == nullptr ? "the structure is wrong" : text;
  const ErrorKind& kind = is_early_end(reason) ? errors::archive_truncated : errors::archive_damaged;
  Error error = make_error(kind, std::move(what), reason + " (near byte " + std::to_string(offset) + ")")
                    .with("offset", position);
  if (member.empty()) return error;
  return std::move(error).with("member", member);
}

std::int64_t Stream::read(::archive* archive, void* self, const void** buffer) {
  auto& stream = *static_cast<Stream*>(self);
  auto got = stream.source_.read(stream.buffer_.data(), stream.buffer_.size());
  if (!got) {
    stream.failure_ = got.error();
    ::archive_set_error(archive, EIO, "the source failed");
    return -1;
  }
  *buffer = stream.buffer_.data();
  stream.position_ += *got;
  return static_cast<std::int64_t>(*got);
}

std::int64_t Stream::skip(::archive* /*archive*/, void* self, std::int64_t request) {
  auto& stream = *static_cast<Stream*>(self);
  const std::uint64_t rest = *stream.length_ - std::min(*stream.length_, stream.position_);
  const auto step = std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(request, 0)), rest);
  stream.go_to(stream.position_ + step);
  return static_cast<std::int64_t>(step);
}

std::int64_t Stream::seek(::archive* /*archive*/, void* self, std::int64_t offset, int whence) {
  auto& stream = *static_cast<Stream*>(self);
  const auto length = static_cast<std::int64_t>(*stream.length_);
  const auto here = static_cast<std::int64_t>(stream.position_);
  const auto wanted = (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? here : length) + offset;
  if (wanted < 0 || wanted > length) return ARCHIVE_FATAL;
  stream.go_to(static_cast<std::uint64_t>(wanted));
  return wanted;
}

void Stream::go_to(std::uint64_t position) {
  seekable_->seek(position);
  position_ = position;
}

void EntryData::begin(const std::string& member, std::optional<std::uint64_t> size) {
  member_ = member;
  size_ = size;
  position_ = 0;
  block_ = {};
  block_offset_ = 0;
  ended_ = false;
}

Result<std::size_t> EntryData::read(char* buffer, std::size_t length) {
  while (block_.empty() && !ended_) RECOVER_TRY(next_block());
  const std::uint64_t until = block_.empty() ? size_.value_or(position_) : block_offset_;
  if (position_ < until) {  // a hole before the block, or at the end of a sparse member
    const std::size_t zeros = std::min<std::uint64_t>(length, until - position_);
    std::memset(buffer, 0, zeros);
    position_ += zeros;
    return zeros;
  }
  const std::size_t taken = std::min(length, block_.size());
  if (taken > 0) std::memcpy(buffer, block_.data(), taken);
  block_.remove_prefix(taken);
  block_offset_ += taken;
  position_ += taken;
  return taken;
}

Result<void> EntryData::next_block() {
  const void* data = nullptr;
  std::size_t length = 0;
  la_int64_t offset = 0;
  const int status = ::archive_read_data_block(stream_.get(), &data, &length, &offset);
  if (status == ARCHIVE_EOF && ::archive_errno(stream_.get()) == 0) {
    ended_ = true;
    return {};
  }
  if (status != ARCHIVE_OK) return stream_.error(member_, stored_.consumed());
  block_ = {static_cast<const char*>(data), length};
  block_offset_ = static_cast<std::uint64_t>(offset);
  if (length > 0 && block_offset_ < position_) {
    return make_error(errors::archive_damaged, "cannot read " + member_, "its pieces overlap")
        .with("member", member_);
  }
  return {};
}

}  // namespace recover::sys
