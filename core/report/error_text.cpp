// An error as a letter to a tired person: what could not be done, what the world answered, in what state
// things are, what to do next. The same order every time (docs/errors/README.md); foreign text is made
// printable, because a file name may hold escape sequences.
#include "core/report/report.hpp"
#include "core/report/style.hpp"
#include "core/text/format.hpp"

#include <algorithm>

namespace recover::report {

namespace {

std::string place_of(const Error& error) {
  for (const char* name : {"path", "file", "archive", "directory"}) {
    const std::string place = text_fact(error.facts, name);
    if (place.empty()) continue;
    const std::int64_t line = number_fact(error.facts, "line");
    return text::printable(place) + (line > 0 ? ":" + std::to_string(line) : "");
  }
  return "";
}

/// Text of several lines, each printable, the later ones indented to the first.
std::string lines_of(const std::string& foreign, std::size_t indent) {
  std::string shown;
  std::size_t begin = 0;
  while (begin < foreign.size()) {
    const auto end = std::min(foreign.find('\n', begin), foreign.size());
    if (!shown.empty()) shown += "\n" + std::string(indent, ' ');
    shown += text::printable(foreign.substr(begin, end - begin));
    begin = end + 1;
  }
  return shown;
}

}  // namespace

std::string error_text(const Error& error, const Style& style) {
  constexpr std::size_t indent = 15;
  const std::string what = error.what.empty() ? error.title : error.what;
  std::string letter = red("error[" + error.id + "]", style) + ": " + lines_of(what, 2) + "\n";
  const std::string place = place_of(error);
  if (!place.empty() && what.find(place) == std::string::npos) letter += "  --> " + place + "\n";
  if (!error.cause.empty()) letter += "   = cause     " + lines_of(error.cause, indent) + "\n";
  if (!error.state.empty()) letter += "   = state     " + lines_of(error.state, indent) + "\n";
  for (const auto& activity : error.trail) letter += "   = while     " + lines_of(activity, indent) + "\n";
  if (error.retryable) letter += "   = retry     repeating it may succeed\n";
  if (!error.fix.empty()) letter += "  help: " + lines_of(error.fix, 8) + "\n";
  letter += "  more: recover explain " + error.id + "\n";
  return letter + "exit code " + std::to_string(static_cast<int>(error.exit)) + " (" +
         std::string(exit_code_name(error.exit)) + ")\n";
}

}  // namespace recover::report
