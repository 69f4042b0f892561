/// The engines that are known (manifests) and, once needed, loaded (plugins).
#pragma once

#include "core/scan/manifest.hpp"
#include "recover/engine.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace recover::plugin {

struct Places {
  std::vector<std::string> manifest_directories;
  std::vector<std::string> plugin_directories;  ///< trusted; nothing else is ever searched
  bool require_listing = false;                 ///< only libraries that a MANIFEST lists (listing.hpp)
};

/// What `recover plugins list` shows of one engine.
struct Status {
  std::string engine;
  std::string library_path;  ///< empty when not installed, and for what is recognised only (no problem then)
  bool loaded = false;
  std::optional<Error> problem;
};

/// Thread-safe. Engines live as long as the process; plugins are never unloaded.
class Catalog {
 public:
  /// Reads all manifests. Errors: scan.manifest_invalid.
  static Result<std::unique_ptr<Catalog>> open(const Places& places);
  /// A catalog over given engines (tests): no libraries, no directories.
  static std::unique_ptr<Catalog> of(std::vector<scan::Manifest> manifests,
                                     std::map<std::string, std::unique_ptr<Engine>> engines);
  ~Catalog();

  [[nodiscard]] const std::vector<scan::Manifest>& manifests() const;
  /// The manifest of a name or alias ("pg"), or nullptr.
  [[nodiscard]] const scan::Manifest* find(std::string_view name_or_alias) const;
  /// The engine, loading its plugin on first use (guarded: exceptions become plugin.threw). Errors:
  /// engine.unknown, plugin.missing, plugin.incompatible, plugin.load_failed, plugin.untrusted. The
  /// result of the first attempt is remembered. The pointer is owned by the catalog.
  Result<const Engine*> engine(std::string_view name);
  /// The state of every engine, without loading anything.
  [[nodiscard]] std::vector<Status> status() const;
  /// Core's and every loaded plugin's error rows; loads all plugins that can be loaded.
  std::vector<ErrorKind> error_kinds();

 private:
  struct State;
  explicit Catalog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Manifest and plugin directories of this program: beside the executable (bin/../lib, bin/../share)
/// and those of the configuration.
Places default_places(const std::vector<std::string>& configured_plugin_directories,
                      bool require_listing = true);

}  // namespace recover::plugin
