/// What the program printed, as JSON. A document that does not parse fails the test with its text.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <string>

namespace recover::test {

inline nlohmann::json parse_document(const std::string& text) {
  auto document = nlohmann::json::parse(text, nullptr, false);
  EXPECT_FALSE(document.is_discarded()) << "not one JSON document:\n" << text;
  return document;
}

/// The ids of all errors of a scan, report or error document.
inline std::vector<std::string> error_ids(const nlohmann::json& document) {
  std::vector<std::string> ids;
  if (document.contains("error") && document["error"].is_object()) ids.push_back(document["error"]["code"]);
  if (document.contains("errors")) {
    for (const auto& error : document["errors"]) ids.push_back(error["code"]);
  }
  return ids;
}

}  // namespace recover::test
