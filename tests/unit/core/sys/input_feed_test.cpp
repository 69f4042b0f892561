// Programs that read what we hand them through a pipe: real ones, that read all of it, a part, or nothing.
#include "core/sys/process.hpp"
#include "recover/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

namespace recover::sys {
namespace {

/// So many bytes, then the end or an error.
class Letters final : public ContentSource {
 public:
  explicit Letters(std::size_t count, bool breaks = false) : left_(count), breaks_(breaks) {}
  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const std::size_t given = std::min(left_, length);
    if (given == 0 && breaks_) return make_error(errors::archive_truncated, "letters", "it ends too early");
    std::fill_n(buffer, given, 'x');
    left_ -= given;
    given_ += given;
    has_ended_ = given == 0;
    return given;
  }
  [[nodiscard]] std::uint64_t stored_consumed() const override { return given_; }
  [[nodiscard]] std::uint64_t stored_size() const override { return 0; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return {"odd"}; }
  [[nodiscard]] bool has_ended() const { return has_ended_; }

 private:
  std::size_t left_;
  bool breaks_;
  std::atomic<std::uint64_t> given_ = 0;
  std::atomic<bool> has_ended_ = false;
};

constexpr std::size_t many = std::size_t{5} << 20;

Command reads(const std::string& program, const std::vector<std::string>& words,
              std::shared_ptr<ContentSource> input) {
  Command command;
  command.program = program;
  command.arguments = words;
  command.input_stream = std::move(input);
  return command;
}

/// What the program printed, or why that is not known.
Result<std::size_t> printed_by(const Command& command) {
  const auto stream = RECOVER_TRY(stream_process(command, CancellationToken{}));
  std::string buffer(1 << 16, '\0');
  std::size_t all = 0;
  while (const std::size_t got = RECOVER_TRY(stream->read(buffer.data(), buffer.size()))) all += got;
  EXPECT_EQ(stream->warnings(), std::vector<std::string>{"odd"});
  EXPECT_EQ(stream->stored_consumed(), command.input_stream->stored_consumed());
  return all;
}

TEST(InputFeed, AProgramReadsAllOfIt) {
  const auto letters = std::make_shared<Letters>(many);
  const auto printed = printed_by(reads("cat", {}, letters));
  ASSERT_TRUE(printed) << printed.error().cause;
  EXPECT_EQ(*printed, many);
}

TEST(InputFeed, WhatAProgramLeavesIsReadToItsEnd) {
  const auto letters = std::make_shared<Letters>(many);
  const auto printed = printed_by(reads("head", {"-c", "10"}, letters));
  ASSERT_TRUE(printed) << printed.error().cause;
  EXPECT_EQ(*printed, 10U);
  EXPECT_TRUE(letters->has_ended());
}

TEST(InputFeed, ABrokenInputIsTheStreamsErrorWhateverTheProgramSays) {
  for (const char* program : {"cat", "false"}) {
    const auto printed = printed_by(reads(program, {}, std::make_shared<Letters>(0, true)));
    ASSERT_FALSE(printed) << program;
    const std::string id = printed.error().id;
    EXPECT_TRUE(id == "archive.truncated" || (program == std::string("false") && id == "tool.failed")) << id;
  }
  const auto left = printed_by(reads("head", {"-c", "10"}, std::make_shared<Letters>(many, true)));
  ASSERT_FALSE(left);
  EXPECT_EQ(left.error().id, "archive.truncated");
}

TEST(InputFeed, AProgramThatFailsIsToldWithItsWords) {
  const auto printed = printed_by(reads("cat", {"/nowhere/at/all"}, std::make_shared<Letters>(many)));
  ASSERT_FALSE(printed);
  EXPECT_EQ(printed.error().id, "tool.failed");
  EXPECT_NE(printed.error().cause.find("No such file"), std::string::npos) << printed.error().cause;
}

TEST(InputFeed, AStreamThatIsGivenUpEndsTheProgramThatDoesNotRead) {
  const auto letters = std::make_shared<Letters>(std::size_t{1} << 40);
  auto stream = stream_process(reads("sleep", {"1000"}, letters), CancellationToken{});
  ASSERT_TRUE(stream);
  stream->reset();  // hangs if the program were not ended
  EXPECT_FALSE(letters->has_ended());
}

}  // namespace
}  // namespace recover::sys
