/// Files of Lucene: header and footer that all of them have, and the commit that names a version.
#pragma once

#include "recover/decoder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recover::elasticsearch {

struct CodecHeader {
  std::string codec;
  std::uint32_t version = 0;
};

/// The header at the decoder's position, or nothing; leaves it behind the header.
std::optional<CodecHeader> read_codec_header(Decoder& in);

/// True when these last 16 bytes of a file are a footer: without it the file is cut short.
bool is_footer(std::string_view last_bytes);
constexpr std::size_t footer_size = 16;

/// A commit: segments_N.
struct Commit {
  std::string lucene;         ///< "8.11.1"; empty in commits of Lucene 5 and older
  std::string elasticsearch;  ///< "7.17.10" where a server left it in the user data
};

/// The commit in the bytes of a segments_N file, or nothing when it is not one.
std::optional<Commit> read_commit(std::string_view bytes);

}  // namespace recover::elasticsearch
