// Hashing of file contents in blocks, the same for the source while it is copied and for the copy when
// it is read back. Relies on SEEK_DATA (lseek(2)) to pass over holes and treats a file system without
// it as one without holes. The definition of the hash is in docs/formats/copy-manifest.md.
#include "core/strategy/content_hash.hpp"

#include "recover/errors.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

namespace recover::strategy {

namespace {

std::string hex_of(const XXH128_hash_t& digest) {
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx", static_cast<unsigned long long>(digest.high64),
                static_cast<unsigned long long>(digest.low64));
  return text.data();
}

}  // namespace

Block::Block() : bytes_(static_cast<char*>(std::aligned_alloc(4096, block_size))) {
  if (bytes_ == nullptr) throw std::bad_alloc();
}

ContentHash::ContentHash() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  reset();
}

void ContentHash::reset() {
  XXH3_128bits_reset(state_.get());
  expected_ = 0;
}

void ContentHash::add(std::uint64_t offset, std::span<const char> block) {
  if (is_zero(block)) return;
  if (offset != expected_) {
    static_assert(std::endian::native == std::endian::little, "the offset is hashed as little-endian");
    XXH3_128bits_update(state_.get(), &offset, sizeof offset);
  }
  XXH3_128bits_update(state_.get(), block.data(), block.size());
  expected_ = offset + block.size();
}

std::string ContentHash::hex() const {
  return hex_of(XXH3_128bits_digest(state_.get()));
}

std::string hash_text(const std::string& text) {
  return hex_of(XXH3_128bits(text.data(), text.size()));
}

bool is_zero(std::span<const char> bytes) {
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

std::uint64_t next_data_block(int file, std::uint64_t offset, std::uint64_t size) {
  const off_t found = ::lseek(file, static_cast<off_t>(offset), SEEK_DATA);
  if (found < 0) return errno == ENXIO ? size : offset;
  const auto data = static_cast<std::uint64_t>(found);
  return std::max(offset, data - data % block_size);
}

std::int64_t read_block(int file, char* buffer, std::size_t length, std::uint64_t offset) {
  std::size_t done = 0;
  bool repeated = false;
  while (done < length) {
    const ssize_t got = ::pread(file, buffer + done, length - done, static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (errno == EIO && !repeated) {
      repeated = true;  // a failing medium often yields the sector at the second attempt
    } else if (errno != EINTR) {
      return -errno;
    }
  }
  return static_cast<std::int64_t>(done);
}

Result<std::string> hash_file(int file, std::uint64_t size, const std::string& name, Block& buffer,
                              ContentHash& hash, const CancellationToken& cancel) {
  hash.reset();
  for (std::uint64_t offset = 0; offset < size; offset += block_size) {
    RECOVER_TRY(cancel.check());
    offset = next_data_block(file, offset, size);
    if (offset >= size) break;
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(block_size, size - offset));
    const std::int64_t got = read_block(file, buffer.data(), length, offset);
    if (got != static_cast<std::int64_t>(length)) {
      const std::string cause = got < 0 ? std::strerror(static_cast<int>(-got)) : "the file is shorter";
      return make_error(errors::verify_copy_differs, "cannot read back " + name, cause)
          .with("path", name)
          .with("offset", static_cast<std::int64_t>(offset));
    }
    hash.add(offset, {buffer.data(), length});
  }
  return hash.hex();
}

}  // namespace recover::strategy
