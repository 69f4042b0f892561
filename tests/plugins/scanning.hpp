/// Scans with the one plugin that is linked into the test program, and its manifest from the source tree:
/// signatures and probes are tested together, as a person meets them.
#pragma once

#include "core/scan/scanner.hpp"
#include "recover/plugin.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" const recover::PluginInfo* const RECOVER_PLUGIN_SYMBOL(RECOVER_ABI);

namespace recover::test {

/// All findings in a directory, with the engine's name in front of the error when the scan itself fails.
inline scan::Outcome scan_with_plugin(const std::string& directory, bool group = true) {
  const PluginInfo& info = *RECOVER_PLUGIN_SYMBOL(RECOVER_ABI);
  const std::string engine = info.engine;
  auto manifest = scan::load_manifest(std::string(RECOVER_SOURCE) + "/plugins/" + engine + "/engine.ini");
  if (!manifest) throw std::runtime_error(manifest.error().cause);
  std::map<std::string, std::unique_ptr<Engine>> engines;
  engines[engine] = info.create();
  const auto catalog = plugin::Catalog::of({*manifest}, std::move(engines));
  scan::Options options;
  options.source = directory;
  options.group_small_files = group;
  NoProgress progress;
  auto outcome = scan::scan(options, *catalog, progress, CancellationToken());
  if (!outcome) throw std::runtime_error(outcome.error().what);
  return std::move(*outcome);
}

/// The finding at a path relative to `directory`; fails the test when there is none.
inline Finding find_at(const std::string& directory, const std::string& path) {
  const scan::Outcome outcome = scan_with_plugin(directory);
  std::string seen;
  for (const Finding& finding : outcome.survey.findings) {
    if (finding.path == path) return finding;
    seen += "\n  " + finding.path + " (" + finding.kind + ")";
  }
  for (const Error& error : outcome.errors) seen += "\n  " + error.what + ": " + error.cause;
  ADD_FAILURE() << "nothing was found at " << path << "; found were" << seen;
  return {};
}

/// Paths of all findings that are shown, sorted.
inline std::vector<std::string> paths_in(const std::string& directory) {
  std::vector<std::string> paths;
  for (const Finding& finding : scan_with_plugin(directory).survey.findings) paths.push_back(finding.path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

inline std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// `number` in big-endian bytes.
inline std::string big(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(number >> shift & 0xffU);
  return text;
}

/// `number` in little-endian bytes.
inline std::string little(std::uint64_t number, int bytes) {
  const std::string text = big(number, bytes);
  return {text.rbegin(), text.rend()};
}

}  // namespace recover::test
