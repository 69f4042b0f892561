/// One HTTP request, with limits.
#pragma once

#include "recover/result.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace recover::notify {

struct HttpRequest {
  std::string url;
  bool is_get = false;  ///< else POST
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// How long one recipient is tried.
struct Patience {
  int tries = 3;
  std::chrono::seconds limit{10};              ///< of one try
  std::chrono::milliseconds first_wait{1000};  ///< before the second try; doubled before the third
};

/// Sends it until somebody answers with 2xx. Repeats where a repetition may help: nobody answers, 408, 429,
/// 5xx. Errors: notify.failed, which never quotes the address.
Result<void> send(const HttpRequest& request, const Patience& patience);

}  // namespace recover::notify
