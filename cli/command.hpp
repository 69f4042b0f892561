/// A command: a row of a table and a function from a session to an answer. Commands print nothing;
/// main prints the answer, as text or as one JSON document.
#pragma once

#include "recover/result.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>

namespace recover::cli {

class Session;

/// What goes to standard output, and how the program ends.
struct Answer {
  std::string text;
  std::string json;
  ExitCode exit = ExitCode::ok;
  std::optional<Error> error;  ///< told on standard error after the answer; the JSON has it already
  std::function<void()> afterwards = {};  ///< what must not keep the reader waiting, if anything
};

struct Command {
  const char* name;     ///< "" = no command: the whole thing
  const char* usage;    ///< what follows "recover "
  const char* summary;  ///< one line
  const char* about;    ///< a paragraph or two
  const char* groups;   ///< option groups worth showing in its help, "|" between them
  const char* example;  ///< command lines, one per line
  Result<Answer> (*run)(Session&);
};

/// In the order of the help.
std::span<const Command> commands();
/// The row of a name, or nullptr.
const Command* find_command(const std::string& name);

}  // namespace recover::cli
