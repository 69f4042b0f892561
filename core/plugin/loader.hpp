/// Loading one plugin library. What is loaded stays loaded until the process ends.
#pragma once

#include "recover/plugin.hpp"
#include "recover/result.hpp"

#include <string>
#include <vector>

namespace recover::plugin {

/// What a plugin must be to be accepted, from its manifest.
struct Expected {
  std::string engine;
  std::string package;          ///< named in the cure of a refusal
  bool must_be_listed = false;  ///< a directory without MANIFEST is not enough (listing.hpp)
};

/// The description inside the library at `path`; valid until the process ends. Nothing of the plugin
/// but its static constructors has run. Errors: plugin.missing, plugin.untrusted, plugin.load_failed
/// (with the dynamic loader's own text), plugin.incompatible (with every differing field).
Result<const PluginInfo*> load(const std::string& path, const Expected& expected);

/// One sentence for each field in which the plugin differs from this program; empty when it fits.
std::vector<std::string> differences(const PluginInfo& info, const std::string& engine);

}  // namespace recover::plugin
