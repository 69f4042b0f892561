/// Positions in the write-ahead log and the names of its segment files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recover::postgresql {

/// A byte position in the log ("LSN").
struct Lsn {
  std::uint64_t value = 0;
  friend auto operator<=>(const Lsn&, const Lsn&) = default;
};

/// "0/1721950", as PostgreSQL prints it.
std::string to_text(Lsn lsn);
/// The reverse; nothing when it is not one.
std::optional<Lsn> parse_lsn(std::string_view text);

/// One segment file: 8 hex digits timeline, 8 "log", 8 segment within it.
struct SegmentName {
  std::uint32_t timeline = 0;
  std::uint64_t number = 0;  ///< position / segment size
  friend bool operator==(const SegmentName&, const SegmentName&) = default;
};

std::string to_text(const SegmentName& name, std::uint64_t segment_size);
/// Nothing when it is not 24 upper-case hex digits.
std::optional<SegmentName> parse_segment_name(std::string_view text, std::uint64_t segment_size);
/// True for 24 upper-case hex digits.
bool is_segment_name(std::string_view text);
/// The segment name at the beginning of a file name, after which only a compressor's suffix follows
/// ("000000010000000000000004.gz"); empty when it is something else (.partial, .backup, .history).
std::string segment_of_file_name(std::string_view file_name);

}  // namespace recover::postgresql
