// The engines of this program. Manifests are read at once, they are data; a library is loaded when its
// engine is first needed, so a foreign or broken plugin costs nothing until something in a tree asks
// for it, and then only its own engine. Each engine has its own lock: a slow load does not hold up the
// others, and the first answer, good or bad, is the answer.
//
// Nothing here reads the environment: plugin directories come from beside the program and from the
// (owner-checked) configuration, never from a variable that a caller of sudo controls.
#include "core/plugin/catalog.hpp"

#include "core/plugin/guarded_engine.hpp"
#include "core/plugin/listing.hpp"
#include "core/plugin/loader.hpp"
#include "core/plugin/trust.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>

namespace recover::plugin {

namespace {

/// One engine: its manifest's file to load, and what came of it.
struct Slot {
  const scan::Manifest* manifest = nullptr;
  std::string library_path;  ///< empty: not installed
  bool must_be_listed = false;
  std::mutex mutex;
  std::unique_ptr<Engine> engine;
  std::optional<Error> problem;
  const PluginInfo* info = nullptr;
};

/// What is wrong with a library as far as it can be told without loading it.
std::optional<Error> problem_before_loading(const Slot& slot) {
  const scan::Manifest& manifest = *slot.manifest;
  if (manifest.library.empty()) {
    return make_error(errors::engine_strategy_unavailable,
                      manifest.product + " is recognised only; it has no plugin");
  }
  if (manifest.interface_version != RECOVER_ABI) {
    return make_error(errors::plugin_incompatible, "refused the plugin of " + manifest.engine,
                      fmt::format("interface: {} says {}, this program has {}", manifest.path,
                                  manifest.interface_version, RECOVER_ABI))
        .with("engine", manifest.engine)
        .advise(fmt::format("Rebuild or reinstall {} {}, the version of this program.",
                            manifest.package.empty() ? manifest.library : manifest.package, RECOVER_VERSION));
  }
  if (slot.library_path.empty()) {
    Error error = make_error(errors::plugin_missing, "the engine " + manifest.engine + " has no plugin here",
                             manifest.library + " is in none of the plugin directories")
                      .with("engine", manifest.engine);
    if (manifest.package.empty()) return error;
    return std::move(error)
        .with("package", manifest.package)
        .advise("Install the package " + manifest.package + ".");
  }
  return std::nullopt;
}

void load_into(Slot& slot) {
  slot.problem = problem_before_loading(slot);
  if (slot.problem) return;
  auto info = load(slot.library_path, {slot.manifest->engine, slot.manifest->package, slot.must_be_listed});
  if (!info) {
    slot.problem = std::move(info).error().with("engine", slot.manifest->engine);
    return;
  }
  auto engine = make_guarded(slot.manifest->engine, (*info)->create);
  if (!engine) {
    slot.problem = std::move(engine).error().with("path", slot.library_path);
    return;
  }
  slot.info = *info;
  slot.engine = std::move(engine).value();
}

/// Whether the library would be let in, without loading it.
Result<void> judge(const Slot& slot) {
  const sys::Descriptor library = RECOVER_TRY(open_trusted(slot.library_path));
  return check_listed(library, slot.library_path, slot.must_be_listed);
}

std::string find_library(const std::string& name, const std::vector<std::string>& directories) {
  // A manifest names a file, it does not choose a place.
  if (name.empty() || name.find('/') != std::string::npos) return "";
  for (const std::string& directory : directories) {
    std::error_code ignored;
    const std::filesystem::path path = std::filesystem::path(directory) / name;
    if (std::filesystem::symlink_status(path, ignored).type() != std::filesystem::file_type::not_found) {
      return path.string();
    }
  }
  return "";
}

}  // namespace

struct Catalog::State {
  std::vector<scan::Manifest> manifests;
  std::map<std::string, Slot, std::less<>> slots;

  explicit State(std::vector<scan::Manifest> read) : manifests(std::move(read)) {
    for (const scan::Manifest& manifest : manifests) slots[manifest.engine].manifest = &manifest;
  }
};

Catalog::Catalog(std::unique_ptr<State> state) : state_(std::move(state)) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::open(const Places& places) {
  std::vector<scan::Manifest> manifests;
  for (const std::string& directory : places.manifest_directories) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(directory, ignored)) continue;
    for (scan::Manifest& manifest : RECOVER_TRY(scan::load_manifests(directory))) {
      const auto same = std::find_if(manifests.begin(), manifests.end(),
                                     [&](const auto& other) { return other.engine == manifest.engine; });
      if (same != manifests.end()) {
        return make_error(errors::manifest_invalid, "two manifests describe the engine " + manifest.engine,
                          same->path + " and " + manifest.path)
            .advise("Remove one of the two files.");
      }
      manifests.push_back(std::move(manifest));
    }
  }
  if (manifests.empty()) {
    return make_error(errors::manifest_invalid, "no engine is known",
                      fmt::format("no engine.ini in {}", fmt::join(places.manifest_directories, ", ")))
        .advise("Reinstall recover; its engine descriptions are missing.");
  }
  auto state = std::make_unique<State>(std::move(manifests));
  for (auto& [name, slot] : state->slots) {
    slot.library_path = find_library(slot.manifest->library, places.plugin_directories);
    slot.must_be_listed = places.require_listing;
  }
  return std::unique_ptr<Catalog>(new Catalog(std::move(state)));  // NOLINT: the constructor is private
}

std::unique_ptr<Catalog> Catalog::of(std::vector<scan::Manifest> manifests,
                                     std::map<std::string, std::unique_ptr<Engine>> engines) {
  auto state = std::make_unique<State>(std::move(manifests));
  for (auto& [name, engine] : engines) {
    if (const auto slot = state->slots.find(name); slot != state->slots.end()) {
      slot->second.engine = guard(name, std::move(engine));
    }
  }
  return std::unique_ptr<Catalog>(new Catalog(std::move(state)));  // NOLINT: the constructor is private
}

const std::vector<scan::Manifest>& Catalog::manifests() const {
  return state_->manifests;
}

const scan::Manifest* Catalog::find(std::string_view name_or_alias) const {
  for (const scan::Manifest& manifest : state_->manifests) {
    const auto& aliases = manifest.aliases;
    if (manifest.engine == name_or_alias ||
        std::find(aliases.begin(), aliases.end(), name_or_alias) != aliases.end()) {
      return &manifest;
    }
  }
  return nullptr;
}

Result<const Engine*> Catalog::engine(std::string_view name) {
  const auto found = state_->slots.find(name);
  if (found == state_->slots.end()) {
    return make_error(errors::engine_unknown, "no engine is called " + std::string(name));
  }
  Slot& slot = found->second;
  const std::lock_guard lock(slot.mutex);
  if (!slot.engine && !slot.problem) load_into(slot);
  if (slot.problem) return *slot.problem;
  return slot.engine.get();
}

std::vector<Status> Catalog::status() const {
  std::vector<Status> all;
  for (auto& [name, slot] : state_->slots) {
    const std::lock_guard lock(slot.mutex);
    Status status{name, slot.library_path, slot.engine != nullptr, slot.problem};
    const bool is_untried = !slot.engine && !slot.problem;
    if (is_untried && !slot.manifest->library.empty()) {
      status.problem = problem_before_loading(slot);
      if (!status.problem) {
        if (auto judged = judge(slot); !judged) status.problem = judged.error();
      }
    }
    all.push_back(std::move(status));
  }
  return all;
}

std::vector<ErrorKind> Catalog::error_kinds() {
  const auto core = core_error_kinds();
  std::vector<ErrorKind> kinds(core.begin(), core.end());
  for (auto& [name, slot] : state_->slots) {
    if (!engine(name) || slot.info == nullptr) continue;
    kinds.insert(kinds.end(), slot.info->errors, slot.info->errors + slot.info->error_count);
  }
  return kinds;
}

Places default_places(const std::vector<std::string>& configured_plugin_directories, bool require_listing) {
  Places places;
  places.require_listing = require_listing;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const std::filesystem::path prefix = program.parent_path().parent_path();
    places.manifest_directories.push_back((prefix / "share/recover/engines").string());
    places.plugin_directories.push_back((prefix / "lib/recover/plugins").string());
  }
  // A plugin that is not ours brings its manifest along, in the same directory.
  for (const std::string& directory : configured_plugin_directories) {
    places.manifest_directories.push_back(directory);
    places.plugin_directories.push_back(directory);
  }
  return places;
}

}  // namespace recover::plugin
