/// News in the form that a service takes. Pure functions.
#pragma once

#include "core/notify/news.hpp"

#include <string>
#include <utility>
#include <vector>

namespace recover::notify {

enum class Template { json, slack, discord, teams, ntfy, gotify, telegram };

/// What is posted.
struct Message {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// One line of ASCII: "home1: RECOVERED".
std::string title_of(const News& news);
/// A few lines for a person, without the title; at most `limit` bytes.
std::string text_of(const News& news, std::size_t limit);
/// recover.notification/1 (docs/monitoring.md).
std::string document_of(const News& news);

Message message_of(const News& news, Template form);
/// A message for sendmail: headers, empty line, text.
std::string mail_of(const News& news, const std::string& to);

}  // namespace recover::notify
