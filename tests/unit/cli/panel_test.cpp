// The screen of a running run: what is on it, and that it always fits.
#include "cli/panel.hpp"

#include <gmock/gmock.h>

namespace recover::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PanelState running(std::size_t items) {
  PanelState state;
  state.run = "01JCX4";
  state.strategy = "direct";
  state.at_once = 2;
  state.elapsed = 702;
  state.overall.total = Bytes{40'200'000'000};
  state.overall.done = Bytes{23'100'000'000};
  state.overall.left = Estimate{490, 640};
  for (std::size_t number = 0; number < items; ++number) {
    PhaseState item;
    item.item = "app" + std::to_string(number);
    item.phase = "copy";
    item.detail = "base/5/1259";
    item.total = Bytes{12'400'000'000};
    item.done = Bytes{8'800'000'000};
    state.active.push_back(item);
  }
  state.waiting = {"metrics", "wiki"};
  state.finished = {"keycloak created"};
  return state;
}

std::string screen(const PanelState& state, unsigned width) {
  std::string text;
  for (const auto& line : panel_lines(state, width)) text += line + "\n";
  return text;
}

TEST(Panel, ShowsTheWholeAndEachItem) {
  EXPECT_THAT(
      screen(running(2), 120),
      AllOf(HasSubstr("recover 01JCX4  direct  2 at a time"), HasSubstr("elapsed 11:42"),
            HasSubstr("overall  [#################-------------]  57 %   23.1 GB / 40.2 GB   8-11 min left"),
            HasSubstr("app0     copy  [##############------]  70 %   8.8 GB / 12.4 GB"), HasSubstr("app1"),
            HasSubstr("base/5/1259"), HasSubstr("waiting: metrics, wiki   ended: keycloak created"),
            HasSubstr("Ctrl-C stops safely; go on later with: recover resume 01JCX4")));
}

TEST(Panel, HasAtMostEightLinesAndFitsEveryWidth) {
  for (const std::size_t items : {0U, 1U, 4U, 40U}) {
    for (const unsigned width : {1U, 2U, 20U, 80U, 300U}) {
      const auto lines = panel_lines(running(items), width);
      EXPECT_LE(lines.size(), 8U) << items;
      for (const auto& line : lines) EXPECT_LE(line.size(), std::max(1U, width - 1)) << width << ": " << line;
    }
  }
  EXPECT_THAT(screen(running(40), 120), HasSubstr("36 more under way"));
}

TEST(Panel, ShowsWhatIsWaitedForAndTheSpaceWithinItsEightLines) {
  for (const std::size_t items : {1U, 4U}) {
    PanelState state = running(items);
    state.notices = {"lock  app: Waiting for exclusive lock (17 seconds)", "temp  15.2 GB used", "third"};
    EXPECT_LE(panel_lines(state, 120).size(), 8U);
    EXPECT_THAT(screen(state, 120), AllOf(HasSubstr("(17 seconds)"), HasSubstr("15.2 GB used")));
  }
}

TEST(Panel, ForeignNamesCannotMoveTheCursor) {
  PanelState state = running(1);
  state.active[0].item = "a\x1b[2J";
  state.active[0].detail = "b\nc";
  state.waiting = {"d\x1b[H"};
  state.finished = {"e\rf"};
  state.notices = {"g\nh"};
  EXPECT_EQ(panel_lines(state, 200).size(), 6U);
  EXPECT_THAT(screen(state, 200),
              AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\r")), Not(HasSubstr("b\nc"))));
}

TEST(Panel, AScanIsOneLine) {
  PanelState state;
  EXPECT_TRUE(panel_lines(state, 80).empty());
  PhaseState scan;
  scan.item = "/mnt/x";
  scan.phase = "scan";
  scan.detail = "412 311 entries";
  state.active = {scan};
  EXPECT_EQ(screen(state, 80), "/mnt/x  scan  412 311 entries\n");
}

}  // namespace
}  // namespace recover::cli
