// Choosing who is told. Pure. Must never leave a failure untold to somebody who asked for failures, whatever
// else it was called.
#include "core/notify/recipient.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace recover::notify {

namespace {

std::vector<Event> names_of(const News& news) {
  if (news.is_restore_test && news.is_good()) return {Event::restore_test};
  if (news.is_restore_test && news.event != Event::start) return {Event::restore_test, news.event};
  if (news.event == Event::warning) return {Event::warning, Event::success};
  return {news.event};
}

bool has_any(const std::vector<Event>& wanted, const std::vector<Event>& names) {
  return std::any_of(names.begin(), names.end(), [&](Event name) {
    return std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  });
}

bool has_address(const Recipient& recipient, const News& news) {
  return !heartbeat_file(recipient, news).empty() || (news.is_good() && !recipient.success_url.empty());
}

template <typename Enum, std::size_t count>
std::optional<Enum> named(const std::array<std::pair<std::string_view, Enum>, count>& words,
                          const std::string& word) {
  for (const auto& [name, value] : words) {
    if (name == word) return value;
  }
  return std::nullopt;
}

}  // namespace

bool wants(const Recipient& recipient, const News& news) {
  const bool is_wanted = has_any(recipient.on, names_of(news));
  if (recipient.kind != Kind::heartbeat) return is_wanted;
  return has_address(recipient, news) && (recipient.on.empty() || is_wanted);
}

std::string heartbeat_file(const Recipient& recipient, const News& news) {
  if (news.event == Event::start) return recipient.start_url_file;
  return news.is_good() ? recipient.success_url_file : recipient.failure_url_file;
}

std::optional<Event> event_named(const std::string& word) {
  for (const Event event :
       {Event::start, Event::success, Event::warning, Event::partial, Event::failure, Event::restore_test}) {
    if (word == to_text(event)) return event;
  }
  return std::nullopt;
}

std::optional<Kind> kind_named(const std::string& word) {
  return named<Kind, 4>({{{"webhook", Kind::webhook},
                          {"email", Kind::email},
                          {"heartbeat", Kind::heartbeat},
                          {"command", Kind::command}}},
                        word);
}

std::optional<Template> template_named(const std::string& word) {
  return named<Template, 7>({{{"json", Template::json},
                              {"slack", Template::slack},
                              {"discord", Template::discord},
                              {"teams", Template::teams},
                              {"ntfy", Template::ntfy},
                              {"gotify", Template::gotify},
                              {"telegram", Template::telegram}}},
                            word);
}

}  // namespace recover::notify
