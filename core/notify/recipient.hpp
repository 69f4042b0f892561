/// Who is told what: a [notify.NAME] of the configuration as a value. Pure.
#pragma once

#include "core/notify/message.hpp"
#include "core/notify/news.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::notify {

enum class Kind { webhook, email, heartbeat, command };

struct Recipient {
  std::string name;
  Kind kind = Kind::webhook;
  std::vector<Event>
      on;  ///< events that are told; of a heartbeat: empty is every one that it has an address for
  Template form = Template::json;
  std::string url_file;  ///< of a webhook; files are named by absolute paths
  std::string hmac_key_file;
  std::string to;  ///< of an email: addresses, separated by commas
  std::string sendmail;
  std::string command;
  std::string start_url_file;  ///< of a heartbeat
  std::string success_url_file;
  std::string failure_url_file;
  std::string success_url;  ///< of --heartbeat: the address itself
};

/// Does this recipient want to hear it? A success with warnings is a success as well; a restore test that
/// failed is a failure as well, one that passed is told as restore_test only.
bool wants(const Recipient& recipient, const News& news);

/// The file with the address that a heartbeat has for this; empty: none.
std::string heartbeat_file(const Recipient& recipient, const News& news);

/// The enumerator of a word of the configuration, or nothing.
std::optional<Event> event_named(const std::string& word);
std::optional<Kind> kind_named(const std::string& word);
std::optional<Template> template_named(const std::string& word);

}  // namespace recover::notify
