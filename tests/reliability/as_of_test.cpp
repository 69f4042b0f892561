// --as-of: of several copies the newest that is not newer than the time that was asked for.
#include "tests/support/recovering.hpp"

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;

class AsOf : public Recovering {
 protected:
  /// One nightly dump, with as many rows as its day.
  void dump_of(int day) const {
    const std::string name = "source/shop-2026-11-" + std::to_string(day) + ".sql";
    std::string text = "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.t (i integer);\n";
    text += "COPY public.t (i) FROM stdin;\n";
    for (int i = 0; i < day; ++i) text += std::to_string(i) + "\n";
    box.write(name, text + "\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    const Outcome dated =
        Sandbox::run({"touch", "-d", "2026-11-" + std::to_string(day) + "T03:00:00Z", box.path(name)});
    ASSERT_EQ(dated.exit, 0) << dated.err;
  }
};

TEST_F(AsOf, TheNewestCopyUpToThatTimeIsRecovered) {
  for (const int day : {17, 18, 19}) dump_of(day);
  box.protect(box.source());
  const Answer answer = recover(major, {"--as-of", "2026-11-18T12:00:00Z"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM t", "shop-2026-11-18"), "18\n")
      << answer.told();
  EXPECT_THAT(ids(answer), Contains("scan.too_new"));
  EXPECT_THAT(answer.document.dump(), HasSubstr("2026-11-19T03:00:00Z, and 2026-11-18T12:00:00Z was asked"));
}

TEST_F(AsOf, WhereEverythingIsNewerNothingIsRecovered) {
  dump_of(19);
  const Answer answer = recover(major, {"--as-of", "2026-11-18"});
  EXPECT_EQ(answer.exit, 5) << answer.told();
  EXPECT_THAT(ids(answer), Contains("scan.nothing_selected"));
  EXPECT_FALSE(fs::exists(box.state() + "/instances"));
  const Answer bad = recover(major, {"--as-of", "last tuesday"});
  EXPECT_EQ(bad.exit, 64) << bad.told();
}

}  // namespace
}  // namespace recover::test
