// Errors are classified one by one against the statement that met them; none is ignored for its words, and
// how a load ends is never taken from the last one. What a fresh cluster makes harmless is judged beside, by
// statement and state together (load/tolerated.cpp).
#include "postgresql/server_error.hpp"

#include "postgresql/errors.hpp"

#include <algorithm>
#include <array>

namespace recover::postgresql {

namespace {

constexpr const char* look_for_extension =
    "Look at the statement: what it names is often part of an extension or of a role that is missing here.";
constexpr const char* look_at_encoding =
    "The dump's client_encoding does not fit its text, or the target's encoding lacks a character: use a "
    "UTF8 "
    "target.";
constexpr const char* look_at_rows =
    "The dump was edited or cut at this line; compare it with another copy of the backup.";
constexpr const char* look_at_rules =
    "The rows break a rule of the dump itself: they were not consistent in the source, or rows are missing.";

// Exact states before their classes.
constexpr std::array table{
    ServerError{"08P01", "protocol", &errors::statement_failed, false, nullptr},
    ServerError{"08", "connection", &errors::connection_lost, true, nullptr},
    ServerError{"0A", "version", &errors::statement_failed, false,
                "The server does not know this feature: use the major version that the dump was made by."},
    ServerError{"22021", "encoding", &errors::statement_failed, false, look_at_encoding},
    ServerError{"22P05", "encoding", &errors::statement_failed, false, look_at_encoding},
    ServerError{"22", "data", &errors::statement_failed, false, look_at_rows},
    ServerError{"23", "constraint", &errors::statement_failed, false, look_at_rules},
    ServerError{"25006", "read_only", &errors::target_read_only, false, nullptr},
    ServerError{"28P01", "authentication", &errors::password_refused, false, nullptr},
    ServerError{"28", "authentication", &errors::access_refused, false, nullptr},
    ServerError{"3D", "missing", &errors::statement_failed, false, look_for_extension},
    ServerError{"3F", "missing", &errors::statement_failed, false, look_for_extension},
    ServerError{"40", "conflict", &errors::conflict, true, nullptr},
    ServerError{"42501", "permissions", &errors::permission_denied, false, nullptr},
    ServerError{"42601", "syntax", &errors::statement_failed, false,
                "The server does not know this syntax: use the major version that the dump was made by."},
    ServerError{"42704", "missing", &errors::statement_failed, false, look_for_extension},
    ServerError{"42883", "missing", &errors::statement_failed, false, look_for_extension},
    ServerError{"42P01", "missing", &errors::statement_failed, false, look_for_extension},
    ServerError{"42P04", "exists", &errors::statement_failed, false, nullptr},
    ServerError{"42P06", "exists", &errors::statement_failed, false, nullptr},
    ServerError{"42P07", "exists", &errors::statement_failed, false, nullptr},
    ServerError{"42710", "exists", &errors::statement_failed, false, nullptr},
    ServerError{"42723", "exists", &errors::statement_failed, false, nullptr},
    ServerError{"42", "syntax", &errors::statement_failed, false, nullptr},
    ServerError{"53100", "disk_space", &errors::server_disk_full, false, nullptr},
    ServerError{"53", "resources", &errors::server_resources, true, nullptr},
    ServerError{"54", "limit", &errors::statement_failed, false, nullptr},
    ServerError{"55006", "locks", &errors::object_in_use, false, nullptr},
    ServerError{"55P03", "locks", &errors::object_in_use, false, nullptr},
    ServerError{"57014", "cancelled", &errors::statement_failed, false, nullptr},
    ServerError{"57P01", "connection", &errors::connection_lost, true, nullptr},
    ServerError{"57P02", "connection", &errors::connection_lost, true, nullptr},
    ServerError{"57P03", "connection", &errors::connection_lost, true, nullptr},
    ServerError{"58", "system", &errors::server_broken, false, nullptr},
    ServerError{"XX", "corruption", &errors::server_broken, false, nullptr},
};

constexpr ServerError unknown{"", "other", &errors::statement_failed, false, nullptr};

/// Unlike a severity ("FATAL", "PANIC") it has a digit.
bool is_state(std::string_view word) {
  const bool has_digit = word.find_first_of("0123456789") != std::string_view::npos;
  return word.size() == 5 && has_digit && std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

}  // namespace

const ServerError& server_error(std::string_view sqlstate) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const ServerError& row) {
    return !sqlstate.empty() && sqlstate.starts_with(row.state);
  });
  return found == table.end() ? unknown : *found;
}

std::string state_of(const Error& error) {
  return text_fact(error.facts, "sqlstate");
}

bool may_pass(const Error& error) {
  return server_error(state_of(error)).passes;
}

Error classified(Error refusal, std::string what) {
  const ServerError& meaning = server_error(state_of(refusal));
  Error told = make_error(*meaning.kind, std::move(what), std::move(refusal.cause));
  if (meaning.cure != nullptr) told.fix = meaning.cure;
  told.facts = std::move(refusal.facts);
  return std::move(told).with("class", std::string(meaning.group));
}

Refusal refusal_of(std::string_view message) {
  Refusal refusal{not_connected_state, std::string(message)};
  // "connection to server at ... failed: FATAL:  28P01: password authentication failed\nLOCATION:  ..."
  for (std::size_t at = message.find(": "); at != std::string_view::npos; at = message.find(": ", at + 1)) {
    const std::size_t begin = message.find_first_not_of(' ', at + 1);
    if (begin == std::string_view::npos || !is_state(message.substr(begin, 5)) ||
        message.substr(begin + 5, 2) != ": ") {
      continue;
    }
    refusal.state = message.substr(begin, 5);
    refusal.words = std::string(message.substr(0, begin)) + std::string(message.substr(begin + 7));
    break;
  }
  const std::size_t location = refusal.words.find("\nLOCATION:");
  if (location != std::string::npos) refusal.words.resize(location);
  return refusal;
}

}  // namespace recover::postgresql
