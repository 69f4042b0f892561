/// A directory of plugins made of the deliberately bad ones, with manifests, inside a Sandbox.
#pragma once

#include "core/plugin/catalog.hpp"
#include "tests/support/sandbox.hpp"

#include <string>

namespace recover::test {

struct PluginDirectory {
  Sandbox sandbox;

  PluginDirectory() { sandbox.make_directory("plugins"); }

  [[nodiscard]] std::string directory() const { return sandbox.path("plugins"); }
  [[nodiscard]] std::string library(const std::string& name) const {
    return directory() + "/" + name + ".so";
  }

  /// Copies the library tests/plugins/bad/NAME.cpp and gives it a manifest.
  void add(const std::string& name, int interface_version = 1) const {
    copy_tree(std::string(RECOVER_BUILD) + "/lib/bad_plugins/" + name + ".so", library(name));
    add_manifest(name, name + ".so", interface_version);
  }

  void add_manifest(const std::string& engine, const std::string& library_name,
                    int interface_version = 1) const {
    sandbox.write("plugins/" + engine + ".ini",
                  "[engine]\nname = " + engine + "\nproduct = Test\nid_prefix = " + engine +
                      "\nlibrary = " + library_name + "\ninterface = " + std::to_string(interface_version) +
                      "\npackage = recover-" + engine +
                      "\n\n[signature.file]\nkind = test file\nmagic = 0:'" + engine + "'\n");
  }

  [[nodiscard]] Result<std::unique_ptr<plugin::Catalog>> open() const {
    return plugin::Catalog::open({{directory()}, {directory()}});
  }
};

}  // namespace recover::test
