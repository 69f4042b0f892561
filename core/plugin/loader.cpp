// The only place that knows Boost.DLL. The order is the safety: the file is judged (trust.cpp), the
// judged descriptor is what gets loaded (/proc/self/fd/N), the versioned symbol is looked up, and its
// plain data is compared field by field before any function of the plugin is called.
//
// Never unloaded: an exception, a deleter or a string literal of the plugin may outlive any handle, and
// whether dlclose really unmaps depends on a single GNU-unique symbol. The descriptor stays open just
// as long, because glibc remembers a library by its name too: a second file opened under the same
// number would silently be taken for the first.
//
// Boost 1.74's error_code says "Bad file descriptor" whatever happened; the truth is in dlerror().
// Its library_info (symbols without loading) crashes on some damaged files, so it is not used.
#define BOOST_DLL_USE_STD_FS
#include <vector>  // Boost 1.74's headers forget it

#include <boost/dll/shared_library.hpp>

#include "core/plugin/loader.hpp"

#include "core/plugin/listing.hpp"
#include "core/plugin/trust.hpp"
#include "recover/errors.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <map>
#include <memory>
#include <mutex>
#include <system_error>

namespace recover::plugin {

namespace {

struct Resident {
  boost::dll::shared_library library;
  sys::Descriptor file;
};

/// All libraries of this process by device and inode. Never destroyed, on purpose.
struct Residents {
  std::mutex mutex;
  std::map<std::pair<dev_t, ino_t>, Resident> libraries;
};

Residents& residents() {
  static Residents* const all = std::make_unique<Residents>().release();
  return *all;
}

std::string loader_message(const std::error_code& error) {
  const char* text = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps it per thread
  return text != nullptr ? std::string(text) : error.message();
}

/// The symbol's versions that a library exports, for the refusal of an old or newer plugin.
std::string exported_versions(const boost::dll::shared_library& library) {
  constexpr int highest_looked_for = 99;
  std::string versions;
  for (int version = 0; version <= highest_looked_for; ++version) {
    if (library.has(fmt::format("recover_plugin_v{}", version))) {
      versions += (versions.empty() ? "" : ", ") + std::to_string(version);
    }
  }
  return versions;
}

Result<boost::dll::shared_library*> make_resident(const std::string& path, bool must_be_listed) {
  sys::Descriptor file = RECOVER_TRY(open_trusted(path));
  RECOVER_TRY(check_complete(file, path));
  RECOVER_TRY(check_listed(file, path, must_be_listed));
  struct ::stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return make_system_error(errors::plugin_load_failed, "cannot look at " + path, errno);
  }
  const std::lock_guard lock(residents().mutex);
  const auto key = std::make_pair(status.st_dev, status.st_ino);
  if (const auto known = residents().libraries.find(key); known != residents().libraries.end()) {
    return &known->second.library;
  }
  std::string loadable = fmt::format("/proc/self/fd/{}", file.get());
  // Without /proc (a bare chroot) the name is all there is; every directory above it was judged.
  if (::access(loadable.c_str(), R_OK) != 0) loadable = path;
  boost::dll::shared_library library;
  std::error_code error;
  library.load(loadable, error, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  if (error) {
    std::string cause = loader_message(error);
    if (const auto at = cause.find(loadable); at != std::string::npos)
      cause.replace(at, loadable.size(), path);
    return make_error(errors::plugin_load_failed, "cannot load " + path, cause).with("path", path);
  }
  auto [entry, added] = residents().libraries.emplace(key, Resident{std::move(library), std::move(file)});
  return &entry->second.library;
}

std::string shown(const char* text) {
  return text == nullptr ? "nothing" : "\"" + std::string(text) + "\"";
}

template <typename T>
std::string shown(T number) {
  return std::to_string(number);
}

/// Collects "what: the plugin has X, this program has Y".
class Comparison {
 public:
  template <typename T>
  void field(const char* name, T theirs, T ours) {
    if (shown(theirs) != shown(ours)) {
      found.push_back(
          fmt::format("{}: the plugin has {}, this program has {}", name, shown(theirs), shown(ours)));
    }
  }
  std::vector<std::string> found;
};

}  // namespace

std::vector<std::string> differences(const PluginInfo& info, const std::string& engine) {
  Comparison compare;
  compare.field("size of PluginInfo", info.size, std::uint32_t{sizeof(PluginInfo)});
  // With another size nothing behind it is where it seems to be.
  if (!compare.found.empty()) return compare.found;
  const Fingerprint& theirs = info.fingerprint;
  const Fingerprint ours;
  compare.field("interface version", theirs.interface_version, ours.interface_version);
  compare.field("project version", theirs.project_version, ours.project_version);
  compare.field("compiler", theirs.compiler, ours.compiler);
  compare.field("libstdc++ dual ABI", theirs.cxx11_abi, ours.cxx11_abi);
  compare.field("C++ standard", theirs.cxx_standard, ours.cxx_standard);
  compare.field("size of Candidate", theirs.size_of_candidate, ours.size_of_candidate);
  compare.field("size of Finding", theirs.size_of_finding, ours.size_of_finding);
  compare.field("size of Assessment", theirs.size_of_assessment, ours.size_of_assessment);
  compare.field("size of Plan", theirs.size_of_plan, ours.size_of_plan);
  compare.field("size of Step", theirs.size_of_step, ours.size_of_step);
  compare.field("size of Check", theirs.size_of_check, ours.size_of_check);
  compare.field("sanitizers", theirs.sanitizers, ours.sanitizers);
  compare.field("engine name", info.engine, engine.c_str());
  if (info.create == nullptr)
    compare.found.push_back("create: the plugin has no function that makes its engine");
  return compare.found;
}

Result<const PluginInfo*> load(const std::string& path, const Expected& expected) {
  boost::dll::shared_library* library = RECOVER_TRY(make_resident(path, expected.must_be_listed));
  const std::string cure = fmt::format(
      "Rebuild or reinstall {} {}, the version of this program.",
      expected.package.empty() ? "the plugin of " + expected.engine : expected.package, RECOVER_VERSION);
  const auto refuse = [&](const std::string& cause) {
    return make_error(errors::plugin_incompatible, "refused the plugin " + path, cause)
        .with("path", path)
        .advise(cure);
  };
  const std::string symbol = fmt::format("recover_plugin_v{}", RECOVER_ABI);
  if (!library->has(symbol)) {
    const std::string versions = exported_versions(*library);
    return refuse(versions.empty() ? fmt::format("it is not a plugin: it exports no {}", symbol)
                                   : fmt::format("it has interface version {}, this program has {}", versions,
                                                 RECOVER_ABI));
  }
  const PluginInfo* info = library->get<const PluginInfo* const>(symbol);
  if (info == nullptr) return refuse(symbol + " points nowhere");
  if (const auto found = differences(*info, expected.engine); !found.empty()) {
    return refuse(fmt::format("{}", fmt::join(found, "; "))).with("differences", found);
  }
  return info;
}

}  // namespace recover::plugin
