/// A proxy between a client and a real server's Unix socket that ends one connection at a given byte.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace recover::test {

/// Listens on DIRECTORY/.s.PGSQL.5432 and passes everything on to the server's socket. When `after` bytes of
/// clients went through (of all connections together), the connection that brought them is cut in both
/// directions; what comes later passes untouched.
class CuttingProxy {
 public:
  CuttingProxy(const std::string& directory, std::string server_socket, std::uint64_t after);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  [[nodiscard]] bool has_cut() const { return has_cut_; }
  /// Bytes that clients sent so far.
  [[nodiscard]] std::uint64_t passed() const { return passed_; }

 private:
  void accept_all();
  void serve(int client);
  bool pass(int from, int to, bool counted);

  std::string path_;
  std::string server_socket_;
  std::uint64_t after_;
  int listener_ = -1;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> has_cut_{false};
  std::atomic<std::uint64_t> passed_{0};
  std::mutex mutex_;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace recover::test
