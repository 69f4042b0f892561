// Plain sockets and one thread for each connection. Nothing is understood of what passes.
#include "tests/support/cutting_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace recover::test {

namespace {

constexpr int poll_milliseconds = 50;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("socket path too long: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

bool readable(int file) {
  pollfd wait{file, POLLIN, 0};
  return ::poll(&wait, 1, poll_milliseconds) > 0;
}

bool write_all(int file, const char* data, std::size_t length) {
  while (length > 0) {
    const ssize_t sent = ::send(file, data, length, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    length -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& directory, std::string server_socket, std::uint64_t after)
    : path_(directory + "/.s.PGSQL.5432"), server_socket_(std::move(server_socket)), after_(after) {
  const sockaddr_un address = address_of(path_);
  ::unlink(path_.c_str());
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(listener_, 64) != 0) {
    throw std::runtime_error("cannot listen on " + path_);
  }
  acceptor_ = std::jthread([this] { accept_all(); });
}

CuttingProxy::~CuttingProxy() {
  stopped_ = true;
  acceptor_.join();
  connections_.clear();
  ::close(listener_);
  ::unlink(path_.c_str());
}

void CuttingProxy::accept_all() {
  while (!stopped_) {
    if (!readable(listener_)) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const std::scoped_lock lock(mutex_);
    connections_.emplace_back([this, client] { serve(client); });
  }
}

/// False when the connection is over.
bool CuttingProxy::pass(int from, int to, bool counted) {
  std::array<char, 16384> buffer{};
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  auto length = static_cast<std::size_t>(got);
  if (!counted) return write_all(to, buffer.data(), length);
  const std::uint64_t before = passed_.fetch_add(length);
  const bool cuts = before < after_ && before + length >= after_;
  if (cuts) length = after_ - before;
  const bool sent = write_all(to, buffer.data(), length);
  if (cuts) has_cut_ = true;
  return sent && !cuts;
}

void CuttingProxy::serve(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(server_socket_);
  bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  while (open && !stopped_) {
    std::array<pollfd, 2> wait{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), poll_milliseconds) <= 0) continue;
    if (wait[0].revents != 0) open = pass(client, server, true);
    if (open && wait[1].revents != 0) open = pass(server, client, false);
  }
  ::close(server);
  ::close(client);
}

}  // namespace recover::test
