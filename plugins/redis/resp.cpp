// Walks the command stream of an append-only file: "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n", between commands
// lines "#TS:1700000000\r\n" (aof.c of Redis 7.0). It answers where the last whole command ends: Redis
// truncates the rest on load, and drops an unfinished transaction with it.
#include "redis/resp.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace recover::redis {

namespace {

constexpr std::size_t window_size = 256U << 10U;
constexpr std::uint64_t longest_line = 64;
constexpr std::uint64_t most_arguments = 1U << 20U;  // Redis accepts no more in one command

/// A file seen through one window that moves forward.
class Window {
 public:
  Window(Tree& tree, const std::string& path, std::uint64_t position)
      : tree_(tree), path_(path), start_(position), position_(position) {}

  /// The line at the position without its end, or nothing: no line end follows.
  Result<std::optional<std::string>> line() {
    const std::string_view ahead = RECOVER_TRY(look(longest_line));
    const std::size_t end = ahead.find("\r\n");
    if (end == std::string_view::npos) {
      is_at_end_ = ahead.size() < longest_line;
      return std::optional<std::string>();
    }
    std::string text(ahead.substr(0, end));
    position_ += end + 2;
    return std::optional<std::string>(std::move(text));
  }

  /// Skips an argument and its line end. False: the file ends before, or no line end follows.
  Result<bool> skip_argument(std::uint64_t length) {
    position_ += length;
    const std::string_view ahead = RECOVER_TRY(look(2));
    is_at_end_ = ahead.size() < 2;
    if (ahead.substr(0, 2) != "\r\n") return false;
    position_ += 2;
    return true;
  }

  Result<std::string> word(std::uint64_t length) {
    return std::string(RECOVER_TRY(look(length)).substr(0, length));
  }

  Result<bool> at_end() { return RECOVER_TRY(look(1)).empty(); }
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] bool is_at_end() const { return is_at_end_; }

 private:
  Result<std::string_view> look(std::uint64_t count) {
    if (position_ < start_ || position_ + count > start_ + bytes_.size()) {
      start_ = position_;
      bytes_ = RECOVER_TRY(tree_.read(path_, position_, window_size));
    }
    return std::string_view(bytes_).substr(position_ - start_);
  }

  Tree& tree_;
  const std::string& path_;
  std::string bytes_;
  std::uint64_t start_;
  std::uint64_t position_;
  bool is_at_end_ = false;
};

std::optional<std::uint64_t> number_after(const std::string& line, char mark) {
  if (line.size() < 2 || line[0] != mark) return std::nullopt;
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(line.data() + 1, line.data() + line.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != line.data() + line.size()) return std::nullopt;
  return value;
}

std::string lower(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
  });
  return word;
}

/// Passes one command and returns its name in small letters; empty: there is no whole command.
Result<std::string> pass_command(Window& in) {
  const auto opening = RECOVER_TRY(in.line());
  if (!opening) return std::string();
  if (opening->starts_with("#")) return std::string("#");
  const auto arguments = number_after(*opening, '*');
  if (!arguments || *arguments == 0 || *arguments > most_arguments) return std::string();
  std::string name;
  for (std::uint64_t i = 0; i < *arguments; ++i) {
    const auto prefix = RECOVER_TRY(in.line());
    if (!prefix) return std::string();
    const auto length = number_after(*prefix, '$');
    if (!length || *length > (std::uint64_t{1} << 40U)) return std::string();
    if (i == 0) name = lower(RECOVER_TRY(in.word(std::min<std::uint64_t>(*length, 32))));
    if (!RECOVER_TRY(in.skip_argument(*length))) return std::string();
  }
  return name;
}

}  // namespace

Result<Commands> walk_commands(Tree& tree, const std::string& path, std::uint64_t offset,
                               std::uint64_t limit) {
  Commands commands{0, offset, offset, false};
  Window in(tree, path, offset);
  bool is_inside_transaction = false;
  while (in.position() - offset < limit && !RECOVER_TRY(in.at_end())) {
    const std::string name = RECOVER_TRY(pass_command(in));
    if (name.empty()) {
      commands.is_garbage = !in.is_at_end();
      break;
    }
    if (name != "#") ++commands.count;
    if (name == "multi") is_inside_transaction = true;
    if (name == "exec" || name == "discard") is_inside_transaction = false;
    commands.whole_until = in.position();
    if (!is_inside_transaction) commands.applied_until = in.position();
  }
  return commands;
}

bool begins_with_command(const std::string& head) {
  if (head.starts_with("#TS:")) return true;
  const std::size_t end = head.find("\r\n");
  if (end == std::string::npos || end > longest_line) return false;
  const auto arguments = number_after(head.substr(0, end), '*');
  if (!arguments || *arguments == 0 || *arguments > most_arguments) return false;
  const std::size_t next = head.find("\r\n", end + 2);
  return next != std::string::npos && number_after(head.substr(end + 2, next - end - 2), '$').has_value();
}

}  // namespace recover::redis
