// The rows of options.def as data, and what can be made from them alone: names, lookup and the sample
// file. Nothing here knows what an option does.
#include "config/config.hpp"
#include "config/value.hpp"

#include <array>

namespace recover::config {

namespace {

using enum Type;

constexpr std::array option_rows{
#define RECOVER_OPTION(section, key, flag, short_flag, environment, type, fallback, choices, group, help) \
  Option{section, key, flag, short_flag, environment, type, fallback, choices, group, help},
#define RECOVER_SHORTHAND(flag, short_flag, option, value, group, help)
#include "config/options.def"
#undef RECOVER_OPTION
#undef RECOVER_SHORTHAND
};

constexpr std::array shorthand_rows{
#define RECOVER_OPTION(section, key, flag, short_flag, environment, type, fallback, choices, group, help)
#define RECOVER_SHORTHAND(flag, short_flag, option, value, group, help) \
  Shorthand{flag, short_flag, option, value, group, help},
#include "config/options.def"
#undef RECOVER_OPTION
#undef RECOVER_SHORTHAND
};

/// "source.nas.path" -> "source.*.path"; other names as they are.
std::string pattern_of(const std::string& name) {
  for (const char* kind : {"source.", "notify."}) {
    const std::string beginning = kind;
    const auto last = name.rfind('.');
    if (name.starts_with(beginning) && last > beginning.size()) return beginning + "*" + name.substr(last);
  }
  return name;
}

bool is_any_of_kind(const Option& option) {
  return std::string_view(option.section).ends_with(".*");
}

std::string section_title(const Option& option) {
  const std::string section = option.section;
  return is_any_of_kind(option) ? section.substr(0, section.size() - 1) + "NAME" : section;
}

std::string sample_entry(const Option& option) {
  std::string comment = std::string("; ") + option.help;
  const std::string choices = option.choices;
  if (!choices.empty()) comment += "\n; " + choices;
  // Every line is commented out: the sample changes nothing, and later defaults keep reaching the user.
  return comment + "\n;" + option.key + "=" + option.fallback + "\n\n";
}

}  // namespace

std::span<const Option> options() {
  return option_rows;
}
std::span<const Shorthand> shorthands() {
  return shorthand_rows;
}

std::string name_of(const Option& option) {
  if (*option.key == '\0') return std::string(option.flag).substr(2);
  return *option.section == '\0' ? option.key : std::string(option.section) + "." + option.key;
}

const Option* find_option(const std::string& name) {
  const std::string wanted = pattern_of(name);
  for (const Option& option : option_rows) {
    if (name_of(option) == wanted) return &option;
  }
  return nullptr;
}

bool is_for_later(const Option& option) {
  return std::string_view(option.help).ends_with("(later)");
}

std::string sample_file() {
  std::string sample =
      "; recover.conf: every key with its default. Remove the semicolon before a key to set it.\n"
      "; Comments need lines of their own; lines must be shorter than 199 bytes; secrets never stand\n"
      "; here, only the names of files that hold them. Check this file: recover config validate\n"
      "; (later) = checked now, takes effect in a later version.\n\n";
  std::string section;
  for (const Option& option : option_rows) {
    if (*option.key == '\0') continue;
    if (section_title(option) != section) {
      section = section_title(option);
      sample += (is_any_of_kind(option) ? ";[" : "[") + section + "]\n\n";
    }
    sample += sample_entry(option);
  }
  sample.pop_back();
  return sample;
}

}  // namespace recover::config
