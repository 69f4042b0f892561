// The question goes to the terminal itself (/dev/tty), because standard input may be the dump; what is typed
// is not shown. The answer lies in an anonymous file of this process (memfd_create(2)), closed when another
// program is started: plans, journals and logs only ever see its path, which leads nowhere in any other
// process. The path is the same in each run, so that a run that was planned here can be resumed after the
// password was asked for again.
#include "cli/password.hpp"

#include "recover/errors.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

namespace recover::cli {

namespace {

constexpr int usual_descriptor = 500;  // free in any process that has just begun
constexpr int look_again_ms = 200;

/// The controlling terminal; what is typed there is not shown while this lives.
class SilentTerminal {
 public:
  explicit SilentTerminal(int descriptor) : descriptor_(descriptor) {
    if (::tcgetattr(descriptor_, &before_) != 0) return;
    ::termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_silent_ = ::tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (is_silent_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    ::close(descriptor_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  [[nodiscard]] bool is_silent() const { return is_silent_; }
  void write(std::string_view text) const {
    static_cast<void>(::write(descriptor_, text.data(), text.size()) == 0);  // nobody to tell
  }

  /// Nothing at the end of the input and when the run is cancelled.
  [[nodiscard]] std::optional<std::string> read_line(const CancellationToken& cancel) const {
    std::string line;
    while (!cancel.is_cancelled()) {
      pollfd input{descriptor_, POLLIN, 0};
      if (::poll(&input, 1, look_again_ms) <= 0) continue;
      std::array<char, 256> buffer{};
      const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      line.append(buffer.data(), static_cast<std::size_t>(got));
      if (line.back() == '\n') return line.substr(0, line.size() - 1);
    }
    return std::nullopt;
  }

 private:
  int descriptor_;
  ::termios before_{};
  bool is_silent_ = false;
};

Error cannot_ask(const std::string& cause) {
  return make_error(errors::usage_invalid, "cannot ask for the password", cause)
      .advise("Without a terminal the password comes from a file of mode 0600: --password-file FILE.");
}

}  // namespace

Result<std::string> memory_file(const std::string& content) {
  constexpr unsigned owner_only = 0600;
  const int made = ::memfd_create("recover", MFD_CLOEXEC);
  const int kept = made < 0 ? -1 : ::fcntl(made, F_DUPFD_CLOEXEC, usual_descriptor);
  if (made >= 0) ::close(made);
  const bool is_written =
      kept >= 0 && ::fchmod(kept, owner_only) == 0 &&
      ::write(kept, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  if (!is_written) return make_system_error(errors::internal_error, "keep the password in memory", errno);
  return "/proc/self/fd/" + std::to_string(kept);
}

Result<void> ask_for_password(config::Settings& settings, const CancellationToken& cancel) {
  if (!settings.flag("ask-password")) return {};
  if (settings.is_set("password-file")) {
    return make_error(errors::usage_invalid, "where does the password come from?",
                      "--ask-password and --password-file are both given");
  }
  if (settings.flag("no-input")) return cannot_ask("--no-input forbids every question");
  const int opened = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (opened < 0) return cannot_ask("this process has no terminal");
  const SilentTerminal terminal(opened);
  if (!terminal.is_silent()) return cannot_ask("the terminal cannot be kept from showing it");
  terminal.write("Password for the target server: ");
  const auto password = terminal.read_line(cancel);
  terminal.write("\n");
  if (!password) return make_error(errors::run_cancelled, "nothing was changed", "no password was given");
  return settings.set("password-file", RECOVER_TRY(memory_file(*password)), "asked for");
}

}  // namespace recover::cli
