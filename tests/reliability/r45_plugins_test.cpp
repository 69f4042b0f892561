// R45: a plugin that lies in an untrusted place or does not fit is refused with its exit code before any
// of its code runs; the engines that are in order load all the same.
#include "tests/support/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

namespace recover::test {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class R45 : public ::testing::Test {
 protected:
  /// Puts a library of tests/plugins/bad with a manifest into a configured plugin directory.
  void add(const std::string& name, const std::string& interface_version) const {
    sandbox_.write("plugins/" + name + ".ini",
                   "[engine]\nname = " + name + "\nproduct = Test\nid_prefix = t\nlibrary = " + name +
                       ".so\ninterface = " + interface_version + "\npackage = recover-" + name +
                       "\n\n[signature.file]\nkind = test file\nmagic = 0:'" + name + "'\n");
    copy_tree(std::string(RECOVER_BUILD) + "/lib/bad_plugins/" + name + ".so",
              sandbox_.path("plugins/" + name + ".so"));
    sandbox_.write("recover.conf", "[security]\nplugin_dirs = " + sandbox_.path("plugins") +
                                       "\nrequire_plugin_manifest = false\n");
  }
  [[nodiscard]] Outcome verify_plugins() const {
    return Sandbox::run({"env", "RECOVER_TEST_MARKER=" + sandbox_.path("marker"), RECOVER_PROGRAM,
                         "--state-dir", sandbox_.state(), "--config", sandbox_.path("recover.conf"),
                         "plugins", "verify"});
  }
  [[nodiscard]] bool was_loaded() const { return std::filesystem::exists(sandbox_.path("marker")); }

  Sandbox sandbox_;
};

TEST_F(R45, TheMarkerShowsThatALibraryWasLoaded) {
  add("leaves_marker", "1");
  EXPECT_EQ(verify_plugins().exit, 0);
  EXPECT_TRUE(was_loaded()) << "the other tests would prove nothing";
}

TEST_F(R45, DirectoryWritableByOthers) {
  add("leaves_marker", "1");
  ::chmod(sandbox_.path("plugins").c_str(), 0777);
  const Outcome outcome = verify_plugins();
  EXPECT_EQ(outcome.exit, 14) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("plugin.untrusted"));
  EXPECT_THAT(outcome.out, HasSubstr("sqlite"));
  EXPECT_FALSE(was_loaded());
}

TEST_F(R45, LibraryWritableByOthers) {
  add("leaves_marker", "1");
  ::chmod(sandbox_.path("plugins/leaves_marker.so").c_str(), 0666);
  const Outcome outcome = verify_plugins();
  EXPECT_EQ(outcome.exit, 14) << outcome.err;
  EXPECT_FALSE(was_loaded());
}

TEST_F(R45, LibraryThatNobodyListed) {
  add("leaves_marker", "1");
  sandbox_.write("recover.conf", "[security]\nplugin_dirs = " + sandbox_.path("plugins") + "\n");
  const Outcome unlisted = verify_plugins();
  EXPECT_EQ(unlisted.exit, 14) << unlisted.err;
  EXPECT_THAT(unlisted.err, AllOf(HasSubstr("plugin.untrusted"), HasSubstr("has no MANIFEST")));
  EXPECT_THAT(unlisted.err, HasSubstr("sha256sum *.so > MANIFEST"));
  EXPECT_FALSE(was_loaded());
}

TEST_F(R45, LibraryThatIsNotTheListedOne) {
  add("leaves_marker", "1");
  // A list counts also where none is required.
  sandbox_.write("plugins/MANIFEST", std::string(64, '0') + "  leaves_marker.so\n");
  const Outcome changed = verify_plugins();
  EXPECT_EQ(changed.exit, 14) << changed.err;
  EXPECT_THAT(changed.err, HasSubstr("its contents are not those that"));
  sandbox_.write("plugins/MANIFEST", std::string(64, '0') + "  other.so\n");
  EXPECT_THAT(verify_plugins().err, HasSubstr("does not list it"));
  EXPECT_FALSE(was_loaded());
}

TEST_F(R45, ListedLibraryIsLoaded) {
  add("leaves_marker", "1");
  sandbox_.write("recover.conf", "[security]\nplugin_dirs = " + sandbox_.path("plugins") + "\n");
  const Outcome list = Sandbox::run({"sha256sum", "leaves_marker.so"}, sandbox_.path("plugins"));
  sandbox_.write("plugins/MANIFEST", list.out);
  const Outcome outcome = verify_plugins();
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_TRUE(was_loaded());
}

TEST_F(R45, ManifestOfAnotherInterface) {
  add("leaves_marker", "2");
  const Outcome outcome = verify_plugins();
  EXPECT_EQ(outcome.exit, 7) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("plugin.incompatible"));
  EXPECT_FALSE(was_loaded());
}

TEST_F(R45, MissingSymbol) {
  add("no_symbol", "1");
  const Outcome outcome = verify_plugins();
  EXPECT_EQ(outcome.exit, 7) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("it exports no recover_plugin_v1"));
}

TEST_F(R45, OthersStillWork) {
  add("wrong_fingerprint", "1");
  sandbox_.write("source/notes.sql",
                 "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\nCOMMIT;\n");
  sandbox_.protect(sandbox_.source());
  const Outcome outcome = Sandbox::run({RECOVER_PROGRAM, "--state-dir", sandbox_.state(), "--config",
                                        sandbox_.path("recover.conf"), "scan", sandbox_.source(), "--json"});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"sqlite\""));
  EXPECT_THAT(outcome.out, Not(HasSubstr("wrong_fingerprint")));
}

}  // namespace

}  // namespace recover::test
