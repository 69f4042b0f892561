// SJIS, BIG5, GBK, UHC, GB18030 and JOHAB are client encodings only, because a byte of a character can be
// an ASCII character there. psql lexes a copy in which all bytes but the first of a character are 0xFF
// (psqlscan_prepare_buffer); so do we. Lengths: PQmblen, src/common/wchar.c; names: src/common/encnames.c.
#include "postgresql/dump/encoding_mask.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace recover::postgresql::dump {

namespace {

/// Lower case, letters and digits only: how the server compares names of encodings.
std::string clean_name(std::string_view name) {
  std::string clean;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') clean.push_back(static_cast<char>(c - 'A' + 'a'));
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) clean.push_back(c);
  }
  return clean;
}

constexpr char filler = '\xff';

}  // namespace

void EncodingMask::set_encoding(std::string_view name) {
  static const std::array<std::pair<std::string_view, Kind>, 16> kinds = {{
      {"sjis", Kind::shift_jis},
      {"shiftjis", Kind::shift_jis},
      {"mskanji", Kind::shift_jis},
      {"win932", Kind::shift_jis},
      {"windows932", Kind::shift_jis},
      {"shiftjis2004", Kind::shift_jis},
      {"big5", Kind::two_bytes},
      {"win950", Kind::two_bytes},
      {"windows950", Kind::two_bytes},
      {"gbk", Kind::two_bytes},
      {"win936", Kind::two_bytes},
      {"windows936", Kind::two_bytes},
      {"uhc", Kind::two_bytes},
      {"win949", Kind::two_bytes},
      {"windows949", Kind::two_bytes},
      {"gb18030", Kind::gb18030},
  }};
  const std::string clean = clean_name(name);
  const auto* found =
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& row) { return row.first == clean; });
  kind_ = found != kinds.end() ? found->second : clean == "johab" ? Kind::extended_unix : Kind::safe;
  masked_.clear();
  begin_ = 0;
}

std::size_t EncodingMask::character_length(std::string_view rest) const {
  const auto first = static_cast<unsigned char>(rest[0]);
  if (first < 0x80) return 1;
  switch (kind_) {
    case Kind::safe: return 1;
    case Kind::shift_jis: return first >= 0xa1 && first <= 0xdf ? 1 : 2;
    case Kind::two_bytes: return 2;
    case Kind::extended_unix: return first == 0x8f ? 3 : 2;
    case Kind::gb18030: {
      if (rest.size() < 2) return 2;
      return rest[1] >= '0' && rest[1] <= '9' ? 4 : 2;
    }
  }
  return 1;
}

std::string_view EncodingMask::apply(std::string_view text, bool is_last) {
  std::size_t position = masked_.size() - begin_;
  masked_.reserve(begin_ + text.size());
  while (position < text.size()) {
    const std::string_view rest = text.substr(position);
    std::size_t length = character_length(rest);
    if (length > rest.size()) {
      if (!is_last) break;
      length = rest.size();
    }
    masked_.push_back(rest[0]);
    std::size_t taken = 1;
    // psql works line by line, so a cut character never swallows a line end.
    for (; taken < length && rest[taken] != '\n'; ++taken) masked_.push_back(filler);
    position += taken;
  }
  return std::string_view(masked_).substr(begin_);
}

void EncodingMask::drop(std::size_t length) {
  begin_ = std::min(begin_ + length, masked_.size());
  if (begin_ < masked_.size() / 2) return;
  masked_.erase(0, begin_);
  begin_ = 0;
}

}  // namespace recover::postgresql::dump
