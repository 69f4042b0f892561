/// The one header a plugin includes. Everything under recover/ is the plugin interface; changing it
/// means raising RECOVER_ABI (tests/architecture checks the hash).
#pragma once

#include "recover/engine.hpp"

#include <cstdint>
#include <memory>

/// Interface version; part of the exported symbol's name.
#define RECOVER_ABI 1

namespace recover {

/// What must be equal between core and plugin: this is an exact-match C++ interface.
struct Fingerprint {
  std::uint32_t interface_version = RECOVER_ABI;
  const char* project_version = RECOVER_VERSION;
  const char* compiler = RECOVER_COMPILER;
  std::uint32_t cxx11_abi = _GLIBCXX_USE_CXX11_ABI;
  long cxx_standard = __cplusplus;
  std::uint32_t size_of_candidate = sizeof(Candidate);
  std::uint32_t size_of_finding = sizeof(Finding);
  std::uint32_t size_of_assessment = sizeof(Assessment);
  std::uint32_t size_of_plan = sizeof(Plan);
  std::uint32_t size_of_step = sizeof(Step);
  std::uint32_t size_of_check = sizeof(Check);
  const char* sanitizers = RECOVER_SANITIZERS;
};

/// A plugin's description of itself: plain data, read before any of its code runs.
struct PluginInfo {
  std::uint32_t size = sizeof(PluginInfo);
  Fingerprint fingerprint;
  const char* engine = nullptr;  ///< manifest name
  const char* summary = nullptr;
  const ErrorKind* errors = nullptr;  ///< the engine's own error catalogue
  std::uint32_t error_count = 0;
  std::unique_ptr<Engine> (*create)() = nullptr;
};

}  // namespace recover

/// Exports the plugin: RECOVER_PLUGIN(info) where `info` is a constexpr/const PluginInfo at
/// namespace scope. The only symbol a plugin exports.
#define RECOVER_PLUGIN_SYMBOL_(version) recover_plugin_v##version
#define RECOVER_PLUGIN_SYMBOL(version) RECOVER_PLUGIN_SYMBOL_(version)
#define RECOVER_PLUGIN(info)                                             \
  extern "C" __attribute__((visibility("default")))                      \
  const ::recover::PluginInfo* const RECOVER_PLUGIN_SYMBOL(RECOVER_ABI); \
  const ::recover::PluginInfo* const RECOVER_PLUGIN_SYMBOL(RECOVER_ABI) = &(info)
