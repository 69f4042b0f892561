// The manifest language: what it expresses, and that nothing in it is accepted by halves.
#include "core/scan/manifest.hpp"

#include "core/scan/manifest_text.hpp"
#include "recover/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace recover::scan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string engine = "[engine]\nname=x\nproduct=X\nid_prefix=x\n";

std::string cause_of(const std::string& text) {
  const auto manifest = parse_manifest(text, "x.ini");
  if (manifest) return "accepted";
  EXPECT_EQ(manifest.error().id, errors::manifest_invalid.id);
  return manifest.error().cause;
}

TEST(Manifest, SignaturesSayEverythingTheyCan) {
  const auto manifest = parse_manifest(
      engine +
          "aliases = ex eks\nlibrary = recover_x.so\ninterface = 1\npackage = recover-x\n"
          "[signature.dump]\nkind = dump\nnames = *.sql\nnames2 = *.dump [0-9A-F]{3}\n"
          "magic = 0:504B + 257:'ustar'\nmagic2 = *:'it\\'s\\x00\\n'\n"
          "min_size = 100\nthrough_compression = yes\nkeep = a b/c\nrole = part\npriority = 7\n"
          "[signature.tree]\nkind = tree\nmatch = directory\nentries = A b/ c/d\n"
          "any_entry = P_*/\nforbidden = z\nclaims_tree = yes\nadvice = run x\n",
      "x.ini");
  ASSERT_TRUE(manifest) << manifest.error().cause;
  EXPECT_THAT(manifest->aliases, ElementsAre("ex", "eks"));
  EXPECT_EQ(manifest->interface_version, 1U);
  ASSERT_EQ(manifest->signatures.size(), 2U);
  const Signature& dump = manifest->signatures[0];
  EXPECT_EQ(dump.name, "dump");
  EXPECT_THAT(dump.names, ElementsAre("*.sql", "*.dump", "[0-9A-F][0-9A-F][0-9A-F]"));
  ASSERT_EQ(dump.magics.size(), 2U);
  ASSERT_EQ(dump.magics[0].size(), 2U);
  EXPECT_EQ(dump.magics[0][0].bytes, "PK");
  EXPECT_EQ(dump.magics[0][1].offset, 257);
  EXPECT_EQ(dump.magics[1][0].offset, Magic::anywhere);
  EXPECT_EQ(dump.magics[1][0].bytes, std::string("it's\0\n", 6));
  EXPECT_TRUE(dump.through_compression);
  const Signature& tree = manifest->signatures[1];
  EXPECT_EQ(tree.target, Target::directory);
  EXPECT_THAT(tree.entries, ElementsAre("A", "b/", "c/d"));
  EXPECT_TRUE(tree.claims_tree);
  EXPECT_EQ(tree.advice, "run x");
}

TEST(Manifest, MistakesAreNamedWithTheirLine) {
  EXPECT_THAT(cause_of(engine + "[signature.a]\nkind = k\nmagik = 0:00\n"),
              HasSubstr("x.ini:7: magik: unknown key"));
  EXPECT_THAT(cause_of(engine + "colour = red\n"), HasSubstr("x.ini:5:"));
  EXPECT_THAT(cause_of(engine + "[signatures]\na = b\n"), HasSubstr("unknown section [signatures]"));
  for (const char* magic :
       {"0:5", "0:XY", "0:", "x:00", "99999999:00", "0:'open", "0:''", "0:'a\\q'", "0:00 + ", "0:00 1:00"}) {
    EXPECT_THAT(cause_of(engine + "[signature.a]\nkind = k\nmagic = " + magic + "\n"), HasSubstr("x.ini:7"))
        << magic;
  }
}

TEST(Manifest, ASignatureThatCouldNeverHitIsRefused) {
  const auto flaw = [&](const std::string& lines) { return cause_of(engine + "[signature.a]\n" + lines); };
  EXPECT_THAT(flaw("magic = 0:00\n"), HasSubstr("has no kind"));
  EXPECT_THAT(flaw("kind = k\nnames = *.x\n"), HasSubstr("neither magic nor name_decides"));
  EXPECT_THAT(flaw("kind = k\nname_decides = yes\n"), HasSubstr("no names"));
  EXPECT_THAT(flaw("kind = k\nmatch = directory\nnames = a\n"), HasSubstr("neither entries nor any_entry"));
  EXPECT_THAT(flaw("kind = k\nmagic = 0:00\nclaims_tree = yes\n"), HasSubstr("for directories"));
  EXPECT_THAT(cause_of(engine), HasSubstr("no [signature.NAME]"));
}

TEST(Manifest, RepetitionOnlyAfterClassesAndQuestionMarks) {
  EXPECT_EQ(expand_repetition("[ab]{2}x?{3}"), "[ab][ab]x???");
  EXPECT_EQ(expand_repetition("a{2}"), std::nullopt);
  EXPECT_EQ(expand_repetition("[ab]{0}"), std::nullopt);
  EXPECT_EQ(expand_repetition("[ab]{65}"), std::nullopt);
  EXPECT_EQ(expand_repetition("[ab"), std::nullopt);
}

TEST(Manifest, EveryManifestOfTheProjectIsValid) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RECOVER_SOURCE "/plugins")) {
    const auto path = entry.path() / "engine.ini";
    if (!std::filesystem::exists(path)) continue;
    const auto manifest = load_manifest(path.string());
    EXPECT_TRUE(manifest) << manifest.error().cause;
    ++count;
  }
  EXPECT_GE(count, 1);
  const auto wrappers = load_manifest(RECOVER_SOURCE "/core/scan/wrappers.ini");
  ASSERT_TRUE(wrappers) << wrappers.error().cause;
  for (const auto& signature : wrappers->signatures) EXPECT_FALSE(signature.advice.empty()) << signature.name;
}

}  // namespace
}  // namespace recover::scan
