// R64 with real dumps: fifty of them into one running server, number 26 with a row that no server takes. (The
// exit codes of all its variants are tested without servers in unit/core/run/fifty_databases_test.cpp.)
#include "tests/support/recovering.hpp"

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::Contains;

namespace fs = std::filesystem;

constexpr int major = 15;
constexpr int dumps = 50;
constexpr int bad = 26;

class FiftyDumps : public Recovering {
 protected:
  void SetUp() override {
    target_.start();
    box.write("recover.conf", "max_parallel_operations = 1\n");
    // The largest is loaded first: their lengths give their order.
    for (int i = 1; i <= dumps; ++i) {
      const std::string number = (i < 10 ? "0" : "") + std::to_string(i);
      box.write("source/db" + number + ".sql",
                "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n"
                "-- Dumped by pg_dump version 15.4\n\nSET client_encoding = 'UTF8';\n-- " +
                    std::string(static_cast<std::size_t>((dumps - i) * 10), '=') +
                    "\nCREATE TABLE public.t (id integer, note text);\n"
                    "COPY public.t (id, note) FROM stdin;\n1\tone\n2\ttwo\n" +
                    (i == bad ? "three\tno number\n" : "3\tthree\n") +
                    "\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n");
    }
  }
  Answer call(std::vector<std::string> words) {
    words.insert(words.end(), {"--yes", "--json", "-c", box.path("recover.conf")});
    const Outcome outcome = box.recover(words);
    return {outcome.exit, parse_document(outcome.out), outcome.err};
  }
  /// The file of the run that begins like this, and what is in it.
  [[nodiscard]] std::pair<std::string, nlohmann::json> file(const std::string& beginning) const {
    for (const auto& entry : fs::recursive_directory_iterator(box.state() + "/runs")) {
      if (!entry.path().filename().string().starts_with(beginning)) continue;
      const std::string path = entry.path().string();
      return {path, parse_document(Sandbox::run({"cat", path}).out)};
    }
    return {};
  }
  [[nodiscard]] int recovered() const {
    return std::stoi(target_.sql("SELECT count(*) FROM pg_database WHERE datname ~ '^db[0-9]+$'"));
  }

  Cluster target_{box, major, "target"};
};

TEST_F(FiftyDumps, R64_TheFirstFailureStopsTheRunAndItsManifestContinuesIt) {
  const Answer stopped =
      call({box.source(), "--target", "postgresql://postgres@/postgres?host=" + target_.sockets(), "--bindir",
            server_programs(major)});
  EXPECT_EQ(stopped.exit, 3) << stopped.told();
  EXPECT_THAT(ids(stopped), Contains("postgresql.statement_failed"));
  EXPECT_EQ(recovered(), bad - 1);
  const auto [manifest, before] = file("restore-manifest-");
  EXPECT_EQ(before["total"], dumps);
  EXPECT_EQ(before["succeeded"], bad - 1);
  EXPECT_EQ(before["failed"].size(), 1U);
  EXPECT_EQ(before["continue_from"], before["failed"][0]);
  const auto failures = file("cluster-restore-failures-").second;
  EXPECT_EQ(failures["failures"][0]["name"], "db26.sql") << failures;
  EXPECT_EQ(failures["failures"][0]["error"]["where"]["class"], "data") << failures;

  const Answer rest = call({"resume", "--resume-from-manifest", manifest, "--continue-on-error"});
  EXPECT_EQ(rest.exit, 4) << rest.told();
  EXPECT_EQ(recovered(), dumps - 1);
  EXPECT_EQ(file("restore-manifest-").second["succeeded"], dumps - 1);
}

}  // namespace
}  // namespace recover::test
