// What systemd would hear, heard on a real socket.
#include "cli/service_manager.hpp"

#include "tests/support/sandbox.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace recover::cli {
namespace {

/// A datagram socket at a path.
class Listener {
 public:
  explicit Listener(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un place{};
    place.sun_family = AF_UNIX;
    std::strncpy(place.sun_path, path.c_str(), sizeof place.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&place), sizeof place), 0) << path;
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { ::close(socket_); }

  /// The next message that is there; empty when there is none.
  std::string next() const {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string{};
  }

 private:
  int socket_;
};

TEST(ServiceManager, HearsThatWeAreReadyAndWhatMoves) {
  const test::Sandbox box;
  const Listener listener(box.path("notify"));
  const ServiceManager manager(box.path("notify"));
  manager.ready();
  EXPECT_TRUE(listener.next().starts_with("READY=1\n"));
  const auto progress = manager.watched(std::make_unique<test::NoProgress>(), "pg-1");
  progress->begin("shop", "load", Bytes{1000});
  EXPECT_EQ(listener.next(), "STATUS=pg-1: load\nEXTEND_TIMEOUT_USEC=120000000");
  progress->advance(Bytes{10});
  EXPECT_EQ(listener.next(), "") << "not with every byte";
  manager.status("two\nlines");
  EXPECT_EQ(listener.next(), "STATUS=two lines\nEXTEND_TIMEOUT_USEC=120000000");
}

TEST(ServiceManager, NobodyIsToldWhereNobodyListens) {
  const ServiceManager none{std::string{}};
  EXPECT_FALSE(none.is_there());
  none.ready();
  auto display = std::make_unique<test::NoProgress>();
  const Progress* same = display.get();
  EXPECT_EQ(none.watched(std::move(display), "pg-1").get(), same);
  const test::Sandbox box;
  ServiceManager(box.path("nothing")).ready();
  ServiceManager("/" + std::string(200, 'x')).ready();
}

TEST(ServiceManager, WhoDoesNotReadKeepsNobodyWaiting) {
  const test::Sandbox box;
  const Listener listener(box.path("notify"));
  const ServiceManager manager(box.path("notify"));
  for (int i = 0; i < 10'000; ++i) manager.status("line " + std::to_string(i));
  EXPECT_EQ(listener.next(), "STATUS=line 0\nEXTEND_TIMEOUT_USEC=120000000");
}

TEST(ServiceManager, IsToldByTheProgram) {
  const test::Sandbox box;
  const Listener listener(box.path("notify"));
  box.write("source/readme", "nothing here");
  static_cast<void>(test::Sandbox::run({"env", "NOTIFY_SOCKET=" + box.path("notify"), RECOVER_PROGRAM,
                                        "--state-dir", box.state(), "scan", box.source()}));
  EXPECT_TRUE(listener.next().starts_with("READY=1\n"));
}

}  // namespace
}  // namespace recover::cli
