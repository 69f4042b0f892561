/// Every option of the program, from the one table config/options.def: defaults < system file < user
/// file < environment < command line, with the origin of each value kept.
#pragma once

#include "recover/result.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace recover::config {

enum class Type { flag, text, path, number, size, duration, percent, choice, list };

/// One row of options.def.
struct Option {
  const char* section;      ///< INI section, "" = top level (seed keys)
  const char* key;          ///< INI key; "" = command line only
  const char* flag;         ///< "--target-dir"; "" = configuration file only
  const char* short_flag;   ///< "-y" or ""
  const char* environment;  ///< "RECOVER_STATE_DIR" or ""
  Type type;
  const char* fallback;     ///< default as text
  const char* choices;      ///< "a|b|c" for choice
  const char* group;        ///< heading in help: "Selection", "Target", ...
  const char* help;         ///< one line
};

/// All rows in table order.
std::span<const Option> options();
/// The row of "section.key" (or "key"), or nullptr.
const Option* find_option(const std::string& name);

struct Origin {
  std::string place;  ///< "default", "/etc/recover/recover.conf:12", "environment RECOVER_...", "command line"
};

/// The value of every option with its origin. Values are validated when set.
class Settings {
 public:
  Settings();  ///< all defaults

  /// Reads a file (must exist, safe owner and mode). Errors: config.* with file:line.
  Result<void> read_file(const std::string& path);
  Result<void> read_environment();
  /// From the command line. `name` is the option's name ("restore.keep_old").
  Result<void> set(const std::string& name, const std::string& value, const std::string& place);

  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] bool flag(const std::string& name) const;
  [[nodiscard]] std::int64_t number(const std::string& name) const;  ///< also sizes in bytes, durations in s
  [[nodiscard]] std::vector<std::string> list(const std::string& name) const;
  [[nodiscard]] bool is_set(const std::string& name) const;  ///< not its default
  [[nodiscard]] const Origin& origin(const std::string& name) const;
  /// Files that were read, and one-time notes ("read ~/.config/here/recovery.conf ...").
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  struct Entry {
    std::string value;
    Origin origin;
  };
  std::map<std::string, Entry> entries_;
  std::vector<std::string> files_;
};

/// The name of an option: "section.key", "key", or the long flag without dashes for flag-only rows.
std::string name_of(const Option& option);
/// All problems of a file, compiler-like ("FILE:LINE: error[config.unknown_key]: ..."), for `validate`.
std::vector<Error> validate_file(const std::string& path);
/// The files of the search path, in order of reading, whether or not they exist.
std::vector<std::string> search_path();

}  // namespace recover::config
