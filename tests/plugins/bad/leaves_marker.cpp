// Runs code the moment it is loaded: the file it leaves shows that it was.
#include "tests/plugins/bad/harmless_engine.hpp"

#include <cstdlib>
#include <fstream>

namespace {
struct Marker {
  Marker() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a constructor of a library, as bad as it is meant to be
    if (const char* path = std::getenv("RECOVER_TEST_MARKER")) std::ofstream(path) << "loaded";
  }
};
const Marker marker;
constexpr recover::PluginInfo info = recover::bad::good_info("leaves_marker");
}  // namespace
RECOVER_PLUGIN(info);
