// The head of pg_dump's own archive formats. Integers are a sign byte and four bytes, strings an integer
// length (-1 is NULL) and bytes. Every length is checked by the decoder, every count against the bytes
// that are there, because a damaged head must not make us allocate what it claims.
//
// Versions: 1.12 (9.0) to 1.16 (17, 18); tried on archives of 13, 15, 17 and 18.
#include "postgresql/archive_toc.hpp"

#include "recover/decoder.hpp"

#include <ctime>

namespace recover::postgresql {

namespace {

constexpr std::uint8_t custom_format = 1;
constexpr std::int64_t most_entries = 10'000'000;

class TocDecoder {
 public:
  TocDecoder(std::string_view bytes, std::size_t position) : decoder_(bytes, position) {}

  void set_sizes(std::uint8_t integer, std::uint8_t offset) {
    integer_size_ = integer;
    offset_size_ = offset;
  }

  std::int64_t integer() {
    const bool negative = decoder_.byte() != 0;
    const auto value = static_cast<std::int64_t>(little(integer_size_));
    return negative ? -value : value;
  }

  std::optional<std::string> text() {
    const std::int64_t length = integer();
    if (length < 0) return std::nullopt;
    return std::string(decoder_.take(static_cast<std::uint64_t>(length)));
  }

  std::string text_or_empty() { return text().value_or(std::string()); }
  std::uint64_t offset() { return little(offset_size_); }
  std::uint8_t byte() { return decoder_.byte(); }
  [[nodiscard]] bool failed() const { return decoder_.failed(); }
  [[nodiscard]] std::size_t position() const { return decoder_.position(); }

 private:
  std::uint64_t little(std::uint8_t size) {
    std::uint64_t value = 0;
    for (std::uint8_t i = 0; i < size; ++i) value |= std::uint64_t{decoder_.byte()} << (8U * i);
    return value;
  }

  Decoder decoder_;
  std::uint8_t integer_size_ = 4;
  std::uint8_t offset_size_ = 8;
};

std::string compression_name(std::int64_t algorithm) {
  switch (algorithm) {
    case 0: return "none";
    case 1: return "gzip";
    case 2: return "lz4";
    case 3: return "zstd";
    default: return "unknown";
  }
}

std::int64_t read_time(TocDecoder& decoder) {
  std::tm time{};
  time.tm_sec = static_cast<int>(decoder.integer());
  time.tm_min = static_cast<int>(decoder.integer());
  time.tm_hour = static_cast<int>(decoder.integer());
  time.tm_mday = static_cast<int>(decoder.integer());
  time.tm_mon = static_cast<int>(decoder.integer());
  time.tm_year = static_cast<int>(decoder.integer());
  decoder.integer();  // daylight saving
  return ::timegm(&time);
}

TocEntry read_entry(TocDecoder& decoder, int minor, std::uint8_t format) {
  TocEntry entry;
  entry.id = decoder.integer();
  entry.has_data = decoder.integer() != 0;
  decoder.text();  // OID of the catalog
  decoder.text();  // OID of the object
  entry.tag = decoder.text_or_empty();
  entry.kind = decoder.text_or_empty();
  decoder.integer();  // section
  entry.definition = decoder.text_or_empty();
  for (int skipped = 0; skipped < 4; ++skipped) decoder.text();  // drop, copy, schema, tablespace
  if (minor >= 14) decoder.text();                               // table access method
  if (minor >= 16) decoder.integer();                            // relkind
  decoder.text();                                                // owner
  decoder.text();                                                // "false": with OIDs
  while (!decoder.failed() && decoder.text()) {
  }
  if (format == custom_format) {
    const std::uint8_t state = decoder.byte();
    const std::uint64_t offset = decoder.offset();
    if (state == 2) entry.offset = offset;
  } else {
    entry.file = decoder.text_or_empty();
  }
  return entry;
}

}  // namespace

std::optional<ArchiveToc> parse_archive_toc(std::string_view bytes) {
  if (!bytes.starts_with("PGDMP")) return std::nullopt;
  TocDecoder decoder(bytes, 5);
  const int major = decoder.byte();
  const int minor = decoder.byte();
  decoder.byte();  // revision
  const std::uint8_t integer_size = decoder.byte();
  const std::uint8_t offset_size = decoder.byte();
  if (decoder.failed() || major != 1 || minor < 12 || minor > 32 || integer_size != 4 || offset_size > 8) {
    return std::nullopt;
  }
  decoder.set_sizes(integer_size, offset_size);
  ArchiveToc toc;
  toc.format_version = std::to_string(major) + "." + std::to_string(minor);
  toc.format = decoder.byte();
  toc.compression = minor >= 15 ? compression_name(decoder.byte()) : decoder.integer() == 0 ? "none" : "gzip";
  toc.created = read_time(decoder);
  toc.database = decoder.text_or_empty();
  toc.server_version = decoder.text_or_empty();
  toc.dump_version = decoder.text_or_empty();
  toc.entry_count = decoder.integer();
  if (decoder.failed() || toc.entry_count < 0 || toc.entry_count > most_entries) return std::nullopt;
  for (std::int64_t i = 0; i < toc.entry_count && !decoder.failed(); ++i) {
    TocEntry entry = read_entry(decoder, minor, toc.format);
    if (!decoder.failed()) toc.entries.push_back(std::move(entry));
  }
  toc.is_whole = !decoder.failed();
  toc.end = decoder.position();
  return toc;
}

}  // namespace recover::postgresql
