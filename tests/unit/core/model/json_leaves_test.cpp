#include "recover/json_leaves.hpp"

#include <gtest/gtest.h>

namespace recover {
namespace {

TEST(JsonLeaves, PathsOfObjectsAndArrays) {
  const JsonLeaves json = json_leaves(R"({"a":[{"v":"1.2"},{"v":3}],"b":{"c":true}})");
  EXPECT_TRUE(json.is_complete);
  EXPECT_EQ(json.at("a/1/v"), "3");
  EXPECT_EQ(json.at("b/c"), "true");
  EXPECT_EQ(json.all("a/", "/v"), (std::vector<std::string>{"1.2", "3"}));
}

TEST(JsonLeaves, ACutDocumentKeepsWhatCameBefore) {
  const JsonLeaves json = json_leaves(R"({"name":"nightly","files":[{"db":"shop"},{"db":"cr)");
  EXPECT_FALSE(json.is_complete);
  EXPECT_EQ(json.at("name"), "nightly");
  EXPECT_EQ(json.all("files/", "/db"), std::vector<std::string>{"shop"});
}

TEST(JsonLeaves, GarbageAndDepthBombsHaveNoLeaves) {
  EXPECT_TRUE(json_leaves("\xff\x00garbage").leaves.empty());
  EXPECT_FALSE(json_leaves(std::string(100'000, '[')).is_complete);
}

}  // namespace
}  // namespace recover
