// Page checksums while a relation file is copied. The bytes arrive in chunks of any size; a page that
// straddles two chunks is put together in a buffer, all others are summed where they lie.
//
// A wrong checksum is not always damage: a page that was being written when a running server's
// directory was copied is repaired by replaying the log. So this only counts and names; what it means
// is judged with the cluster's state. Algorithm: PostgreSQL's storage/checksum_impl.h; which files are
// relations: bin/pg_checksums/pg_checksums.c.
#include "postgresql/page_checksum.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/layout.hpp"
#include "recover/decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace recover::postgresql {

namespace {

constexpr std::size_t lanes = 32;
constexpr std::uint32_t prime = 16777619U;
constexpr std::array<std::uint32_t, lanes> bases{
    0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
    0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
    0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
    0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756};

using Row = std::array<std::uint32_t, lanes>;

/// One row into the 32 independent sums; the compiler turns the loop into vector instructions.
inline void mix(Row& sums, const Row& row) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const std::uint32_t mixed = sums[lane] ^ row[lane];
    sums[lane] = (mixed * prime) ^ (mixed >> 17);
  }
}

// Page header fields (storage/bufpage.h).
constexpr std::size_t checksum_offset = 8;
constexpr std::size_t upper_offset = 14;
constexpr std::size_t flaws_named_per_file = 10;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class PageInspector final : public Inspector {
 public:
  explicit PageInspector(const Facts& facts)
      : block_size_(static_cast<std::size_t>(number_fact(facts, fact::block_size, 8192))),
        segment_blocks_(
            static_cast<std::uint64_t>(number_fact(facts, fact::relation_segment_blocks, 131072))),
        verifies_(flag_fact(facts, fact::checksums)) {}

  void begin(const std::string& path, Bytes size) override {
    path_ = path;
    flaws_.clear();
    bad_in_file_ = 0;
    partial_.clear();
    block_ = 0;
    const auto file = parse_relation_file(path);
    is_relation_ = file.has_value();
    if (!is_relation_) return;
    first_block_ = file->segment * segment_blocks_;
    if (size.count % block_size_ != 0) {
      flaws_.push_back(fmt::format("{}: {} bytes are not a whole number of {}-byte pages; the end is cut off",
                                   path, size.count, block_size_));
    }
  }

  void chunk(std::span<const std::byte> data) override {
    if (!is_relation_) return;
    if (!partial_.empty()) {
      const std::size_t missing = std::min(block_size_ - partial_.size(), data.size());
      partial_.insert(partial_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(missing));
      data = data.subspan(missing);
      if (partial_.size() < block_size_) return;
      inspect(partial_);
      partial_.clear();
    }
    for (; data.size() >= block_size_; data = data.subspan(block_size_)) inspect(data.first(block_size_));
    partial_.assign(data.begin(), data.end());
  }

  Result<std::vector<std::string>> end() override {
    if (bad_in_file_ > flaws_named_per_file) {
      flaws_.push_back(
          fmt::format("{}: {} more pages with a wrong checksum", path_, bad_in_file_ - flaws_named_per_file));
    }
    is_relation_ = false;
    return std::move(flaws_);
  }

  [[nodiscard]] Facts totals() const override {
    return {{"pages", static_cast<std::int64_t>(pages_)},
            {"checked", static_cast<std::int64_t>(checked_)},
            {"bad_pages", static_cast<std::int64_t>(bad_)},
            {"max_lsn", static_cast<std::int64_t>(max_lsn_)}};
  }

 private:
  void inspect(std::span<const std::byte> page) {
    ++pages_;
    const std::uint64_t block = block_++;
    const std::string_view header = text_of(page.first(24));
    if (Decoder(header, upper_offset).little16() == 0) return;  // never used: no checksum, no position
    Decoder position(header);
    const std::uint64_t high = position.little32();
    max_lsn_ = std::max(max_lsn_, (high << 32) | position.little32());
    if (!verifies_) return;
    ++checked_;
    const std::uint16_t stored = Decoder(header, checksum_offset).little16();
    const std::uint16_t computed = page_checksum(page, static_cast<std::uint32_t>(first_block_ + block));
    if (stored == computed) return;
    ++bad_;
    if (++bad_in_file_ <= flaws_named_per_file) {
      flaws_.push_back(
          fmt::format("{} block {}: checksum {:x}, expected {:x}", path_, block, computed, stored));
    }
  }

  const std::size_t block_size_;
  const std::uint64_t segment_blocks_;
  const bool verifies_;

  std::string path_;
  bool is_relation_ = false;
  std::uint64_t first_block_ = 0;
  std::uint64_t block_ = 0;
  std::uint64_t bad_in_file_ = 0;
  std::vector<std::byte> partial_;
  std::vector<std::string> flaws_;

  std::uint64_t pages_ = 0;
  std::uint64_t checked_ = 0;
  std::uint64_t bad_ = 0;
  std::uint64_t max_lsn_ = 0;
};

}  // namespace

std::uint16_t page_checksum(std::span<const std::byte> page, std::uint32_t block) {
  Row sums = bases;
  Row row;
  constexpr std::size_t row_size = sizeof(Row);
  for (std::size_t at = 0; at + row_size <= page.size(); at += row_size) {
    std::memcpy(row.data(), page.data() + at, row_size);
    // The sum is defined with pd_checksum (the low half of the third word) as zero.
    if (at == 0) row[checksum_offset / 4] &= 0xFFFF0000U;
    mix(sums, row);
  }
  const Row zeros{};
  mix(sums, zeros);
  mix(sums, zeros);
  std::uint32_t result = 0;
  for (const std::uint32_t sum : sums) result ^= sum;
  return static_cast<std::uint16_t>(((result ^ block) % 65535U) + 1);
}

std::unique_ptr<Inspector> make_page_inspector(const Facts& facts) {
  const std::int64_t block_size = number_fact(facts, fact::block_size, 8192);
  if (block_size < 512 || block_size > 65536 || block_size % 128 != 0) return nullptr;
  return std::make_unique<PageInspector>(facts);
}

}  // namespace recover::postgresql
