// Noise control, as three tables: names that are always shown, directories of applications and systems,
// and neighbours by which a browser profile is known wherever it lies. It reads names only.
#include "sqlite/applications.hpp"

#include "recover/recogniser.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace recover::sqlite {

namespace {

// Databases that servers keep in SQLite; people look for these by name.
constexpr std::array<std::string_view, 18> keepers{"gitea.db",
                                                   "forgejo.db",
                                                   "grafana.db",
                                                   "home-assistant_v2.db",
                                                   "nextcloud.db",
                                                   "owncloud.db",
                                                   "db.sqlite3",
                                                   "jellyfin.db",
                                                   "pihole-FTL.db",
                                                   "gravity.db",
                                                   "com.plexapp.plugins.library.db",
                                                   "photoprism.db",
                                                   "zabbix.db",
                                                   "zabbix_proxy.db",
                                                   "freshrss.sqlite",
                                                   "production.sqlite3",
                                                   "vaultwarden.db",
                                                   "uptime-kuma.db"};

/// A path component sequence; `depth` components behind it belong to the group's directory.
struct ApplicationRoot {
  std::string_view where;  ///< found in "/" + path
  int depth;
  std::string_view what;
};

// Image layers first: a browser profile in an unused image is not somebody's browser profile.
constexpr std::array<ApplicationRoot, 24> roots{{
    {"/var/lib/docker/overlay2/", 1, "container image layer"},
    {"/var/lib/containers/storage/overlay/", 1, "container image layer"},
    {"/.mozilla/firefox/", 1, "Firefox profile"},
    {"/.thunderbird/", 1, "Thunderbird profile"},
    {"/.config/google-chrome/", 1, "Chrome profile"},
    {"/.config/chromium/", 1, "Chromium profile"},
    {"/.config/BraveSoftware/", 2, "Brave profile"},
    {"/User Data/", 1, "Chromium profile"},
    {"/.local/share/", 1, "application data"},
    {"/.cache/", 1, "application cache"},
    {"/.config/", 1, "application configuration"},
    {"/Library/Application Support/", 1, "application data"},
    {"/Library/Caches/", 1, "application cache"},
    {"/Library/", 1, "application data"},
    {"/AppData/Local/", 1, "application data"},
    {"/AppData/LocalLow/", 1, "application data"},
    {"/AppData/Roaming/", 1, "application data"},
    {"/var/lib/PackageKit/", 0, "package manager data"},
    {"/var/lib/dnf/", 0, "package manager data"},
    {"/var/lib/rpm/", 0, "package manager data"},
    {"/usr/lib/sysimage/rpm/", 0, "package manager data"},
    {"/var/lib/command-not-found/", 0, "package manager data"},
    {"/var/lib/fwupd/", 0, "firmware updater data"},
    {"/var/cache/", 1, "system cache"},
}};

/// A profile known by two files that lie in one directory, wherever that is.
struct Neighbours {
  std::string_view first;
  std::string_view second;
  std::string_view what;
};

constexpr std::array<Neighbours, 4> profiles{{
    {"places.sqlite", "cookies.sqlite", "Firefox profile"},
    {"places.sqlite", "prefs.js", "Firefox profile"},
    {"global-messages-db.sqlite", "prefs.js", "Thunderbird profile"},
    {"History", "Web Data", "Chromium profile"},
}};

/// The part of `path` up to and including `depth` components behind the root that ends at `end`.
std::string directory_at(const std::string& path, std::size_t end, int depth) {
  std::size_t cut = end;  // behind the slash that ends the root
  for (int level = 0; level < depth; ++level) {
    const std::size_t slash = path.find('/', cut);
    if (slash == std::string::npos) break;  // the file lies directly in the root
    cut = slash + 1;
  }
  return cut == 0 ? std::string() : path.substr(0, cut - 1);
}

}  // namespace

std::optional<Group> group_of(const std::string& path, Tree& tree) {
  const std::string name = last_component(path);
  if (std::find(keepers.begin(), keepers.end(), name) != keepers.end()) return std::nullopt;
  const std::string rooted = "/" + path;
  for (const ApplicationRoot& root : roots) {
    const std::size_t at = rooted.find(root.where);
    if (at == std::string::npos) continue;
    // `rooted` is one character longer than `path`.
    return Group{directory_at(path, at + root.where.size() - 1, root.depth), std::string(root.what)};
  }
  const std::string directory = parent_path(path);
  for (const Neighbours& profile : profiles) {
    if (tree.has_file(join_path(directory, std::string(profile.first))) &&
        tree.has_file(join_path(directory, std::string(profile.second)))) {
      return Group{directory, std::string(profile.what)};
    }
  }
  return std::nullopt;
}

}  // namespace recover::sqlite
