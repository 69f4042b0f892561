/// The header of a page of the write-ahead log (access/xlog_internal.h).
#pragma once

#include "postgresql/wal_position.hpp"
#include "recover/decoder.hpp"

#include <cstdint>
#include <string_view>

namespace recover::postgresql {

struct WalPageHeader {
  static constexpr std::uint16_t first_is_continued = 0x0001;    ///< the page begins inside a record
  static constexpr std::uint16_t long_header = 0x0002;           ///< first page of a segment
  static constexpr std::uint16_t first_is_overwritten = 0x0008;  ///< an unfinished record was given up here

  std::uint16_t magic = 0;
  std::uint16_t info = 0;
  std::uint32_t timeline = 0;
  Lsn address;
  std::uint32_t remaining = 0;  ///< bytes of the continued record
  bool is_long = false;
  std::uint64_t system_identifier = 0;  ///< long header only, like the next two
  std::uint32_t segment_size = 0;
  std::uint32_t page_size = 0;
};

inline constexpr std::size_t short_wal_header = 24;
inline constexpr std::size_t long_wal_header = 40;

/// All zero when the bytes are too few.
inline WalPageHeader parse_wal_page_header(std::string_view bytes) {
  WalPageHeader header;
  Decoder decoder(bytes);
  header.magic = decoder.little16();
  header.info = decoder.little16();
  header.timeline = decoder.little32();
  header.address = Lsn{decoder.little64()};
  header.remaining = decoder.little32();
  decoder.skip(4);
  header.is_long = (header.info & WalPageHeader::long_header) != 0;
  if (header.is_long) {
    header.system_identifier = decoder.little64();
    header.segment_size = decoder.little32();
    header.page_size = decoder.little32();
  }
  return decoder.failed() ? WalPageHeader{} : header;
}

}  // namespace recover::postgresql
