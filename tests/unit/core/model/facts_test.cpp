#include "recover/facts.hpp"

#include <gtest/gtest.h>

namespace recover {
namespace {

TEST(Facts, SetReplacesAndFindBorrows) {
  Facts facts;
  set_fact(facts, "pages", std::int64_t{1});
  set_fact(facts, "pages", std::int64_t{2});
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(number_fact(facts, "pages"), 2);
  EXPECT_EQ(text_fact(facts, "pages"), "") << "a number is not a text";
  EXPECT_EQ(find_fact(facts, "absent"), nullptr);
}

TEST(Facts, EveryTypeReadsAsText) {
  EXPECT_EQ(to_text(Value{true}), "yes");
  EXPECT_EQ(to_text(Value{std::int64_t{-7}}), "-7");
  EXPECT_EQ(to_text(Value{std::vector<std::string>{"a", "b"}}), "a, b");
}

}  // namespace
}  // namespace recover
