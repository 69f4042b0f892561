// Just enough SMILE (github.com/FasterXML/smile-format-specification) for three values: names are short
// ASCII tokens 80..bf (length - 1 below), short texts 40..5f (length - 1), 32-bit integers 24 with zigzag
// groups of seven bits whose last has the high bit set and six bits.
#include "elasticsearch/state_file.hpp"

#include "elasticsearch/lucene.hpp"

#include <fmt/format.h>

namespace recover::elasticsearch {

namespace {

constexpr std::uint32_t opensearch_mask = 0x08000000U;

/// The SMILE part of a state file; empty when it is none.
std::string_view smile_of(std::string_view bytes) {
  Decoder in(bytes);
  const auto header = read_codec_header(in);
  if (!header || header->codec != "state") return {};
  constexpr std::uint32_t smile = 1;  // XContentType.SMILE
  if (in.big32() != smile || in.take(3) != ":)\n") return {};
  in.skip(1);
  return in.failed() ? std::string_view() : bytes.substr(in.position());
}

/// Bytes behind the name `key`, or empty.
std::string_view after_key(std::string_view smile, std::string_view key) {
  std::string token(1, static_cast<char>(0x80U + key.size() - 1));
  token += key;
  const std::size_t at = smile.find(token);
  return at == std::string_view::npos ? std::string_view() : smile.substr(at + token.size());
}

std::string short_text(std::string_view value) {
  if (value.empty() || (static_cast<std::uint8_t>(value[0]) & 0xe0U) != 0x40U) return {};
  Decoder in(value, 1);
  return std::string(in.take((static_cast<std::uint8_t>(value[0]) & 0x1fU) + 1U));
}

std::uint32_t integer(std::string_view value) {
  Decoder in(value);
  if (in.byte() != 0x24) return 0;
  std::uint64_t number = 0;
  for (int group = 0; group < 5 && !in.failed(); ++group) {
    const std::uint8_t next = in.byte();
    if ((next & 0x80U) != 0) {
      number = number << 6U | (next & 0x3fU);
      return static_cast<std::uint32_t>(number >> 1U);  // zigzag of a positive number
    }
    number = number << 7U | next;
  }
  return 0;
}

}  // namespace

std::optional<NodeState> read_node_state(std::string_view bytes) {
  const std::string_view smile = smile_of(bytes);
  if (smile.empty()) return std::nullopt;
  return NodeState{short_text(after_key(smile, "node_id")), integer(after_key(smile, "node_version"))};
}

std::string read_index_name(std::string_view bytes) {
  Decoder in(smile_of(bytes));
  if (in.byte() != 0xfa) return {};  // start of an object
  const std::uint8_t token = in.byte();
  if (token >= 0x80 && token <= 0xbf) return std::string(in.take(token - 0x7fU));
  if (token >= 0xc0 && token <= 0xf7) return std::string(in.take(token - 0xc0U + 2U));
  return {};
}

ProductVersion decode_version(std::uint32_t number) {
  if (number == 0) return {};
  const bool is_opensearch = (number & opensearch_mask) != 0;
  if (is_opensearch) number ^= opensearch_mask;
  return {is_opensearch ? "OpenSearch" : "Elasticsearch",
          fmt::format("{}.{}.{}", number / 1'000'000, number / 10'000 % 100, number / 100 % 100)};
}

}  // namespace recover::elasticsearch
