// Values and where they come from. Each layer overwrites the one before: default, system file, user
// file, environment, command line; a value is checked when it is set, so that whoever reads it later
// need not. Must never guess: an unknown key or a value that means nothing stops the program.
#include "config/config.hpp"

#include "config/files.hpp"
#include "config/value.hpp"
#include "core/sys/ini.hpp"
#include "core/text/format.hpp"
#include "core/text/split.hpp"
#include "recover/errors.hpp"

#include <cstdlib>

namespace recover::config {

namespace {

constexpr const char* list_separators = ":,";

bool is_private_section(const std::string& section) {
  return section.starts_with("x-");
}

std::string entry_name(const sys::IniEntry& entry) {
  return entry.section.empty() ? entry.key : entry.section + "." + entry.key;
}

std::string place_of(const sys::IniEntry& entry, const std::string& file) {
  return file + ":" + std::to_string(entry.line);
}

bool section_is_known(const std::string& section) {
  for (const Option& option : options()) {
    const std::string known = option.section;
    if (*option.key != '\0' && known == section) return true;
    if (known.ends_with(".*") && section.starts_with(known.substr(0, known.size() - 1))) return true;
  }
  return false;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::string close = text::closest(word, known);
  return close.empty() ? "" : "; did you mean \"" + close + "\"?";
}

Error unknown_section(const sys::IniEntry& entry, const std::string& file) {
  std::vector<std::string> sections;
  for (const Option& option : options()) {
    if (*option.key != '\0') sections.emplace_back(option.section);
  }
  return make_error(errors::config_unknown_key, "cannot read " + file,
                    place_of(entry, file) + ": unknown section [" + text::printable(entry.section) + "]" +
                        suggestion(entry.section, sections));
}

Error unknown_key(const sys::IniEntry& entry, const std::string& file) {
  if (!section_is_known(entry.section)) {
    return unknown_section(entry, file).with("file", file).with("line", std::int64_t{entry.line});
  }
  std::vector<std::string> here;
  std::string elsewhere;
  for (const Option& option : options()) {
    if (option.section == entry.section) here.emplace_back(option.key);
    if (entry.key == option.key) elsewhere = option.section;
  }
  std::string cause = place_of(entry, file) + ": unknown key \"" + text::printable(entry.key) + "\"";
  const std::string close = suggestion(entry.key, here);
  cause += close.empty() && !elsewhere.empty() ? "; it belongs to section [" + elsewhere + "]" : close;
  return make_error(errors::config_unknown_key, "cannot read " + file, cause)
      .with("file", file)
      .with("line", std::int64_t{entry.line});
}

Error bad_value(const std::string& name, const std::string& value, const std::string& place,
                const std::string& why) {
  return make_error(errors::config_bad_value, "cannot use \"" + text::printable(value) + "\" for " + name,
                    place + ": " + why)
      .with("place", place);
}

}  // namespace

Settings::Settings() {
  for (const Option& option : options()) {
    if (std::string_view(option.section).ends_with(".*")) continue;
    Entry entry{{option.fallback}, {"default", false}};
    if (option.type == Type::list) entry.values = text::split(option.fallback, list_separators);
    entries_[name_of(option)] = std::move(entry);
  }
}

Result<void> Settings::assign(const Option& option, const std::string& name, const std::string& value,
                              const Origin& origin, bool from_command_line) {
  std::vector<std::string> values{value};
  if (option.type == Type::list && !from_command_line) values = text::split(value, list_separators);
  for (const auto& one : values) {
    const std::string why = objection(option, one);
    if (!why.empty()) return bad_value(name, one, origin.place, why);
  }
  Entry& entry = entries_[name];
  const bool grows = option.type == Type::list && from_command_line && entry.origin.place == origin.place;
  if (grows) {
    entry.values.insert(entry.values.end(), values.begin(), values.end());
  } else {
    entry = Entry{std::move(values), origin};
  }
  return {};
}

Result<void> Settings::read_file(const std::string& path) {
  const std::string content = RECOVER_TRY(read_safely(path));
  for (const auto& entry : RECOVER_TRY(sys::parse_ini(content, path))) {
    if (is_private_section(entry.section)) continue;
    const Option* option = find_option(entry_name(entry));
    if (option == nullptr) return unknown_key(entry, path);
    auto assigned = assign(*option, entry_name(entry), entry.value, {place_of(entry, path)}, false);
    if (!assigned) {
      return std::move(assigned.error()).with("file", path).with("line", std::int64_t{entry.line});
    }
  }
  files_.push_back(path);
  return {};
}

Result<void> Settings::read_environment() {
  for (const Option& option : options()) {
    if (*option.environment == '\0') continue;
    const char* value = std::getenv(option.environment);  // NOLINT(concurrency-mt-unsafe): before any thread
    if (value == nullptr || *value == '\0') continue;
    RECOVER_TRY(
        assign(option, name_of(option), value, {std::string("environment ") + option.environment}, false));
  }
  return {};
}

Result<void> Settings::set(const std::string& name, const std::string& value, const std::string& place) {
  const Option* option = find_option(name);
  if (option == nullptr) return make_error(errors::usage_invalid, "no option is called \"" + name + "\"");
  auto assigned = assign(*option, name, value, {place}, true);
  if (assigned) return {};
  // A wrong word on the command line is a usage error; the same word in a file is a configuration error.
  Error error = make_error(
      errors::usage_invalid,
      "cannot use \"" + text::printable(value) + "\" for " + (*option->flag != '\0' ? option->flag : name),
      assigned.error().cause);
  return error;
}

void Settings::set_default(const std::string& name, const std::string& value, const std::string& place) {
  if (!is_set(name)) entries_[name] = Entry{{value}, {place, false}};
}

const Settings::Entry& Settings::entry(const std::string& name) const {
  static const Entry absent{{""}, {"default", false}};
  const auto found = entries_.find(name);
  return found == entries_.end() ? absent : found->second;
}

std::string Settings::text(const std::string& name) const {
  const Entry& found = entry(name);
  std::string joined;
  for (const auto& value : found.values) joined += (&value == &found.values.front() ? "" : ":") + value;
  return joined;
}

bool Settings::flag(const std::string& name) const {
  return parse_flag(text(name)).value_or(false);
}

std::int64_t Settings::number(const std::string& name) const {
  const Option* option = find_option(name);
  if (option == nullptr) return 0;
  if (option->type == Type::duration) return parse_duration(text(name)).value_or(0);
  if (option->type == Type::moment) return parse_moment(text(name)).value_or(0);
  return (option->type == Type::size ? parse_size(text(name)) : parse_number(text(name))).value_or(0);
}

std::vector<std::string> Settings::list(const std::string& name) const {
  const auto& values = entry(name).values;
  return values.size() == 1 && values.front().empty() ? std::vector<std::string>{} : values;
}

bool Settings::is_set(const std::string& name) const {
  return entry(name).origin.is_given && !list(name).empty();
}

const Origin& Settings::origin(const std::string& name) const {
  return entry(name).origin;
}

std::vector<std::string> Settings::names() const {
  std::vector<std::string> all;
  for (const auto& [name, ignored] : entries_) all.push_back(name);
  return all;
}

std::vector<Error> validate_file(const std::string& path) {
  auto content = read_safely(path);
  if (!content) return {content.error()};
  auto entries = sys::parse_ini(*content, path);
  if (!entries) return {entries.error()};
  std::vector<Error> problems;
  for (const auto& entry : *entries) {
    if (is_private_section(entry.section)) continue;
    const Option* option = find_option(entry_name(entry));
    if (option == nullptr) {
      problems.push_back(unknown_key(entry, path));
      continue;
    }
    const bool is_list = option->type == Type::list;
    for (const auto& value : is_list ? text::split(entry.value, list_separators) : std::vector{entry.value}) {
      const std::string why = objection(*option, value);
      if (!why.empty()) problems.push_back(bad_value(entry_name(entry), value, place_of(entry, path), why));
    }
  }
  return problems;
}

}  // namespace recover::config
