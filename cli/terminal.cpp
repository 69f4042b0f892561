// Streams and their manners. Answers go to standard output, everything else to standard error, and no
// escape byte goes where no terminal is (no-color.org: a non-empty NO_COLOR counts, whatever its value).
// A closed pipe is not a failure of ours: what was done stays done, only nobody reads about it.
#include "cli/terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace recover::cli {

namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  return value != nullptr && *value != '\0';
}

bool terminal_is_dumb() {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
  return kind == nullptr || std::string_view(kind) == "dumb";
}

bool wants_color(const std::string& choice, int descriptor) {
  if (choice == "always") return true;
  if (choice == "never" || is_set("NO_COLOR")) return false;
  if (is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE")) return true;
  return !terminal_is_dumb() && ::isatty(descriptor) == 1;
}

unsigned width_of_terminal() {
  constexpr unsigned usual = 100;
  constexpr unsigned least = 20;
  winsize size{};
  unsigned width = usual;
  const char* columns = std::getenv("COLUMNS");  // NOLINT(concurrency-mt-unsafe)
  if (columns != nullptr) {
    width = static_cast<unsigned>(std::strtoul(columns, nullptr, 10));
  } else if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    width = size.ws_col;
  }
  if (width == 0 || width > 1000) return usual;
  return width < least ? least : width;
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Terminal look_at_terminal(const config::Settings& settings) {
  Terminal terminal;
  terminal.error_is_terminal = ::isatty(STDERR_FILENO) == 1;
  terminal.can_ask = ::isatty(STDIN_FILENO) == 1 && terminal.error_is_terminal && !settings.flag("no-input");
  terminal.color_answers = wants_color(settings.text("color"), STDOUT_FILENO);
  terminal.color_messages = wants_color(settings.text("color"), STDERR_FILENO);
  terminal.ascii = settings.flag("ascii");
  terminal.width = width_of_terminal();
  return terminal;
}

void write_answer(const std::string& text) {
  write_all(STDOUT_FILENO, text);
}
void write_message(const std::string& text) {
  write_all(STDERR_FILENO, text);
}

std::optional<std::string> ask(const std::string& question, const CancellationToken& cancel) {
  constexpr int look_again_ms = 200;
  write_message(question);
  std::string line;
  while (!cancel.is_cancelled()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, look_again_ms) <= 0) continue;
    std::array<char, 256> buffer{};
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got <= 0) break;
    line.append(buffer.data(), static_cast<std::size_t>(got));
    if (line.back() == '\n') return line.substr(0, line.find('\n'));
  }
  write_message("\n");
  return std::nullopt;
}

}  // namespace recover::cli
