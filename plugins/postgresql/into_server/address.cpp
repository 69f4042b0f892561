// The address is libpq's own URL, and libpq takes it apart (reference: the manual, "Connection URIs"). A
// password in it would be seen by everybody on this machine (/proc/PID/cmdline) and be written into plans and
// reports, so it is refused. Over a network the server must prove who it is unless the URL says otherwise:
// a whole database is about to be sent there.
#include "postgresql/into_server/address.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/watch/monitor.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

namespace recover::postgresql {

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr const char* connect_seconds = "15";
constexpr std::int64_t patience = 10;  // seconds

Error invalid(const std::string& url, const std::string& cause) {
  return make_error(errors::target_invalid, url.substr(0, url.find("password")), cause);
}

Result<Parameters> parse(const std::string& url) {
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), &problem), PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> words(problem, PQfreemem);
  if (!options) {
    std::string cause = problem == nullptr ? "out of memory" : problem;
    cause.erase(std::find(cause.begin(), cause.end(), '\n'), cause.end());
    return invalid("the address of the target", cause);
  }
  Parameters parameters;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || *option->val == '\0') continue;
    const std::string name = option->keyword;
    if (name == "password") return invalid("the address of the target", "it contains a password");
    parameters.emplace_back(name, option->val);
  }
  return parameters;
}

std::string value_of(const Parameters& parameters, const std::string& name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

bool is_on_this_machine(const std::string& host) {
  return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" ||
         host == "127.0.0.1" || host == "::1";
}

/// A file in pgpass form is libpq's business; one with a password alone is read here. Never larger than a
/// page.
Result<void> add_password(Parameters& parameters, const std::string& file) {
  // What was typed lies in memory, under a name that means something to one process only.
  const bool was_asked = file.starts_with("/proc/self/fd/");
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct ::stat status {};
  std::array<char, 4096> bytes{};
  ssize_t length = -1;
  if (descriptor >= 0 && ::fstat(descriptor, &status) == 0)
    length = ::read(descriptor, bytes.data(), bytes.size());
  if (descriptor >= 0) ::close(descriptor);
  if (length < 0 && was_asked) {
    return make_error(errors::password_refused, "the password of this run",
                      "it was typed and is stored nowhere; --ask-password asks for it again")
        .advise("Give --ask-password again.");
  }
  if (length < 0) return make_error(errors::password_file_unsafe, file, "it cannot be read");
  if ((status.st_mode & 077U) != 0) {
    return make_error(errors::password_file_unsafe, file, "its mode lets group or others read it")
        .advise("Make it private: chmod 0600 " + file);
  }
  std::string text(bytes.data(), static_cast<std::size_t>(length));
  text = text.substr(0, text.find('\n'));
  if (!was_asked && std::count(text.begin(), text.end(), ':') >= 4) {
    parameters.emplace_back("passfile", file);
  } else {
    parameters.emplace_back("password", text);
  }
  return {};
}

}  // namespace

Result<Endpoint> server_endpoint(const std::string& url, const std::string& password_file) {
  Endpoint endpoint;
  for (auto& [name, value] : RECOVER_TRY(parse(url))) {
    if (name != "dbname") endpoint.parameters.emplace_back(name, value);
  }
  endpoint.superuser = value_of(endpoint.parameters, "user");
  const std::string host = value_of(endpoint.parameters, "host");
  if (value_of(endpoint.parameters, "sslmode").empty())
    endpoint.parameters.emplace_back("sslmode", is_on_this_machine(host) ? "prefer" : "verify-full");
  if (value_of(endpoint.parameters, "connect_timeout").empty())
    endpoint.parameters.emplace_back("connect_timeout", connect_seconds);
  if (!password_file.empty()) RECOVER_TRY(add_password(endpoint.parameters, password_file));
  return endpoint;
}

Result<Endpoint> server_endpoint(const Plan& plan) {
  Endpoint endpoint =
      RECOVER_TRY(server_endpoint(plan.target.server, text_fact(plan.facts, server_fact::password_file)));
  endpoint.application = watch::application_of(plan);
  // The monitor decides after the timeout; the server's own one is for when nobody can look.
  const std::int64_t timeout = number_fact(plan.facts, plan_fact::lock_timeout);
  const bool fails =
      watch::lock_action(text_fact(plan.facts, plan_fact::lock_action)) == watch::LockAction::fail;
  endpoint.lock_timeout = fails && timeout > 0 ? timeout + patience : 0;
  return endpoint;
}

std::string database_of(const std::string& url) {
  const auto parameters = parse(url);
  const std::string named = parameters ? value_of(*parameters, "dbname") : "";
  return named.empty() ? "postgres" : named;
}

std::string url_with_database(const std::string& url, const std::string& database) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url + " dbname=" + database;  // the form with key words
  const std::size_t question = url.find('?', scheme);
  const std::size_t slash = url.find('/', scheme + 3);
  std::string changed = url.substr(0, std::min(slash, question)) + "/";
  for (const char letter : database) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                          (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.';
    constexpr std::string_view digits = "0123456789ABCDEF";
    changed += is_plain ? std::string(1, letter) : std::string{'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return question == std::string::npos ? changed : changed + url.substr(question);
}

}  // namespace recover::postgresql
