// Arithmetic of log positions and segment names (PostgreSQL: access/xlog_internal.h, XLogFileName).
#include "postgresql/wal_position.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace recover::postgresql {

namespace {

constexpr std::size_t segment_name_length = 24;

std::optional<std::uint32_t> hex32(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || text.size() > 8 || problem != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

bool is_segment_size(std::uint64_t size) {
  return size >= (1U << 20) && size <= (1U << 30) && (size & (size - 1)) == 0;
}

}  // namespace

std::string to_text(Lsn lsn) {
  return fmt::format("{:X}/{:X}", lsn.value >> 32, lsn.value & 0xFFFFFFFFU);
}

std::optional<Lsn> parse_lsn(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto high = hex32(text.substr(0, slash));
  const auto low = hex32(text.substr(slash + 1));
  if (!high || !low) return std::nullopt;
  return Lsn{(std::uint64_t{*high} << 32) | *low};
}

std::string to_text(const SegmentName& name, std::uint64_t segment_size) {
  const std::uint64_t per_log = (std::uint64_t{1} << 32) / segment_size;
  return fmt::format("{:08X}{:08X}{:08X}", name.timeline, name.number / per_log, name.number % per_log);
}

std::optional<SegmentName> parse_segment_name(std::string_view text, std::uint64_t segment_size) {
  if (!is_segment_name(text) || !is_segment_size(segment_size)) return std::nullopt;
  const std::uint64_t per_log = (std::uint64_t{1} << 32) / segment_size;
  const std::uint32_t low = *hex32(text.substr(16, 8));
  if (low >= per_log) return std::nullopt;
  return SegmentName{*hex32(text.substr(0, 8)), *hex32(text.substr(8, 8)) * per_log + low};
}

bool is_segment_name(std::string_view text) {
  return text.size() == segment_name_length && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
         });
}

std::string segment_of_file_name(std::string_view file_name) {
  if (file_name.size() < segment_name_length || !is_segment_name(file_name.substr(0, segment_name_length)))
    return {};
  const std::string_view suffix = file_name.substr(segment_name_length);
  static constexpr std::array<std::string_view, 7> compressors{"",    ".gz",  ".zst", ".lz4",
                                                               ".xz", ".bz2", ".zstd"};
  if (std::find(compressors.begin(), compressors.end(), suffix) == compressors.end()) return {};
  return std::string(file_name.substr(0, segment_name_length));
}

}  // namespace recover::postgresql
