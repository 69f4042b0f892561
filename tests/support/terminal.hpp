/// A program on a terminal: what a person would see, with answers to its questions.
#pragma once

#include "tests/support/sandbox.hpp"

#include <string>
#include <utility>
#include <vector>

namespace recover::test {

/// When `seen` has appeared on the screen, `answer` is typed ("\n" ends a line, "\x03" is Ctrl-C).
using Dialogue = std::vector<std::pair<std::string, std::string>>;

/// Runs `command` on a pseudo-terminal of its own, 100 columns wide, with TERM=xterm. Outcome::out is
/// everything that it wrote, escape bytes and echo included. A program that does not end within two
/// minutes is killed, and the outcome's exit is -1.
Outcome run_on_terminal(const std::vector<std::string>& command, const Dialogue& dialogue = {});

}  // namespace recover::test
