// A data directory made by WiredTiger itself, in MongoDB's layout; what only mongod writes (diagnostic.data,
// storage.bson, dumps) is handmade BSON, because Debian has no mongod.
#include "mongodb/bson.hpp"
#include "tests/plugins/scanning.hpp"

namespace recover::mongodb {
namespace {

using test::find_at;
using test::little;

std::string document(const std::string& elements) {
  return little(elements.size() + 5, 4) + elements + '\0';
}
std::string text(const std::string& name, const std::string& value) {
  return "\x02" + name + '\0' + little(value.size() + 1, 4) + value + '\0';
}
std::string number(const std::string& name, std::uint32_t value) {
  return "\x10" + name + '\0' + little(value, 4);
}
std::string nested(const std::string& name, const std::string& value) {
  return "\x03" + name + '\0' + value;
}
const std::string terminator(4, '\xff');

std::string archive() {
  return little(0x8199e26dU, 4) +
         document(text("version", "0.1") + text("server_version", "6.0.3") +
                  text("tool_version", "100.9.0")) +
         document(text("db", "shop") + text("collection", "orders") + text("metadata", "{}")) + terminator +
         document(text("db", "shop") + text("collection", "orders")) + document(number("_id", 1)) +
         terminator + document(text("db", "shop") + text("collection", "orders")) + terminator;
}

TEST(MongodbRecognition, ADirectoryOfWiredTigerInMongodbsLayout) {
  test::Sandbox sandbox;
  test::copy_tree(test::fixture("wiredtiger") + "/data", sandbox.source());
  sandbox.protect(sandbox.source());
  const Finding found = find_at(sandbox.source(), "data");
  EXPECT_EQ(found.product, "MongoDB");
  EXPECT_EQ(found.version.text, "4.2") << "WiredTiger 3.2 hints at it";
  EXPECT_EQ(found.health.state, HealthState::ok);
  EXPECT_EQ(number_fact(found.facts, "collections"), 1);
  EXPECT_GT(found.content_time, 1'700'000'000);
}

TEST(MongodbRecognition, TheExactVersionIsInDiagnosticData) {
  const test::Sandbox sandbox;
  test::copy_tree(test::fixture("wiredtiger") + "/data", sandbox.source());
  const std::string build =
      document(nested("doc", document(nested("buildInfo", document(text("version", "8.2.10"))))));
  sandbox.write("source/data/diagnostic.data/metrics.2024-01-01T00-00-00Z-00000",
                build + "compressed samples");
  sandbox.write("source/data/mongod.lock", "1687\n");
  sandbox.write(
      "source/data/storage.bson",
      document(nested("storage", document(nested("options", document("\x08"
                                                                     "directoryPerDB" +
                                                                     std::string(1, '\0') + '\1'))))));
  const Finding found = find_at(sandbox.source(), "data");
  EXPECT_EQ(found.version.text, "8.2.10");
  EXPECT_EQ(found.health.state, HealthState::needs_recovery);
  EXPECT_TRUE(flag_fact(found.facts, "directoryPerDB"));
}

TEST(MongodbRecognition, OtherProgramsThatUseWiredTigerAreNotMongodb) {
  const test::Sandbox sandbox;
  test::copy_tree(test::fixture("wiredtiger") + "/data", sandbox.source());
  std::remove(sandbox.path("source/data/_mdb_catalog.wt").c_str());
  EXPECT_TRUE(test::paths_in(sandbox.source()).empty());
}

TEST(MongodbDumps, ADirectoryOfDumpsIsOneFinding) {
  const test::Sandbox sandbox;
  std::string documents;
  for (std::uint32_t i = 0; i < 500; ++i) documents += document(number("_id", i) + text("name", "somebody"));
  sandbox.write("source/dump/prelude.json", R"({"ServerVersion":"7.0.16","ToolVersion":"100.10.0"})");
  sandbox.write("source/dump/shop/orders.bson", documents);
  sandbox.write("source/dump/shop/orders.metadata.json", "{}");
  sandbox.write("source/dump/crm/people.bson", documents);
  const Finding whole = find_at(sandbox.source(), "dump");
  EXPECT_EQ(whole.version.text, "7.0.16");
  EXPECT_EQ(whole.databases, (std::vector<std::string>{"crm", "shop"}));
  EXPECT_EQ(number_fact(whole.facts, "collections"), 2);
  EXPECT_EQ(whole.health.state, HealthState::ok);
  EXPECT_EQ(test::paths_in(sandbox.source()), std::vector<std::string>{"dump"});
  sandbox.write("source/dump/crm/people.bson", documents.substr(0, documents.size() - 3));
  EXPECT_EQ(find_at(sandbox.source(), "dump").health.state, HealthState::incomplete);
}

TEST(MongodbDumps, AnArchiveNamesServerAndDatabases) {
  const test::Sandbox sandbox;
  sandbox.write("source/all.archive", archive());
  sandbox.write("source/cut.archive", archive().substr(0, archive().size() - 10));
  const Finding whole = find_at(sandbox.source(), "all.archive");
  EXPECT_EQ(whole.version.text, "6.0.3");
  EXPECT_EQ(whole.databases, std::vector<std::string>{"shop"});
  EXPECT_EQ(whole.health.state, HealthState::ok);
  EXPECT_EQ(find_at(sandbox.source(), "cut.archive").health.state, HealthState::incomplete);
}

TEST(MongodbParsers, EveryTruncationAndGarbageReturn) {
  const std::string whole = document(nested("doc", document(text("version", "8.0") + number("n", 7))));
  EXPECT_EQ(text_at(whole, {"doc", "version"}), "8.0");
  for (std::size_t size = 0; size < whole.size(); ++size) text_at(whole.substr(0, size), {"doc", "version"});
  for (int value = 0; value < 256; ++value) {
    const std::string bad = little(200, 4) + std::string(200, static_cast<char>(value));
    text_at(bad, {"a", "b"});
  }
  EXPECT_FALSE(document_length(little(4, 4) + "xxxx"));
  EXPECT_FALSE(document_length(little(0x7fffffff, 4) + "\x02xxx"));
}

}  // namespace
}  // namespace recover::mongodb
