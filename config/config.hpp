/// Every option of the program, from the one table config/options.def: defaults < system file < user
/// file < environment < command line, with the origin of each value kept.
#pragma once

#include "recover/result.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace recover::config {

enum class Type { flag, count, text, path, number, size, duration, percent, moment, choice, list };

/// One row of options.def.
struct Option {
  const char* section;      ///< INI section, "" = top level (seed keys), "source.*" = any of that kind
  const char* key;          ///< INI key; "" = command line only
  const char* flag;         ///< "--target-dir"; "" = configuration file only
  const char* short_flag;   ///< "-y" or ""
  const char* environment;  ///< "RECOVER_STATE_DIR" or ""
  Type type;
  const char* fallback;  ///< default as text
  const char* choices;   ///< "a|b|c" of a choice, "1..64" of a number
  const char* group;     ///< heading in help: "Selection", "Target", ... or the one command it is for
  const char* help;      ///< one line; ends with "(later)" when the function comes with a later version
};

/// A flag that stands for another option with a fixed value (--no-color).
struct Shorthand {
  const char* flag;
  const char* short_flag;
  const char* option;  ///< name_of the option it sets
  const char* value;
  const char* group;
  const char* help;
};

/// All rows in table order.
std::span<const Option> options();
std::span<const Shorthand> shorthands();
/// The row of "section.key" (or "key"), or nullptr. "source.nas.path" is found as "source.*.path".
const Option* find_option(const std::string& name);
/// The name of an option: "section.key", "key", or the long flag without dashes for flag-only rows.
std::string name_of(const Option& option);
/// True when the option is only accepted and checked in this version.
bool is_for_later(const Option& option);
/// The commented sample file: every key with its default and help. packaging ships it as recover.conf.
std::string sample_file();

struct Origin {
  std::string
      place;  ///< "default", "/etc/recover/recover.conf:12", "environment RECOVER_...", "command line"
  bool is_given = true;  ///< somebody has said it; false for defaults, also those of a profile
};

/// The value of every option with its origin. Values are validated when set.
class Settings {
 public:
  Settings();  ///< all defaults

  /// Reads a file (must exist, safe owner and mode). Errors: config.* with file:line.
  Result<void> read_file(const std::string& path);
  /// RECOVER_* variables. Errors: config.bad_value.
  Result<void> read_environment();
  /// From the command line. `name` is the option's name ("restore.keep_old"); lists grow.
  Result<void> set(const std::string& name, const std::string& value, const std::string& place);
  /// Another default for an option that nobody has given a value; `value` is acceptable.
  void set_default(const std::string& name, const std::string& value, const std::string& place);

  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] bool flag(const std::string& name) const;
  /// Also sizes in bytes, durations in seconds and moments in seconds since the epoch.
  [[nodiscard]] std::int64_t number(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> list(const std::string& name) const;
  [[nodiscard]] bool is_set(const std::string& name) const;  ///< somebody has given a value
  [[nodiscard]] const Origin& origin(const std::string& name) const;
  /// All names with a value, in alphabetical order ("source.nas.path" only when given).
  [[nodiscard]] std::vector<std::string> names() const;
  /// Files that were read.
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  struct Entry {
    std::vector<std::string> values;  ///< one, except of lists
    Origin origin;
  };
  [[nodiscard]] const Entry& entry(const std::string& name) const;
  Result<void> assign(const Option& option, const std::string& name, const std::string& value,
                      const Origin& origin, bool from_command_line);

  std::map<std::string, Entry> entries_;
  std::vector<std::string> files_;
};

/// What load() found.
struct Loaded {
  Settings settings;
  std::vector<std::string> notes;  ///< one-time notes ("read ~/.config/here/recovery.conf ...")
};

/// The files of the search path (or only `explicit_path` when it is not empty), then the environment.
Result<Loaded> load(const std::string& explicit_path);

/// All problems of a file, compiler-like ("FILE:LINE: ..." as cause), for `validate`.
std::vector<Error> validate_file(const std::string& path);
/// The files of the search path, in order of reading, whether or not they exist.
std::vector<std::string> search_path();
/// The user's own file ($XDG_CONFIG_HOME/recover/recovery.conf).
std::string user_file();
/// Where state lives when nobody says: /var/lib/recover for root, else the XDG state directory.
std::string default_state_directory();

}  // namespace recover::config
