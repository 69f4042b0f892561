// INI files through inih 0.55, made strict. inih cuts what is too long, glues indented lines to the
// value before, lets the last of two equal keys win and goes on after a line it cannot read; each of
// these would silently mean something else than its author wrote. So every line is judged here first,
// and only text without surprises reaches inih, which then decides what the values are (including
// its inline comments: a ';' after a blank ends the value). inih is built without line numbers in
// Debian; the n-th key line is the n-th call of the handler.
#include "core/sys/ini.hpp"

#include "core/sys/whole_file.hpp"
#include "recover/errors.hpp"

#include <ini.h>

#include <cerrno>
#include <map>
#include <string_view>
#include <utility>

namespace recover::sys {

namespace {

constexpr std::size_t longest_line = 198;    // ini.h: INI_MAX_LINE 200 holds it, '\n' and '\0'
constexpr std::size_t longest_section = 49;  // ini.c: MAX_SECTION 50 holds it and '\0'
constexpr std::size_t largest_file = 1 << 20;
constexpr std::string_view blanks = " \t\r\v\f";

struct Line {
  std::string_view text;  ///< without the line end
  int number = 0;
};

std::string_view stripped(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Judges the lines of one file and remembers where the keys are.
class Prescan {
 public:
  explicit Prescan(const std::string& name) : name_(name) {}

  Result<void> read(std::string_view text) {
    for (int number = 1; !text.empty(); ++number) {
      const std::size_t end = text.find('\n');
      RECOVER_TRY(judge({text.substr(0, end), number}));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return {};
  }

  [[nodiscard]] const std::vector<int>& key_lines() const { return key_lines_; }

  [[nodiscard]] Error problem(const ErrorKind& kind, int line, const std::string& text) const {
    return make_error(kind, "cannot read " + name_, name_ + ":" + std::to_string(line) + ": " + text)
        .with("file", name_)
        .with("line", std::int64_t{line});
  }

 private:
  Result<void> judge(const Line& line) {
    if (line.text.size() > longest_line) {
      return problem(errors::config_line_too_long, line.number,
                     "the line has " + std::to_string(line.text.size()) + " bytes, at most " +
                         std::to_string(longest_line) + " are read");
    }
    if (line.text.find('\0') != std::string_view::npos) {
      return problem(errors::config_invalid, line.number, "the line holds a NUL byte");
    }
    const std::string_view content = stripped(line.text);
    if (content.empty() || content.front() == ';' || content.front() == '#') return {};
    if (blanks.find(line.text.front()) != std::string_view::npos) {
      return problem(errors::config_invalid, line.number,
                     "the line begins with blanks and would continue the value above; remove them");
    }
    return content.front() == '[' ? judge_section(content, line.number) : judge_key(content, line.number);
  }

  Result<void> judge_section(std::string_view content, int line) {
    const std::size_t close = content.find(']');
    if (close == std::string_view::npos) {
      return problem(errors::config_invalid, line, "the section has no closing ']'");
    }
    const std::string_view rest = stripped(content.substr(close + 1));
    if (!rest.empty() && rest.front() != ';' && rest.front() != '#') {
      return problem(errors::config_invalid, line, "there is text after the section's ']'");
    }
    section_ = content.substr(1, close - 1);
    if (section_.size() > longest_section) {
      return problem(errors::config_line_too_long, line,
                     "the section's name has more than " + std::to_string(longest_section) + " bytes");
    }
    return {};
  }

  Result<void> judge_key(std::string_view content, int line) {
    const std::size_t equals = content.find('=');
    if (equals == std::string_view::npos) {
      return problem(errors::config_invalid, line, "the line has no '='; a key is written key=value");
    }
    const std::string key(stripped(content.substr(0, equals)));
    if (key.empty()) return problem(errors::config_invalid, line, "there is no key before the '='");
    if (key.find(':') != std::string::npos) {
      return problem(errors::config_invalid, line, "the key \"" + key + "\" holds a ':'");
    }
    const auto [found, added] = seen_.emplace(std::pair{section_, key}, line);
    if (!added) {
      return problem(errors::config_duplicate_key, line,
                     "the key \"" + key + "\" already stands in line " + std::to_string(found->second))
          .with("first_line", std::int64_t{found->second});
    }
    key_lines_.push_back(line);
    return {};
  }

  std::string name_;
  std::string section_;
  std::map<std::pair<std::string, std::string>, int> seen_;
  std::vector<int> key_lines_;
};

int add_entry(void* user, const char* section, const char* key, const char* value) {
  static_cast<std::vector<IniEntry>*>(user)->push_back({section, key, value == nullptr ? "" : value, 0});
  return 1;
}

}  // namespace

Result<std::vector<IniEntry>> parse_ini(const std::string& text, const std::string& name) {
  // A byte order mark would count as three bytes of the first line.
  const char* begin = text.c_str() + (text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  Prescan prescan(name);
  RECOVER_TRY(prescan.read({begin, text.c_str() + text.size()}));
  std::vector<IniEntry> entries;
  const int failed_line = ::ini_parse_string(begin, add_entry, &entries);
  if (failed_line != 0)
    return prescan.problem(errors::config_invalid, failed_line, "the line is not understood");
  const std::vector<int>& lines = prescan.key_lines();
  if (lines.size() != entries.size()) {
    return make_error(errors::internal_error, "cannot read " + name, "inih saw another number of keys");
  }
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].line = lines[i];
  return entries;
}

Result<std::vector<IniEntry>> read_ini(const std::string& path) {
  std::string text;
  const int failed = read_whole_file(path, largest_file, text);
  if (failed != 0) {
    const ErrorKind& kind = failed == ENOENT ? errors::config_not_found : errors::config_invalid;
    return make_system_error(kind, "cannot read " + path, failed).with("file", path);
  }
  return parse_ini(text, path);
}

}  // namespace recover::sys
