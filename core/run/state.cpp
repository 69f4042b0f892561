// Where the state of an installation lies and how runs are named. Names only; nothing is made here.
#include "core/run/run.hpp"

#include <cstdlib>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace recover::run {

std::string StateDirectory::runs() const {
  return path + "/runs";
}
std::string StateDirectory::run(const std::string& id) const {
  return runs() + "/" + id;
}
std::string StateDirectory::instances() const {
  return path + "/instances";
}
std::string StateDirectory::locks() const {
  return path + "/locks";
}

bool Selection::names_engine(const std::string& engine) const {
  return std::find(engines.begin(), engines.end(), engine) != engines.end();
}

std::string make_run_id() {
  // ULID: 48 bits of milliseconds, 80 random bits, Crockford's base 32, so that ids sort by time.
  static constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::array<unsigned char, 16> bytes{};
  ::arc4random_buf(bytes.data(), bytes.size());
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
  for (std::size_t at = 0; at < 6; ++at) {
    bytes[at] = static_cast<unsigned char>(milliseconds >> (8 * (5 - at)));
  }
  std::string id;
  unsigned bits = 0;
  unsigned held = 2;  // 130 bits in 26 digits: two leading zero bits
  for (const unsigned char byte : bytes) {
    bits = (bits << 8U) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      id += digits[(bits >> held) & 31U];
    }
  }
  return id;
}

}  // namespace recover::run
