// The plugin interface is what core/include/recover says. Changing it without a new number would load
// old plugins into a program they were not built for.
#include "tests/architecture/project_files.hpp"
#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace recover::test {

namespace {

TEST(InterfaceTest, HeadersAreThoseOfTheLockedInterfaceVersion) {
  const std::string folder = std::string(RECOVER_SOURCE) + "/tests/architecture";
  const Outcome now = Sandbox::run({"bash", folder + "/update_abi_lock.sh", "--print"});
  ASSERT_EQ(now.exit, 0) << now.err;
  std::ostringstream locked;
  locked << std::ifstream(folder + "/abi.lock").rdbuf();
  EXPECT_EQ(now.out, locked.str())
      << "The code of core/include/recover changed (comments do not count).\n"
      << "Rule: if plugins of this RECOVER_ABI were ever released, raise RECOVER_ABI in plugin.hpp and "
         "`interface` in\n"
      << "every engine.ini; then run tests/architecture/update_abi_lock.sh and commit abi.lock.";
}

/// The dynamic symbols that a library defines.
std::string exported_by(const std::string& library) {
  const Outcome symbols = Sandbox::run({"nm", "-D", "--defined-only", "--format=just-symbols", library});
  EXPECT_EQ(symbols.exit, 0) << "nm is in the package binutils: " << symbols.err;
  return symbols.out;
}

TEST(InterfaceTest, APluginExportsItsVersionedSymbolAndNothingElse) {
  std::size_t plugins = 0;
  for (const char* folder : {"/lib/recover/plugins", "/lib/recover/examples"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(RECOVER_BUILD) + folder)) {
      if (entry.path().extension() != ".so") continue;
      EXPECT_EQ(exported_by(entry.path()), "recover_plugin_v1\n") << entry.path();
      ++plugins;
    }
  }
  EXPECT_GE(plugins, 2U) << "the plugins are not built";
}

}  // namespace

}  // namespace recover::test
