/// What our three standard streams are connected to, and writing to them.
#pragma once

#include "config/config.hpp"
#include "core/report/report.hpp"
#include "recover/cancel.hpp"

#include <optional>
#include <string>

namespace recover::cli {

struct Terminal {
  bool can_ask = false;  ///< standard input and error are terminals, and nobody said --no-input
  bool error_is_terminal = false;
  bool color_answers = false;   ///< on standard output
  bool color_messages = false;  ///< on standard error
  bool ascii = false;
  unsigned width = 100;

  [[nodiscard]] report::Style answer_style() const { return {color_answers, ascii, width}; }
  [[nodiscard]] report::Style message_style() const { return {color_messages, ascii, width}; }
};

/// Colour: --color, then NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, TERM=dumb, then whether it is a terminal.
Terminal look_at_terminal(const config::Settings& settings);

/// Writes all of it; a reader that went away is no error.
void write_answer(const std::string& text);
void write_message(const std::string& text);

/// Asks on the terminal and returns the line, or nothing at its end or when the run is cancelled.
std::optional<std::string> ask(const std::string& question, const CancellationToken& cancel);

}  // namespace recover::cli
