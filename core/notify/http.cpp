// HTTP by libcurl, and the only file that knows it. http and https only, certificates are verified, no
// redirect is followed: the address was chosen by the operator and nobody else may send the message
// elsewhere. The answer is thrown away. Must never put the address into a message: it often is the password
// (Slack, Discord, Telegram, healthchecks). https://curl.se/libcurl/c/
#include "core/notify/http.hpp"

#include "recover/errors.hpp"

#include <curl/curl.h>

#include <memory>
#include <thread>

namespace recover::notify {

namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// What one try came to.
struct Answer {
  CURLcode code = CURLE_OK;
  long status = 0;

  [[nodiscard]] bool is_good() const { return code == CURLE_OK && status >= 200 && status < 300; }
  [[nodiscard]] bool may_pass() const {
    if (code != CURLE_OK) return code != CURLE_URL_MALFORMAT && code != CURLE_UNSUPPORTED_PROTOCOL;
    return status == 408 || status == 429 || status >= 500;
  }
  [[nodiscard]] std::string cause() const {
    if (code != CURLE_OK) return ::curl_easy_strerror(code);
    return "it answered with status " + std::to_string(status);
  }
};

std::size_t throw_away(const char* /*data*/, std::size_t size, std::size_t count, void* /*unused*/) {
  return size * count;
}

List header_list(const HttpRequest& request) {
  List list(nullptr, &curl_slist_free_all);
  for (const auto& [name, value] : request.headers) {
    curl_slist* longer = ::curl_slist_append(list.get(), (name + ": " + value).c_str());
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

/// Once, before the first thread uses it.
bool is_ready() {
  static const bool ready = ::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

Answer send_once(const HttpRequest& request, std::chrono::milliseconds limit) {
  const Handle handle(is_ready() ? ::curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (!handle) return {CURLE_FAILED_INIT, 0};
  CURL* curl = handle.get();
  const List headers = header_list(request);
  ::curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  ::curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(curl, CURLOPT_USERAGENT, "recover/" RECOVER_VERSION);
  ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &throw_away);
  if (request.is_get) {
    ::curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  } else {
    ::curl_easy_setopt(curl, CURLOPT_POST, 1L);
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  Answer answer;
  answer.code = ::curl_easy_perform(curl);
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace

Result<void> send(const HttpRequest& request, const Patience& patience) {
  std::chrono::milliseconds wait = patience.first_wait;
  Answer answer;
  for (int number = 1; number <= patience.tries; ++number) {
    answer = send_once(request, patience.limit);
    if (answer.is_good()) return {};
    if (!answer.may_pass()) break;
    if (number == patience.tries) break;
    std::this_thread::sleep_for(wait);
    wait *= 2;
  }
  return make_error(errors::notify_failed, "cannot send the message", answer.cause());
}

}  // namespace recover::notify
