// The ways to a recipient. Secrets are read when they are needed and forgotten afterwards. Programs get an
// argument vector and the message on standard input; there is no shell that a database's name could speak to.
// A stopped run is told as well, so nothing here listens to the run's cancellation; every way has its limit.
#include "core/notify/delivery.hpp"

#include "core/notify/secret_file.hpp"
#include "core/notify/signature.hpp"
#include "core/text/format.hpp"
#include "core/text/split.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <future>

namespace recover::notify {

namespace {

Error incomplete(const Recipient& recipient, const std::string& key) {
  return make_error(errors::notify_not_set_up, "[notify." + recipient.name + "] cannot be used",
                    "it has no " + key);
}

Result<void> post(const Recipient& recipient, const News& news, const Patience& patience) {
  if (recipient.url_file.empty()) return incomplete(recipient, "url_file");
  Message message = message_of(news, recipient.form);
  HttpRequest request;
  request.url = RECOVER_TRY(read_secret(recipient.url_file));
  request.headers = std::move(message.headers);
  request.body = std::move(message.body);
  if (!recipient.hmac_key_file.empty()) {
    const std::string key = RECOVER_TRY(read_secret(recipient.hmac_key_file));
    request.headers.emplace_back("X-Recover-Signature", signature_of(request.body, key));
  }
  return send(request, patience);
}

Result<void> beat(const Recipient& recipient, const News& news, const Patience& patience) {
  const std::string file = heartbeat_file(recipient, news);
  HttpRequest request;
  request.is_get = true;
  request.url = file.empty() ? recipient.success_url : RECOVER_TRY(read_secret(file));
  return send(request, patience);
}

Result<void> run(Command command, const Patience& patience, Host& host) {
  command.time_limit = patience.limit * std::max(1, patience.tries);
  auto result = host.processes().run(command, CancellationToken{});
  const std::string what = "cannot run " + text::printable(command.program);
  if (!result) return make_error(errors::notify_failed, what, result.error().cause);
  if (result->exit_status == 0) return {};
  return make_error(errors::notify_failed, what,
                    "it ended with status " + std::to_string(result->exit_status) + ": " + result->errors);
}

/// The addresses as arguments: nothing in a header decides who gets the mail.
Result<std::vector<std::string>> addresses(const Recipient& recipient) {
  std::vector<std::string> found = text::split(recipient.to, ", ;");
  if (found.empty()) return incomplete(recipient, "to");
  for (const std::string& address : found) {
    if (address.front() == '-')
      return make_error(errors::notify_not_set_up, "[notify." + recipient.name + "] cannot be used",
                        "\"" + text::printable(address) + "\" is no address");
  }
  return found;
}

Result<void> mail(const Recipient& recipient, const News& news, const Patience& patience, Host& host) {
  Command command;
  command.program = recipient.sendmail;
  command.arguments = {"-i", "--"};
  for (std::string& address : RECOVER_TRY(addresses(recipient)))
    command.arguments.push_back(std::move(address));
  command.input = mail_of(news, recipient.to);
  return run(std::move(command), patience, host);
}

Result<void> call(const Recipient& recipient, const News& news, const Patience& patience, Host& host) {
  if (recipient.command.empty()) return incomplete(recipient, "command");
  Command command;
  command.program = recipient.command;
  const bool is_tested = news.is_restore_test && news.event != Event::start;
  command.arguments = {to_text(is_tested ? Event::restore_test : news.event)};
  command.input = document_of(news);
  return run(std::move(command), patience, host);
}

}  // namespace

Result<void> deliver(const Recipient& recipient, const News& news, const Patience& patience, Host& host) {
  switch (recipient.kind) {
    case Kind::webhook: return post(recipient, news, patience);
    case Kind::heartbeat: return beat(recipient, news, patience);
    case Kind::email: return mail(recipient, news, patience, host);
    case Kind::command: return call(recipient, news, patience, host);
  }
  return {};
}

std::vector<Error> tell(const std::vector<Recipient>& recipients, const News& news, const Patience& patience,
                        Host& host) {
  std::vector<std::pair<const Recipient*, std::future<Result<void>>>> under_way;
  for (const Recipient& recipient : recipients) {
    if (!wants(recipient, news)) continue;
    under_way.emplace_back(&recipient, std::async(std::launch::async, [&news, &recipient, &patience, &host] {
      return deliver(recipient, news, patience, host);
    }));
  }
  std::vector<Error> failures;
  for (auto& [recipient, told] : under_way) {
    auto result = told.get();
    if (!result) failures.push_back(std::move(result).error().with("recipient", recipient->name));
  }
  return failures;
}

}  // namespace recover::notify
