/// What a file's name alone says about the chance that it is a database.
#pragma once

#include <string_view>

namespace recover::scan {

enum class NameClass {
  settled,  ///< source code, text, configuration: never a database, not even looked at
  media,    ///< images, programs, office files: only a page file (size a multiple of 512) could hide here
  open,     ///< anything else: the head decides
};

NameClass class_of_name(std::string_view name);

/// The name without a compressor's suffix ("a.sql" of "a.sql.gz"); the whole name when it has none.
std::string_view without_compression(std::string_view name);

}  // namespace recover::scan
