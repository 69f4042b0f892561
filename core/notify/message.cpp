// One text for all, and around it what each service wants: the fields of its documented webhook, its limit of
// length, its way to say how urgent it is. Sources: api.slack.com/messaging/webhooks, discord.com/developers
// (Execute Webhook), learn.microsoft.com (Workflows webhook with an adaptive card), docs.ntfy.sh/publish,
// gotify.net/docs/pushmsg, core.telegram.org/bots/api#sendmessage. None of these services was reachable where
// this was written: their forms are as documented, the tests look at the forms.
#include "core/notify/message.hpp"

#include "core/model/json.hpp"
#include "core/text/format.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace recover::notify {

namespace {

using json::Json;

constexpr std::size_t most_names = 20;
constexpr std::size_t discord_limit = 1900;  // 2000 characters
constexpr std::size_t usual_limit = 3800;    // ntfy and Telegram take 4096

/// Cut between two characters of UTF-8.
std::string shortened(std::string text, std::size_t limit) {
  constexpr std::string_view mark = "...";
  if (text.size() <= limit) return text;
  std::size_t end = limit - mark.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end).append(mark);
}

std::string ascii(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i)
    list += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most_names) list += " and " + std::to_string(names.size() - most_names) + " more";
  return list;
}

std::string line_of(const Trouble& trouble) {
  return "failed: " + (trouble.name.empty() ? "" : trouble.name + ": ") + trouble.title + " (" +
         trouble.code + ")\n";
}

/// Slack reads &, < and > as its own marks.
std::string for_slack(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string whole_text(const News& news, std::size_t limit) {
  const std::string title = title_of(news) + "\n";
  return title + text_of(news, limit - std::min(limit, title.size()));
}

/// Several services take a JSON object and nothing else.
Message as_json(const Json& body) {
  return {{{"Content-Type", "application/json"}}, json::dump(body)};
}

Message for_teams(const News& news) {
  Json blocks = Json::array();
  blocks.push_back({{"type", "TextBlock"}, {"text", title_of(news)}, {"weight", "Bolder"}, {"wrap", true}});
  const std::string text = text_of(news, usual_limit);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    blocks.push_back({{"type", "TextBlock"}, {"text", text.substr(begin, end - begin)}, {"wrap", true}});
    begin = end + 1;
  }
  Json card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
            {"type", "AdaptiveCard"},
            {"version", "1.4"},
            {"body", blocks}};
  Json attachment{{"contentType", "application/vnd.microsoft.card.adaptive"}, {"content", card}};
  return as_json({{"type", "message"}, {"attachments", Json::array({attachment})}});
}

Message for_ntfy(const News& news) {
  const bool is_urgent = !news.is_good() && news.event != Event::start;
  return {{{"Content-Type", "text/plain; charset=utf-8"},
           {"Title", title_of(news)},
           {"Priority", is_urgent ? "high" : "default"},
           {"Tags", is_urgent ? "rotating_light" : "floppy_disk"}},
          text_of(news, usual_limit)};
}

Message for_gotify(const News& news) {
  constexpr int urgent = 8;
  constexpr int usual = 4;
  return as_json({{"title", title_of(news)},
                  {"message", text_of(news, usual_limit)},
                  {"priority", news.is_good() || news.event == Event::start ? usual : urgent}});
}

}  // namespace

std::string title_of(const News& news) {
  return ascii(news.host + ": " + news.headline);
}

std::string text_of(const News& news, std::size_t limit) {
  std::string text;
  if (!news.source.empty()) text += "source: " + news.source + "\n";
  if (!news.recovered.empty()) {
    text += news.is_restore_test ? "restored in the test: " : "recovered: ";
    text += list_of(news.recovered) + "\n";
  }
  for (std::size_t i = 0; i < std::min(news.troubles.size(), most_names); ++i)
    text += line_of(news.troubles[i]);
  if (news.troubles.size() > most_names)
    text += "and " + std::to_string(news.troubles.size() - most_names) + " more failures\n";
  if (news.warnings > 0) text += "warnings: " + std::to_string(news.warnings) + "\n";
  if (news.seconds > 0) text += "time: " + text::duration(news.seconds) + "\n";
  if (!news.run.empty()) text += "run: " + news.run + "\n";
  if (!news.next.empty()) text += "next: " + news.next + "\n";
  return shortened(std::move(text), limit);
}

std::string document_of(const News& news) {
  Json document{{"schema", "recover.notification/1"},
                {"event", to_text(news.event)},
                {"restore_test", news.is_restore_test},
                {"time", text::timestamp(news.time)},
                {"host", news.host},
                {"run_id", news.run},
                {"source", news.source},
                {"status", news.status},
                {"headline", news.headline},
                {"exit_code", news.exit},
                {"duration_seconds", news.seconds},
                {"recovered", news.recovered}};
  document["failed"] = Json::array();
  for (const Trouble& trouble : news.troubles)
    document["failed"].push_back({{"name", trouble.name}, {"code", trouble.code}, {"title", trouble.title}});
  document["warnings"] = news.warnings;
  document["next"] = news.next;
  document["text"] = whole_text(news, usual_limit);
  return json::dump(document);
}

Message message_of(const News& news, Template form) {
  switch (form) {
    case Template::json: return {{{"Content-Type", "application/json"}}, document_of(news)};
    case Template::slack: return as_json({{"text", for_slack(whole_text(news, usual_limit))}});
    case Template::discord:
      // A database called @everyone must not wake everyone.
      return as_json(
          {{"content", whole_text(news, discord_limit)}, {"allowed_mentions", {{"parse", Json::array()}}}});
    case Template::teams: return for_teams(news);
    case Template::ntfy: return for_ntfy(news);
    case Template::gotify: return for_gotify(news);
    case Template::telegram:
      return as_json({{"text", whole_text(news, usual_limit)},
                      {"disable_web_page_preview", true},
                      {"disable_notification", news.is_good() || news.event == Event::start}});
  }
  return {};
}

std::string mail_of(const News& news, const std::string& to) {
  // RFC 5322 allows 998 bytes per line; a path of the source may be longer.
  constexpr std::size_t longest_line = 900;
  std::string mail = "To: " + ascii(to) + "\nSubject: [recover] " + title_of(news) +
                     "\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n"
                     "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n";
  const std::string text = whole_text(news, std::size_t{1} << 16);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    mail += shortened(text.substr(begin, end - begin), longest_line) + "\n";
    begin = end + 1;
  }
  return mail;
}

}  // namespace recover::notify
