// Archives in files are not read where nobody looks: bodies are skipped, ends are read where they lie.
#include "core/sys/archive.hpp"
#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace recover::sys {
namespace {

/// Counts what is really read.
class CountingSource final : public SeekableSource {
 public:
  explicit CountingSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const std::size_t got = std::min(length, text_.size() - at_);
    std::memcpy(buffer, text_.data() + at_, got);
    at_ += got;
    count += got;
    return got;
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return text_.size(); }
  void seek(std::uint64_t position) override { at_ = position; }

  std::size_t count = 0;

 private:
  std::string text_;
  std::size_t at_ = 0;
};

std::string packed(const std::string& format, const std::vector<std::string>& more = {}) {
  test::Sandbox box;
  box.write("pack/first", "begin of first" + std::string(4'000'000, 'x') + "end of first");
  box.write("pack/second", "second");
  box.write("pack/" + std::string(150, 'n'), std::string(1'000'001, 'y') + "end of a long name");
  std::vector<std::string> command{"tar", "--format", format, "--sort=name", "-C", box.path("pack")};
  command.insert(command.end(), more.begin(), more.end());
  command.insert(command.end(), {"-cf", box.path("packed.tar"), "."});
  EXPECT_EQ(test::Sandbox::run(command).exit, 0);
  std::ifstream in(box.path("packed.tar"), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class TarFormats : public ::testing::TestWithParam<const char*> {};

TEST_P(TarFormats, OnlyWhatIsAskedForIsRead) {
  CountingSource source(packed(GetParam()));
  const auto reader = open_archive(source, "packed.tar");
  ASSERT_TRUE(reader);
  std::map<std::string, std::string> ends;
  for (;;) {
    const auto member = (*reader)->next();
    ASSERT_TRUE(member) << member.error().cause;
    if (!*member) break;
    if ((*member)->type != EntryType::file) continue;
    std::string head(5, '\0');
    ASSERT_TRUE((*reader)->data().read(head.data(), head.size()));
    const auto end = (*reader)->last_bytes(12);
    ASSERT_TRUE(end && *end);
    ends[(*member)->path] = head + ".." + **end;
    std::string next(4, '\0');
    ASSERT_TRUE((*reader)->data().read(next.data(), next.size()));
    if ((*member)->path == "./first") {
      EXPECT_EQ(next, " of ") << "data() goes on where it was";
    }
  }
  EXPECT_EQ(ends["./first"], "begin..end of first");
  EXPECT_EQ(ends["./second"], "secon..second");
  EXPECT_EQ(ends["./" + std::string(150, 'n')], "yyyyy.. a long name");
  EXPECT_LT(source.count, 1'000'000U);
}

INSTANTIATE_TEST_SUITE_P(ArchiveSeek, TarFormats, ::testing::Values("gnu", "pax"));

TEST(ArchiveSeek, AMemberThatIsCutOffIsMissedWhenItIsSkipped) {
  const std::string whole = packed("gnu");
  for (const std::size_t length : {std::size_t{2'000}, std::size_t{200'000}, std::size_t{3'000'000}}) {
    CountingSource source(whole.substr(0, length));
    const auto reader = open_archive(source, "cut.tar");
    ASSERT_TRUE(reader);
    Result<std::optional<Member>> member = (*reader)->next();
    while (member && *member) member = (*reader)->next();
    ASSERT_FALSE(member) << length;
    EXPECT_EQ(member.error().id, "archive.truncated");
  }
}

TEST(ArchiveSeek, ASparseMemberHasNoShortWayToItsEnd) {
  test::Sandbox box;
  box.write("pack/holes", "");
  std::filesystem::resize_file(box.path("pack/holes"), 2'000'000);
  ASSERT_EQ(
      test::Sandbox::run({"tar", "-C", box.path("pack"), "--sparse", "-cf", box.path("s.tar"), "holes"}).exit,
      0);
  std::ifstream in(box.path("s.tar"), std::ios::binary);
  CountingSource source({std::istreambuf_iterator<char>(in), {}});
  const auto reader = open_archive(source, "s.tar");
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->next());
  const auto end = (*reader)->last_bytes(10);
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

}  // namespace
}  // namespace recover::sys
