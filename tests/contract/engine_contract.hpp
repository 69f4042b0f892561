/// The suite that every plugin joins with one small file (docs/writing-a-plugin.md):
///
///   const Joins redis("redis", {{"rdb", "srv/dump.rdb", "7.0.15", from_forest("srv/dump.rdb")}});
///
/// engine_contract_test.cpp then holds the plugin to the contract of core/include/recover/engine.hpp.
#pragma once

#include "tests/support/sandbox.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace recover::test {

/// For files that a library of this machine made: some version, whichever it is.
inline constexpr const char* any_version = "*";

/// One database of the engine as it may lie in a source.
struct Sample {
  std::string signature;  ///< section of engine.ini that hits it
  std::string path;       ///< where it lies in the source
  std::string version;    ///< what probe must read; empty where the form does not tell
  std::function<void(const Sandbox& sandbox)> build;  ///< makes it below sandbox.source()
};

struct Joined {
  std::string engine;
  std::vector<Sample> samples;
};

/// All engines whose files are linked into this program.
inline std::vector<Joined>& joined_engines() {
  static std::vector<Joined> all;
  return all;
}

/// Joins the suite; make one at namespace scope.
struct Joins {
  Joins(std::string engine, std::vector<Sample> samples) {
    joined_engines().push_back({std::move(engine), std::move(samples)});
  }
};

/// Makes files (path -> bytes); a path that ends in '/' is an empty directory.
inline std::function<void(const Sandbox&)> made_of(std::vector<std::pair<std::string, std::string>> files) {
  return [files = std::move(files)](const Sandbox& sandbox) {
    for (const auto& [path, bytes] : files) {
      if (path.ends_with('/')) {
        sandbox.make_directory("source/" + path);
      } else {
        sandbox.write("source/" + path, bytes);
      }
    }
  };
}

/// Copies a file or directory that tests/fixtures/forest.sh made, under the same path.
inline std::function<void(const Sandbox&)> from_forest(const std::string& path) {
  return [path](const Sandbox& sandbox) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string::npos) sandbox.make_directory("source/" + path.substr(0, slash));
    copy_tree(fixture("forest") + "/tree/" + path, sandbox.source() + "/" + path);
  };
}

}  // namespace recover::test
