// From option names to the fields of a recipient. A key that a section does not give has the default of the
// table; the words were checked when they were set, so what does not fit here cannot occur.
#include "cli/recipients.hpp"

#include "cli/choices.hpp"
#include "core/text/format.hpp"
#include "core/text/split.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <set>

namespace recover::cli {

namespace {

constexpr std::string_view prefix = "notify.";

/// NAME of every [notify.NAME], in alphabetical order.
std::set<std::string> names_of(const config::Settings& settings) {
  std::set<std::string> names;
  for (const auto& option : settings.names()) {
    if (option.starts_with(prefix))
      names.insert(option.substr(prefix.size(), option.rfind('.') - prefix.size()));
  }
  return names;
}

/// The keys of one section.
class Section {
 public:
  Section(const config::Settings& settings, const std::string& name)
      : settings_(settings), beginning_(std::string(prefix) + name + ".") {}

  [[nodiscard]] bool has(const std::string& key) const { return settings_.is_set(beginning_ + key); }
  [[nodiscard]] std::string text(const std::string& key) const {
    if (has(key)) return settings_.text(beginning_ + key);
    const config::Option* option = config::find_option(beginning_ + key);
    return option == nullptr ? "" : option->fallback;
  }
  [[nodiscard]] std::string path(const std::string& key) const {
    const std::string given = text(key);
    return given.empty() ? "" : absolute_path(given);
  }
  /// A program may be a bare name that is searched in the standard directories.
  [[nodiscard]] std::string program(const std::string& key) const {
    const std::string given = text(key);
    return given.find('/') == std::string::npos ? given : absolute_path(given);
  }

 private:
  const config::Settings& settings_;
  std::string beginning_;
};

std::vector<notify::Event> events_of(const Section& section, notify::Kind kind) {
  std::vector<notify::Event> events;
  if (kind == notify::Kind::heartbeat && !section.has("on")) return events;
  for (const auto& word : text::split(section.text("on"), ":,")) {
    if (const auto event = notify::event_named(word)) events.push_back(*event);
  }
  return events;
}

notify::Recipient recipient_of(const Section& section, const std::string& name) {
  notify::Recipient recipient;
  recipient.name = name;
  recipient.kind = notify::kind_named(section.text("type")).value_or(notify::Kind::webhook);
  recipient.on = events_of(section, recipient.kind);
  recipient.form = notify::template_named(section.text("template")).value_or(notify::Template::json);
  recipient.url_file = section.path("url_file");
  recipient.hmac_key_file = section.path("hmac_key_file");
  recipient.to = section.text("to");
  recipient.sendmail = section.program("sendmail");
  recipient.command = section.program("command");
  recipient.start_url_file = section.path("start_url_file");
  recipient.success_url_file = section.path("success_url_file");
  recipient.failure_url_file = section.path("failure_url_file");
  return recipient;
}

}  // namespace

Result<std::vector<notify::Recipient>> recipients(const config::Settings& settings) {
  const std::set<std::string> known = names_of(settings);
  const std::vector<std::string> asked = settings.list("notify");
  for (const std::string& name : asked) {
    if (known.contains(name)) continue;
    return make_error(errors::usage_invalid, "nobody is called \"" + text::printable(name) + "\"",
                      "the configuration has no section [notify." + text::printable(name) + "]");
  }
  std::vector<notify::Recipient> all;
  if (settings.flag("no-notify")) return all;
  for (const std::string& name : known) {
    const bool is_asked = asked.empty() || std::find(asked.begin(), asked.end(), name) != asked.end();
    if (is_asked) all.push_back(recipient_of({settings, name}, name));
  }
  if (!settings.is_set("heartbeat")) return all;
  notify::Recipient heartbeat;
  heartbeat.name = "heartbeat";
  heartbeat.kind = notify::Kind::heartbeat;
  heartbeat.success_url = settings.text("heartbeat");
  all.push_back(heartbeat);
  return all;
}

std::vector<std::string> without_heartbeat(std::vector<std::string> words) {
  const std::string flag = "--heartbeat";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == flag && i + 1 < words.size()) words[i + 1] = "***";
    if (words[i].starts_with(flag + "=")) words[i] = flag + "=***";
  }
  return words;
}

}  // namespace recover::cli
