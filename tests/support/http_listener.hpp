/// A real HTTP server on a free port of 127.0.0.1: keeps every request, answers as the test wants.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace recover::test {

struct HttpRequestSeen {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

class HttpListener {
 public:
  /// Answers with these in turn, then with 200. A 302 leads to /elsewhere of the same server.
  explicit HttpListener(std::vector<int> statuses = {});
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  [[nodiscard]] std::string url(const std::string& path) const;
  [[nodiscard]] std::vector<HttpRequestSeen> requests() const;

 private:
  void serve();
  void answer(int connection);

  int listener_ = -1;
  int stop_ = -1;
  int port_ = 0;
  std::vector<int> statuses_;
  mutable std::mutex mutex_;
  std::vector<HttpRequestSeen> requests_;
  std::thread thread_;
};

/// A port of 127.0.0.1 that nobody answers on as long as this lives.
class SilentPort {
 public:
  SilentPort();
  ~SilentPort();
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  [[nodiscard]] std::string url(const std::string& path) const;

 private:
  int socket_ = -1;
  int port_ = 0;
};

}  // namespace recover::test
