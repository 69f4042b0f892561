/// The databases of a data directory: its sub-directories.
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::mysql {

struct Contents {
  std::vector<std::string> databases;  ///< names as people see them, sorted, without system databases
  std::uint64_t tables = 0;            ///< files that stand for a table; views of old servers included
};

Result<Contents> list_contents(Tree& tree, const std::string& data_directory);

/// "a b-c" of "a@0020b@002dc". What cannot be decoded stays as it is.
std::string decode_name(const std::string& file_name);

}  // namespace recover::mysql
