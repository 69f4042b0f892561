// An index made by Lucene 8. States of nodes (Elasticsearch 7.17.10, OpenSearch 2.13.0) and repositories are
// handmade from the bytes of real ones: Debian has no such server.
#include "elasticsearch/lucene.hpp"
#include "elasticsearch/state_file.hpp"
#include "tests/plugins/scanning.hpp"

#include <filesystem>

namespace recover::elasticsearch {
namespace {

using test::big;
using test::find_at;

std::string codec_header(const std::string& name, std::uint32_t version) {
  return big(0x3fd76c17U, 4) + static_cast<char>(name.size()) + name + big(version, 4);
}
const std::string footer = big(0xc02893e8U, 4) + big(0, 4) + big(0, 8);

/// A 32-bit SMILE integer: zigzag, groups of seven bits, six in the last, which has the high bit set.
std::string smile_integer(std::uint32_t value) {
  std::uint64_t rest = std::uint64_t{value} << 1U;
  std::string bytes(1, static_cast<char>(0x80U | (rest & 0x3fU)));
  for (rest >>= 6U; rest != 0; rest >>= 7U) bytes.insert(bytes.begin(), static_cast<char>(rest & 0x7fU));
  return "\x24" + bytes;
}

std::string state(const std::string& smile) {
  return codec_header("state", 1) + big(1, 4) + ":)\n\x05\xfa" + smile + "\xfb" + footer;
}

std::string node_state(std::uint32_t version) {
  return state(
      "\x86node_id\x55"
      "abcdefghijklmnopqrstuv"
      "\x8bnode_version" +
      smile_integer(version));
}

void write_node(const test::Sandbox& sandbox, const std::string& node, std::uint32_t version) {
  sandbox.write(node + "/_state/node-3.st", node_state(version));
  sandbox.write(node + "/_state/node-2.st", "an older one that is not read");
  sandbox.write(node + "/indices/uuid1/_state/state-1.st", state("\x86"
                                                                 "orders1"
                                                                 "\xfa\xfb"));
  std::filesystem::create_directories(sandbox.path(node + "/indices/uuid1/0"));
  test::copy_tree(test::fixture("lucene") + "/index", sandbox.path(node + "/indices/uuid1/0"));
}

TEST(ElasticsearchRecognition, ABareLuceneIndexIsCalledThat) {
  test::Sandbox sandbox;
  test::copy_tree(test::fixture("lucene") + "/index", sandbox.source());
  sandbox.protect(sandbox.source());
  const Finding found = find_at(sandbox.source(), "index");
  EXPECT_EQ(found.product, "Lucene");
  EXPECT_TRUE(found.version.text.starts_with("8.")) << found.version.text;
  EXPECT_EQ(found.kind, "Lucene index");
  EXPECT_EQ(found.health.state, HealthState::ok);
}

TEST(ElasticsearchRecognition, ACutFileOfAnIndexIsDamage) {
  const test::Sandbox sandbox;
  test::copy_tree(test::fixture("lucene") + "/index", sandbox.source());
  std::filesystem::resize_file(sandbox.path("source/index/_0.cfs"), 1000);
  EXPECT_EQ(find_at(sandbox.source(), "index").health.state, HealthState::damaged);
}

TEST(ElasticsearchRecognition, NodesOfBothForksAndLayouts) {
  const test::Sandbox sandbox;
  write_node(sandbox, "source/seven/nodes/0", 7171099);
  write_node(sandbox, "source/open/nodes/0", 136347827);
  write_node(sandbox, "source/eight", 8110099);
  sandbox.write("source/eight/nodes", "written by Elasticsearch to prevent a downgrade");
  const Finding seven = find_at(sandbox.source(), "seven");
  EXPECT_EQ(seven.product, "Elasticsearch");
  EXPECT_EQ(seven.version.text, "7.17.10");
  EXPECT_EQ(seven.identity, "abcdefghijklmnopqrstuv");
  EXPECT_EQ(seven.databases, std::vector<std::string>{"orders1"});
  EXPECT_EQ(number_fact(seven.facts, "shards"), 1);
  const Finding open = find_at(sandbox.source(), "open");
  EXPECT_EQ(open.product, "OpenSearch");
  EXPECT_EQ(open.version.text, "2.13.0");
  EXPECT_EQ(find_at(sandbox.source(), "eight").version.text, "8.11.0");
}

TEST(ElasticsearchRecognition, ARepositoryListsSnapshotsAndIndices) {
  const test::Sandbox sandbox;
  const std::string list =
      R"({"min_version":"7.12.0","uuid":"repository-1","snapshots":[{"name":"nightly","uuid":"u","version":"7.17.10"}],)"
      R"("indices":{"orders":{"id":"x"},"people":{"id":"y"}}})";
  sandbox.write("source/repository/index-9", "{}");
  sandbox.write("source/repository/index-10", list);
  sandbox.write("source/repository/index.latest", big(10, 8));
  sandbox.make_directory("source/repository/indices/x/0");
  const Finding found = find_at(sandbox.source(), "repository");
  EXPECT_EQ(found.version.text, "7.17.10");
  EXPECT_EQ(found.databases, (std::vector<std::string>{"orders", "people"}));
  EXPECT_EQ(found.health.state, HealthState::ok);
  sandbox.write("source/repository/index.latest", big(11, 8));
  EXPECT_EQ(find_at(sandbox.source(), "repository").health.state, HealthState::incomplete);
}

TEST(ElasticsearchRecognition, FilesOfDocuments) {
  const test::Sandbox sandbox;
  const std::string line = R"({"_index":"orders","_id":"1","_source":{"a":1}})"
                           "\n";
  sandbox.write("source/dump.json", line + line);
  sandbox.write("source/cut.json", line + line.substr(0, 20));
  EXPECT_EQ(find_at(sandbox.source(), "dump.json").databases, std::vector<std::string>{"orders"});
  EXPECT_EQ(find_at(sandbox.source(), "cut.json").health.state, HealthState::incomplete);
}

TEST(ElasticsearchParsers, EveryTruncationReturns) {
  const std::string node = node_state(7171099);
  for (std::size_t size = 0; size < node.size(); ++size) read_node_state(node.substr(0, size));
  const std::string commit = test::read_all(test::fixture("lucene") + "/index/segments_1");
  EXPECT_EQ(read_commit(commit)->lucene.substr(0, 2), "8.");
  for (std::size_t size = 0; size < commit.size(); ++size) read_commit(commit.substr(0, size));
  EXPECT_FALSE(read_node_state("garbage"));
}

}  // namespace
}  // namespace recover::elasticsearch
