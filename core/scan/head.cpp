// Reading heads: the only place where the scanner opens files itself (plugins go through Tree).
//
// RELIABILITY §2.4: nothing is opened before fstatat has shown a regular file, so a FIFO or device with
// a promising name is never touched; then that very file is opened (sys::open_listed_file), read-only
// and without changing its access time. Five system calls for a head, one where the size settles the
// matter: there are a million of them, and nearly all the time of a scan is spent here. One page is
// read; the long head only where a name asked for it.

#include "core/scan/head.hpp"

#include "core/scan/name_class.hpp"
#include "core/sys/archive.hpp"
#include "core/sys/read_rate.hpp"
#include "core/sys/source_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace recover::scan {
namespace {

Size size_of(const struct ::stat& status) {
  return {
      {static_cast<std::uint64_t>(status.st_size)}, {static_cast<std::uint64_t>(status.st_blocks) * 512}, 1};
}

bool worth_reading(Interest interest, std::uint64_t size) {
  if (interest == Interest::none) return false;
  if (interest == Interest::named) return true;
  if (size < smallest_database) return false;
  return interest == Interest::head || size % smallest_page == 0;
}

/// Bytes of a compressed stream that are in memory.
class MemorySource : public sys::ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const auto count = std::min(length, bytes_.size() - at_);
    std::memcpy(buffer, bytes_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

/// Decodes up to `length` bytes; an error ends it, what came before stays.
std::string decoded_from(sys::ByteSource& stored, std::size_t length, std::optional<Error>* problem) {
  const auto decoder = sys::open_decoder(stored, "head");
  if (!decoder) {
    if (problem != nullptr) *problem = decoder.error();
    return {};
  }
  std::string bytes(length, '\0');
  std::size_t filled = 0;
  while (filled < length) {
    const auto got = (*decoder)->read(bytes.data() + filled, length - filled);
    if (!got && problem != nullptr) *problem = got.error();
    if (!got || *got == 0) break;
    filled += *got;
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

Interest interest_in(const Matcher& matcher, std::string_view name, const Matcher::Numbers& of_name) {
  if (!of_name.empty() && matcher.asks_for(of_name)) return Interest::named;
  switch (class_of_name(name)) {
    case NameClass::settled: return Interest::none;
    case NameClass::media: return Interest::page_file;
    case NameClass::open: break;
  }
  return Interest::head;
}

HeadReader::HeadReader() : buffer_(std::make_unique<char[]>(long_head)) {}

FileHead HeadReader::read(int directory, const char* name, Interest interest) {
  FileHead head;
  struct ::stat status {};
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    head.problem = errno;
    return head;
  }
  if (!S_ISREG(status.st_mode)) return head;
  head.size = size_of(status);
  if (!worth_reading(interest, head.size.logical.count)) return head;
  const auto file = sys::open_listed_file(directory, name, status);
  const auto wanted = interest == Interest::named ? long_head : short_head;
  const auto got = file ? ::pread(file.get(), buffer_.get(), wanted, 0) : -1;
  if (got < 0) {
    head.problem = errno;
    return head;
  }
  static_cast<void>(sys::ReadRate::of_process().take(static_cast<std::uint64_t>(got), {}));
  head.is_read = true;
  head.bytes = {buffer_.get(), static_cast<std::size_t>(got)};
  head.compression = sys::compression_of(head.bytes);
  if (!head.compression.empty()) {
    const auto stored = sys::file_source(file.get());
    head.decoded = decoded_from(*stored, wanted, &head.undecodable);
  }
  return head;
}

std::string decode_head(std::string_view bytes, std::size_t length) {
  MemorySource stored(bytes);
  return decoded_from(stored, length, nullptr);
}

bool is_archive_stream(std::string_view head) {
  if (head.size() > 262 && head.substr(257, 5) == "ustar") return true;
  constexpr std::string_view magics[] = {"PK\x03\x04", "070701", "070702", "070707"};
  return std::any_of(std::begin(magics), std::end(magics),
                     [&](std::string_view magic) { return head.starts_with(magic); });
}

bool is_archive(std::string_view head) {
  return is_archive_stream(head) || head.starts_with("7z\xbc\xaf\x27\x1c");
}

}  // namespace recover::scan
