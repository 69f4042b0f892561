#include "recover/decoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace recover {
namespace {

TEST(Decoder, ReadsBothByteOrders) {
  Decoder decoder(std::string_view("\x01\x02\x03\x04\x05\x06", 6));
  EXPECT_EQ(decoder.big16(), 0x0102);
  EXPECT_EQ(decoder.little32(), 0x06050403U);
  EXPECT_TRUE(decoder.at_end());
  EXPECT_FALSE(decoder.failed());
}

TEST(Decoder, BeyondTheEndIsZeroAndFailedForGood) {
  Decoder decoder(std::string_view("\x01\x02", 2));
  EXPECT_EQ(decoder.big32(), 0U);
  EXPECT_TRUE(decoder.failed());
  EXPECT_EQ(decoder.byte(), 0) << "a failed decoder gives nothing more, or lengths would go out of step";
  Decoder huge(std::string_view("abc", 3));
  EXPECT_TRUE(huge.take(~std::uint64_t{0}).empty());
  EXPECT_TRUE(huge.failed());
}

TEST(Decoder, StartBehindTheEndIsHarmless) {
  EXPECT_EQ(big32_at("abcd", 1), 0U);
  EXPECT_EQ(big32_at("abcd", 4000), 0U);
  EXPECT_EQ(big32_at(std::string_view("\x00\x00\x01\x00", 4), 0), 256U);
}

TEST(Decoder, VarintEndsAfterTenBytes) {
  Decoder decoder(std::string_view("\xac\x02", 2));
  EXPECT_EQ(decoder.varint(), 300U);
  const std::string endless(100, '\xff');
  Decoder never(endless);
  never.varint();
  EXPECT_TRUE(never.failed());
}

}  // namespace
}  // namespace recover
