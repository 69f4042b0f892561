// Rows out of heap pages. Line pointers and lengths are checked against the page before they are used,
// because the page may be damaged or something else altogether.
//
// Formats: storage/bufpage.h, storage/itemid.h, access/htup_details.h, varatt.h (little-endian).
#include "postgresql/heap_tuple.hpp"

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t page_header = 24;
constexpr std::size_t tuple_header = 23;
constexpr std::size_t name_length = 64;
constexpr std::uint32_t normal_pointer = 1;

constexpr std::uint16_t has_null = 0x0001;
constexpr std::uint16_t xmax_lock_only = 0x0080;
constexpr std::uint16_t xmin_committed = 0x0100;
constexpr std::uint16_t xmin_invalid = 0x0200;
constexpr std::uint16_t xmax_committed = 0x0400;
constexpr std::uint16_t xmax_invalid = 0x0800;
constexpr std::uint16_t xmax_is_multi = 0x1000;
constexpr std::uint16_t has_oid_before_12 = 0x0008;

bool is_dead(std::uint16_t info) {
  if ((info & (xmin_committed | xmin_invalid)) == xmin_invalid) return true;  // both bits together: frozen
  return (info & xmax_committed) != 0 && (info & (xmax_is_multi | xmax_lock_only)) == 0;
}

void visit_page(std::string_view page, const std::function<void(const HeapTuple&)>& visit) {
  Decoder header(page, 12);
  const std::size_t lower = std::min<std::size_t>(header.little16(), page.size());
  if (header.little16() == 0) return;  // pd_upper 0: a new page
  for (std::size_t at = page_header; at + 4 <= lower; at += 4) {
    const std::uint32_t pointer = Decoder(page, at).little32();
    const std::size_t offset = pointer & 0x7FFFU;
    const std::size_t length = pointer >> 17;
    if (((pointer >> 15) & 3U) != normal_pointer || length < tuple_header || offset + length > page.size())
      continue;
    HeapTuple tuple;
    tuple.bytes = page.substr(offset, length);
    const std::uint32_t xmax = Decoder(tuple.bytes, 4).little32();
    tuple.columns = Decoder(tuple.bytes, 18).little16() & 0x07FFU;
    tuple.info = Decoder(tuple.bytes, 20).little16();
    tuple.data_offset = static_cast<std::uint8_t>(tuple.bytes[22]);
    if (is_dead(tuple.info) || tuple.data_offset < tuple_header || tuple.data_offset > length) continue;
    tuple.visibility = (tuple.info & xmax_invalid) != 0 || xmax == 0 ? Visibility::live : Visibility::maybe;
    if ((tuple.info & has_oid_before_12) != 0)
      tuple.oid = Decoder(tuple.bytes, tuple.data_offset - 4).little32();
    visit(tuple);
  }
}

}  // namespace

void for_each_tuple(std::string_view pages, std::size_t page_size,
                    const std::function<void(const HeapTuple&)>& visit) {
  if (page_size < 512 || page_size > 65536) return;
  for (std::size_t at = 0; at + page_size <= pages.size(); at += page_size) {
    visit_page(pages.substr(at, page_size), visit);
  }
}

TupleReader::TupleReader(const HeapTuple& tuple)
    : tuple_(tuple), decoder_(tuple.bytes.substr(tuple.data_offset)) {}

bool TupleReader::next_is_null() {
  const std::size_t column = column_++;
  if (column >= tuple_.columns) return true;  // added later: reads as NULL
  if ((tuple_.info & has_null) == 0) return false;
  const std::size_t byte = tuple_header + column / 8;
  return byte >= tuple_.data_offset ||
         ((static_cast<unsigned char>(tuple_.bytes[byte]) >> (column % 8)) & 1U) == 0;
}

void TupleReader::align(std::size_t boundary) {
  decoder_.seek((decoder_.position() + boundary - 1) / boundary * boundary);
}

std::uint32_t TupleReader::number() {
  if (next_is_null()) return 0;
  align(4);
  return decoder_.little32();
}

std::uint8_t TupleReader::byte() {
  return next_is_null() ? std::uint8_t{0} : decoder_.byte();
}

std::string TupleReader::name() {
  if (next_is_null()) return {};
  const std::string_view field = decoder_.take(name_length);
  return std::string(field.substr(0, field.find('\0')));
}

std::string TupleReader::text() {
  if (next_is_null() || decoder_.at_end()) return {};
  const std::size_t start = decoder_.position();
  const std::uint8_t first = decoder_.byte();
  if ((first & 1U) != 0) {      // one-byte header: length with itself
    if (first == 1) return {};  // stored elsewhere
    return std::string(decoder_.take((first >> 1U) - 1U));
  }
  decoder_.seek(start);
  align(4);  // a long header is aligned, after zeros
  const std::uint32_t header = decoder_.little32();
  const std::uint32_t length = header >> 2U;
  if ((header & 3U) != 0 || length < 4) return {};  // compressed
  return std::string(decoder_.take(length - 4));
}

}  // namespace recover::postgresql
