/// BSON documents, read without trusting their lengths (bsonspec.org).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace recover::mongodb {

/// Largest document MongoDB stores: 16 MiB and 16 KiB for its own fields.
constexpr std::uint32_t largest_document = (16U << 20U) + (16U << 10U);

enum class BsonType : std::uint8_t { text = 0x02, document = 0x03, array = 0x04, boolean = 0x08 };

struct BsonElement {
  BsonType type = BsonType::text;
  std::string_view name;
  std::string_view value;  ///< of a text without length and end; of a document with both
};

/// Calls `use` for each element of the document at the beginning of `bytes` until it returns false. A
/// document that is cut off gives what came before; false: the structure is wrong.
bool each_element(std::string_view bytes, const std::function<bool(const BsonElement&)>& use);

/// The text at a path of names ("doc", "buildInfo", "version"), or "".
std::string text_at(std::string_view document, std::initializer_list<std::string_view> path);

/// The sub-document or array at a path of names, or empty.
std::string_view document_at(std::string_view document, std::initializer_list<std::string_view> path);

/// Length of the document at the beginning of `bytes`, or nothing when it cannot be one.
std::optional<std::uint32_t> document_length(std::string_view bytes);

}  // namespace recover::mongodb
