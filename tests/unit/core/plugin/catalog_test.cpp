// R45 of the reliability cases: whatever is wrong with a plugin, its own engine is refused with an id
// that says what, and all others still load.
#include "core/plugin/catalog.hpp"

#include "tests/unit/core/plugin/plugin_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace recover::test {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Refusal {
  const char* plugin;
  const char* id;
  ExitCode exit;
  const char* cause;
};

class RefusedPlugin : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedPlugin, IsRefusedByNameWhileOthersLoad) {
  const PluginDirectory plugins;
  plugins.add(GetParam().plugin);
  plugins.add("fits");
  auto catalog = plugins.open();
  ASSERT_TRUE(catalog) << catalog.error().cause;
  const auto refused = (*catalog)->engine(GetParam().plugin);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().id, GetParam().id);
  EXPECT_EQ(refused.error().exit, GetParam().exit);
  EXPECT_THAT(refused.error().cause, HasSubstr(GetParam().cause));
  EXPECT_FALSE(refused.error().fix.empty());
  EXPECT_EQ(text_fact(refused.error().facts, "engine"), GetParam().plugin);
  EXPECT_TRUE((*catalog)->engine("fits"));
}

INSTANTIATE_TEST_SUITE_P(
    R45, RefusedPlugin,
    ::testing::Values(
        Refusal{"wrong_interface", "plugin.incompatible", ExitCode::tool_missing,
                "it has interface version 2, this program has 1"},
        Refusal{"wrong_size", "plugin.incompatible", ExitCode::tool_missing,
                "size of PluginInfo: the plugin has"},
        Refusal{"wrong_fingerprint", "plugin.incompatible", ExitCode::tool_missing,
                "compiler: the plugin has"},
        Refusal{"no_symbol", "plugin.incompatible", ExitCode::tool_missing,
                "it exports no recover_plugin_v1"},
        Refusal{"undefined_symbol", "plugin.load_failed", ExitCode::tool_missing,
                "undefined symbol: function_that_nobody_defines"},
        Refusal{"no_create", "plugin.incompatible", ExitCode::tool_missing,
                "create: the plugin has no function"},
        Refusal{"makes_nothing", "plugin.threw", ExitCode::internal, "it made nothing"},
        Refusal{"throws_in_create", "plugin.threw", ExitCode::internal, "no luck today"},
        Refusal{"other_engine", "plugin.incompatible", ExitCode::tool_missing,
                "engine name: the plugin has \"something_else\", this program has \"other_engine\""}),
    [](const auto& refusal) { return std::string(refusal.param.plugin); });

TEST(CatalogTest, ListsEveryDifferenceWithBothValuesAndTheCure) {
  const PluginDirectory plugins;
  plugins.add("wrong_fingerprint");
  auto catalog = plugins.open();
  ASSERT_TRUE(catalog);
  const auto refused = (*catalog)->engine("wrong_fingerprint");
  ASSERT_FALSE(refused);
  const auto differences = list_fact(refused.error().facts, "differences");
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[0],
            "project version: the plugin has \"0.0.7\", this program has \"" RECOVER_VERSION "\"");
  EXPECT_EQ(differences[1],
            "compiler: the plugin has \"Other-1.2\", this program has \"" RECOVER_COMPILER "\"");
  EXPECT_EQ(differences[2], "size of Plan: the plugin has " + std::to_string(sizeof(Plan) + 16) +
                                ", this program has " + std::to_string(sizeof(Plan)));
  EXPECT_THAT(refused.error().fix, AllOf(HasSubstr("recover-wrong_fingerprint"), HasSubstr(RECOVER_VERSION)));
}

/// A library that leaves a file the moment it is loaded.
class MarkerTest : public ::testing::Test {
 protected:
  MarkerTest() {
    ::setenv("RECOVER_TEST_MARKER", marker_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  ~MarkerTest() override { ::unsetenv("RECOVER_TEST_MARKER"); }  // NOLINT(concurrency-mt-unsafe): one thread

  /// The id with which the engine is refused; "" when it is loaded.
  std::string refused_with() {
    auto catalog = plugins_.open();
    if (!catalog) return "no catalog";
    const auto engine = (*catalog)->engine("leaves_marker");
    return engine ? "" : engine.error().id;
  }
  [[nodiscard]] bool was_loaded() const { return std::filesystem::exists(marker_); }

  PluginDirectory plugins_;
  std::string marker_ = plugins_.sandbox.path("marker");
};

TEST_F(MarkerTest, LoadingRunsConstructors) {
  plugins_.add("leaves_marker");
  EXPECT_EQ(refused_with(), "");
  EXPECT_TRUE(was_loaded()) << "the marker does not work, so the other tests prove nothing";
}

TEST_F(MarkerTest, WrongNumberInTheManifestIsRefusedWithoutLoading) {
  plugins_.add("leaves_marker", 2);
  EXPECT_EQ(refused_with(), "plugin.incompatible");
  EXPECT_FALSE(was_loaded());
}

TEST_F(MarkerTest, LibraryWritableByOthersIsRefusedWithoutLoading) {
  plugins_.add("leaves_marker");
  ::chmod(plugins_.library("leaves_marker").c_str(), 0757);
  EXPECT_EQ(refused_with(), "plugin.untrusted");
  EXPECT_FALSE(was_loaded());
}

TEST_F(MarkerTest, DirectoryWritableByTheGroupIsRefusedWithoutLoading) {
  plugins_.add("leaves_marker");
  ::chmod(plugins_.directory().c_str(), 0775);
  EXPECT_EQ(refused_with(), "plugin.untrusted");
  EXPECT_FALSE(was_loaded());
}

TEST_F(MarkerTest, TruncatedLibraryIsRefusedWithoutLoading) {
  plugins_.add("leaves_marker");
  const std::string library = plugins_.library("leaves_marker");
  const auto whole = std::filesystem::file_size(library);
  for (const std::uintmax_t size : {whole - 1, whole / 2, std::uintmax_t{4096}, std::uintmax_t{64},
                                    std::uintmax_t{3}, std::uintmax_t{0}}) {
    std::filesystem::resize_file(library, size);
    EXPECT_EQ(refused_with(), "plugin.load_failed") << size << " bytes";
  }
  EXPECT_FALSE(was_loaded());
}

TEST_F(MarkerTest, StatusLoadsNothing) {
  plugins_.add("leaves_marker");
  plugins_.add("fits", 7);
  plugins_.add_manifest("not_there", "not_there.so");
  auto catalog = plugins_.open();
  ASSERT_TRUE(catalog);
  const auto all = (*catalog)->status();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].engine, "fits");
  EXPECT_EQ(all[0].problem.value().id, "plugin.incompatible");
  EXPECT_EQ(all[1].engine, "leaves_marker");
  EXPECT_FALSE(all[1].problem);
  EXPECT_FALSE(all[1].loaded);
  EXPECT_EQ(all[2].engine, "not_there");
  EXPECT_EQ(all[2].problem.value().id, "plugin.missing");
  EXPECT_EQ(all[2].library_path, "");
  EXPECT_FALSE(was_loaded());
}

TEST(CatalogTest, MissingLibraryNamesThePackage) {
  const PluginDirectory plugins;
  plugins.add_manifest("not_there", "not_there.so");
  auto catalog = plugins.open();
  ASSERT_TRUE(catalog);
  const auto engine = (*catalog)->engine("not_there");
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().id, "plugin.missing");
  EXPECT_EQ(engine.error().exit, ExitCode::tool_missing);
  EXPECT_EQ(engine.error().fix, "Install the package recover-not_there.");
}

TEST(CatalogTest, ManifestCannotNameALibraryElsewhere) {
  const PluginDirectory plugins;
  plugins.add("fits");
  plugins.sandbox.make_directory("elsewhere");
  plugins.add_manifest("fits", "../plugins/fits.so");
  auto catalog = plugins.open();
  // Either the manifest is refused as invalid or nothing is found: it must not be loaded.
  EXPECT_FALSE(catalog && (*catalog)->engine("fits"));
}

TEST(CatalogTest, UnknownEngine) {
  const PluginDirectory plugins;
  plugins.add("fits");
  auto catalog = plugins.open();
  ASSERT_TRUE(catalog);
  const auto engine = (*catalog)->engine("oracle");
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().id, "engine.unknown");
  EXPECT_EQ(engine.error().exit, ExitCode::usage);
}

TEST(CatalogTest, TwoManifestsOfOneEngineAreNamed) {
  const PluginDirectory first;
  const PluginDirectory second;
  first.add("fits");
  second.add("fits");
  const auto catalog = plugin::Catalog::open({{first.directory(), second.directory()}, {first.directory()}});
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().id, "scan.manifest_invalid");
  EXPECT_THAT(catalog.error().cause, AllOf(HasSubstr(first.directory()), HasSubstr(second.directory())));
}

TEST(CatalogTest, NoManifestAtAllIsAnError) {
  const auto catalog = plugin::Catalog::open({{"/nonexistent/engines"}, {}});
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().id, "scan.manifest_invalid");
  EXPECT_THAT(catalog.error().cause, HasSubstr("/nonexistent/engines"));
}

TEST(CatalogTest, FirstAnswerIsRemembered) {
  const PluginDirectory plugins;
  plugins.add("fits");
  plugins.add_manifest("not_there", "not_there.so");
  auto catalog = plugins.open();
  ASSERT_TRUE(catalog);
  EXPECT_EQ((*catalog)->engine("fits").value(), (*catalog)->engine("fits").value());
  EXPECT_FALSE((*catalog)->engine("not_there"));
  copy_tree(plugins.library("fits"), plugins.library("not_there"));
  EXPECT_FALSE((*catalog)->engine("not_there"));
}

TEST(CatalogTest, TwoCatalogsOnTheSameLibrary) {
  const PluginDirectory plugins;
  plugins.add("fits");
  for (int time = 0; time < 2; ++time) {
    auto catalog = plugins.open();
    ASSERT_TRUE(catalog);
    EXPECT_TRUE((*catalog)->engine("fits"));
  }
}

TEST(CatalogTest, ErrorKindsOfCoreAndOfEveryPluginThatLoads) {
  const PluginDirectory plugins;
  plugins.add("no_symbol");
  plugins.add("fits");
  const std::string examples = std::string(RECOVER_BUILD) + "/lib/recover/examples";
  auto catalog = plugin::Catalog::open({{plugins.directory(), examples}, {plugins.directory(), examples}});
  ASSERT_TRUE(catalog) << catalog.error().cause;
  const auto kinds = (*catalog)->error_kinds();
  const auto has = [&](std::string_view id) {
    return std::any_of(kinds.begin(), kinds.end(), [id](const ErrorKind& kind) { return kind.id == id; });
  };
  EXPECT_TRUE(has("plugin.untrusted"));
  EXPECT_TRUE(has("template.cut_off"));
  EXPECT_EQ(kinds.size(), core_error_kinds().size() + 1);
}

TEST(CatalogTest, ThisProgramFindsItsOwnPlugins) {
  const plugin::Places places = plugin::default_places({"/opt/more"});
  ASSERT_EQ(places.plugin_directories.size(), 2U);
  EXPECT_EQ(places.plugin_directories[0], std::string(RECOVER_BUILD) + "/lib/recover/plugins");
  EXPECT_EQ(places.plugin_directories[1], "/opt/more");
  EXPECT_EQ(places.manifest_directories[0], std::string(RECOVER_BUILD) + "/share/recover/engines");
}

}  // namespace

}  // namespace recover::test
