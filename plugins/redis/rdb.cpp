// The head of an RDB file, as rdb.c of Redis 7.0 and Valkey 8.1 write it: magic, auxiliary fields, then
// functions and module data, then for each database its number, its sizes and its keys. Everything up
// to the first key is read; keys are not, because a snapshot may be as large as a machine's memory.
#include "redis/rdb.hpp"

#include "recover/decoder.hpp"

#include <array>
#include <cctype>

namespace recover::redis {

namespace {

enum Opcode : std::uint8_t {
  lowest_opcode = 0xf3,  // slot import of Valkey 9
  slot_info = 0xf4,
  function = 0xf5,
  aux_field = 0xfa,
  resize = 0xfb,
  select = 0xfe,
  end = 0xff,
};

struct Length {
  std::uint64_t value = 0;
  bool is_encoded = false;  ///< `value` is the number of a special string encoding
};

Length read_length(Decoder& in) {
  const std::uint8_t first = in.byte();
  switch (first >> 6U) {
    case 0: return {first, false};
    case 1: return {(first & 0x3fU) << 8U | in.byte(), false};
    case 3: return {first & 0x3fU, true};
    default: return {first == 0x80 ? in.big32() : in.big64(), false};
  }
}

/// A string; integers as text. A compressed one (only function code is) is skipped and comes out empty.
std::string read_string(Decoder& in) {
  const Length length = read_length(in);
  if (!length.is_encoded) return std::string(in.take(length.value));
  switch (length.value) {
    case 0: return std::to_string(static_cast<std::int8_t>(in.byte()));
    case 1: return std::to_string(static_cast<std::int16_t>(in.little16()));
    case 2: return std::to_string(static_cast<std::int32_t>(in.little32()));
    default: break;
  }
  const Length compressed = read_length(in);
  read_length(in);  // the length it would have
  in.skip(compressed.value);
  return {};
}

/// One item before the first key. False: nothing more to learn.
bool read_item(Decoder& in, RdbHead& head) {
  switch (in.byte()) {
    case aux_field: {
      std::string name = read_string(in);
      std::string value = read_string(in);
      // KeyDB puts one of these before each key, long after the fields of the file.
      head.is_keydb = head.is_keydb || name == "mvcc-tstamp";
      if (!in.failed()) head.aux.emplace_back(std::move(name), std::move(value));
      return head.aux.size() < 64;
    }
    case function: read_string(in); return true;
    case slot_info:
      for (int i = 0; i < 3; ++i) read_length(in);
      return true;
    case select:
      if (head.first) return false;
      head.first = RdbHead::Database{read_length(in).value, 0, 0};
      return true;
    case resize:
      if (!head.first) return false;
      head.first->keys = read_length(in).value;
      head.first->expiring = read_length(in).value;
      return true;
    case end: head.is_empty = !head.first && !in.failed(); return false;
    default: return false;  // module data, or the first key
  }
}

}  // namespace

std::string RdbHead::aux_value(std::string_view name) const {
  for (const auto& [key, value] : aux) {
    if (key == name) return value;
  }
  return {};
}

std::optional<RdbHead> read_rdb_head(std::string_view bytes) {
  RdbHead head;
  if (bytes.starts_with("VALKEY")) {
    head.is_valkey = true;
  } else if (!bytes.starts_with("REDIS")) {
    return std::nullopt;
  }
  // REDIS and four digits or VALKEY and three: nine characters either way.
  if (bytes.size() < 9) return std::nullopt;
  for (const char digit : bytes.substr(head.is_valkey ? 6 : 5, head.is_valkey ? 3 : 4)) {
    if (std::isdigit(static_cast<unsigned char>(digit)) == 0) return std::nullopt;
    head.format = head.format * 10 + static_cast<unsigned>(digit - '0');
  }
  // An opcode follows, never a letter: a text may begin with the magic too.
  if (head.format == 0 || bytes.size() < 10 || static_cast<std::uint8_t>(bytes[9]) < lowest_opcode) {
    return std::nullopt;
  }
  Decoder in(bytes, 9);
  while (!in.failed() && read_item(in, head)) {
  }
  if (in.failed() && head.first && head.first->keys == 0) head.first.reset();  // cut within the sizes
  return head;
}

std::string writers_of(unsigned format) {
  constexpr std::array writers{
      "",    "2.4 or older", "2.4 or older", "2.4 or older", "2.4 or older", "2.4 or older", "2.6 to 3.0",
      "3.2", "4.0",          "5.0 to 6.2",   "7.0",          "7.2",          "7.4 or newer"};
  return format < writers.size() ? writers[format] : "";
}

}  // namespace recover::redis
