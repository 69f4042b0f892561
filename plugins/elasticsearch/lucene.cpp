// Codec header (3fd76c17, name, version) and footer (c02893e8, algorithm 0, checksum) of Lucene's files
// (CodecUtil of Lucene 8), and the head of segments_N (SegmentInfos): header, 16 bytes id, suffix, then
// since Lucene 6 the version as three variable-length numbers.
#include "elasticsearch/lucene.hpp"

#include <fmt/format.h>

namespace recover::elasticsearch {

namespace {

constexpr std::uint32_t header_magic = 0x3fd76c17U;
constexpr std::uint32_t footer_magic = 0xc02893e8U;
constexpr std::uint32_t first_with_version = 6;  // SegmentInfos.VERSION_53

/// The value behind a key of the commit's user data: both are strings with a length before them.
std::string user_data(std::string_view bytes, std::string_view key) {
  const std::size_t at = bytes.find(key);
  if (at == std::string_view::npos) return {};
  Decoder in(bytes, at + key.size());
  const std::uint64_t length = in.varint();
  return length > 64 ? std::string() : std::string(in.take(length));
}

}  // namespace

std::optional<CodecHeader> read_codec_header(Decoder& in) {
  if (in.big32() != header_magic) return std::nullopt;
  CodecHeader header;
  header.codec = in.take(in.varint());
  header.version = in.big32();
  if (in.failed() || header.codec.empty() || header.codec.size() > 127) return std::nullopt;
  return header;
}

bool is_footer(std::string_view last_bytes) {
  return last_bytes.size() == footer_size && big32_at(last_bytes, 0) == footer_magic &&
         big32_at(last_bytes, 4) == 0;
}

std::optional<Commit> read_commit(std::string_view bytes) {
  Decoder in(bytes);
  const auto header = read_codec_header(in);
  if (!header || header->codec != "segments") return std::nullopt;
  Commit commit;
  if (header->version >= first_with_version) {
    in.skip(16);
    in.skip(in.byte());
    const std::uint64_t major = in.varint();
    const std::uint64_t minor = in.varint();
    const std::uint64_t patch = in.varint();
    if (!in.failed() && major < 100) commit.lucene = fmt::format("{}.{}.{}", major, minor, patch);
  }
  commit.elasticsearch = user_data(bytes, "es_version");
  return commit;
}

}  // namespace recover::elasticsearch
