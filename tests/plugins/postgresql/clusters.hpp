/// The clusters of tests/fixtures/postgresql-clusters.sh and small readers for tests.
#pragma once

#include "tests/support/sandbox.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace recover::postgresql::test {

inline const std::vector<std::string> majors{"10", "11", "12", "13", "14", "15", "16", "17", "18"};

/// "DIR/16" of the fixture; holds clean, crashed and facts.
inline std::string cluster(const std::string& major) {
  static const std::string root = recover::test::fixture("postgresql-clusters");
  return root + "/" + major;
}

inline std::string file_content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What the running server said about the crashed cluster: name -> values.
inline std::multimap<std::string, std::string> server_facts(const std::string& major) {
  std::multimap<std::string, std::string> facts;
  std::ifstream in(cluster(major) + "/facts");
  for (std::string line; std::getline(in, line);) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) facts.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return facts;
}

inline std::string server_fact(const std::string& major, const std::string& name) {
  const auto facts = server_facts(major);
  const auto found = facts.find(name);
  return found == facts.end() ? "absent" : found->second;
}

}  // namespace recover::postgresql::test
