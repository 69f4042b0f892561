/// The command line as data: which command, which words, which options were given.
#pragma once

#include "recover/result.hpp"

#include <string>
#include <vector>

namespace recover::cli {

struct Assignment {
  std::string option;  ///< name in the option table ("restore.keep_old")
  std::string value;
};

struct Arguments {
  std::string command;             ///< "" = the whole thing: scan, plan, confirm, restore, verify, report
  std::vector<std::string> words;  ///< what is neither a flag nor the command, in order
  std::vector<Assignment> assignments;
  std::vector<std::string> all;  ///< the whole command line as it was given, with the program's name
  bool help = false;
  bool version = false;

  /// The last value given to an option on the command line, or "".
  [[nodiscard]] std::string value_of(const std::string& option) const;
};

/// Parses `words` (argv without the program's name). Errors: usage.invalid with a suggestion.
Result<Arguments> parse_arguments(const std::vector<std::string>& words);

}  // namespace recover::cli
