// What never reached a server has only libpq's own words, which are English here because this program sets no
// locale; everything else is judged by the server's SQLSTATE.
#include "postgresql/connection_failure.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/server_error.hpp"

#include <algorithm>
#include <initializer_list>

namespace recover::postgresql {

namespace {

/// One line.
std::string joined(std::string words) {
  std::replace(words.begin(), words.end(), '\n', ' ');
  return words;
}

bool says(std::string_view words, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](std::string_view phrase) { return words.find(phrase) != std::string_view::npos; });
}

}  // namespace

Error connection_failure(const std::string& what, std::string_view words) {
  Refusal refusal = refusal_of(words);
  const auto failed = [&](const ErrorKind& kind) {
    return make_error(kind, what, joined(refusal.words)).with("sqlstate", refusal.state);
  };
  if (refusal.state != not_connected_state) {
    const ServerError& meaning = server_error(refusal.state);
    return failed(meaning.group == "authentication" ? *meaning.kind : errors::connection_failed);
  }
  if (says(words, {"no password supplied"})) return failed(errors::password_refused);
  if (says(words, {"SSL", "certificate"})) return failed(errors::tls_failed);
  if (says(words, {"No such file or directory", "Connection refused", "could not translate host name",
                   "No route to host", "Network is unreachable", "timeout expired", "timed out"}))
    return failed(errors::server_unreachable);
  return failed(errors::connection_failed);
}

}  // namespace recover::postgresql
