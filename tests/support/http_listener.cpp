// One connection after the other is enough: who sends several messages at once waits for its turn.
#include "tests/support/http_listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace recover::test {

namespace {

/// A socket on a free port of the loopback interface.
std::pair<int, int> bound_socket() {
  const int number = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (number < 0 || ::bind(number, generic, size) != 0 || ::getsockname(number, generic, &size) != 0)
    throw std::runtime_error("no port of 127.0.0.1 is free");
  // A proxy of the machine that tests must not stand between.
  ::setenv("no_proxy", "127.0.0.1", 1);  // NOLINT(concurrency-mt-unsafe): before the server's thread
  return {number, ntohs(address.sin_port)};
}

std::string url_of(int port, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

HttpRequestSeen parsed(const std::string& head) {
  HttpRequestSeen request;
  std::istringstream lines(head);
  lines >> request.method >> request.path;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line != "\r") {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto begin = line.find_first_not_of(' ', colon + 1);
    std::string value = begin == std::string::npos ? "" : line.substr(begin);
    if (value.ends_with('\r')) value.pop_back();
    request.headers[name] = value;
  }
  return request;
}

}  // namespace

HttpListener::HttpListener(std::vector<int> statuses) : statuses_(std::move(statuses)) {
  std::tie(listener_, port_) = bound_socket();
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  if (::listen(listener_, 16) != 0 || stop_ < 0) throw std::runtime_error("cannot listen");
  thread_ = std::thread([this] { serve(); });
}

HttpListener::~HttpListener() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

std::string HttpListener::url(const std::string& path) const {
  return url_of(port_, path);
}

std::vector<HttpRequestSeen> HttpListener::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

void HttpListener::serve() {
  while (true) {
    std::array<pollfd, 2> wanted{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    ::poll(wanted.data(), wanted.size(), -1);
    if (wanted[1].revents != 0) return;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    answer(connection);
    ::close(connection);
  }
}

void HttpListener::answer(int connection) {
  std::string text;
  std::array<char, 4096> bytes{};
  std::size_t wanted = std::string::npos;
  std::size_t body = 0;
  HttpRequestSeen request;
  while (wanted == std::string::npos || text.size() < wanted) {
    const ssize_t got = ::recv(connection, bytes.data(), bytes.size(), 0);
    if (got <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(got));
    const auto end = text.find("\r\n\r\n");
    if (wanted != std::string::npos || end == std::string::npos) continue;
    body = end + 4;
    request = parsed(text.substr(0, body));
    const auto length = request.headers.find("content-length");
    wanted = body + (length == request.headers.end() ? 0 : std::stoul(length->second));
  }
  if (wanted == std::string::npos) return;
  request.body = text.substr(body);
  int status = 200;
  {
    const std::scoped_lock lock(mutex_);
    if (requests_.size() < statuses_.size()) status = statuses_[requests_.size()];
    requests_.push_back(request);
  }
  const std::string place = status == 302 ? "Location: " + url("/elsewhere") + "\r\n" : "";
  const std::string reply = "HTTP/1.1 " + std::to_string(status) + " Answer\r\n" + place +
                            "Content-Length: 0\r\nConnection: close\r\n\r\n";
  static_cast<void>(::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL));
}

SilentPort::SilentPort() {
  std::tie(socket_, port_) = bound_socket();
}

SilentPort::~SilentPort() {
  ::close(socket_);
}

std::string SilentPort::url(const std::string& path) const {
  return url_of(port_, path);
}

}  // namespace recover::test
