// What restore tests leave behind. A test takes everything away that it restored, and somebody must know all
// the same when the last one passed. One line is written at once, so a crash can only tear the last line; a
// torn line is ended before the next is written. Must never keep a path of the source: the ledger feeds
// public metrics.
#include "core/run/test_ledger.hpp"

#include "core/model/json.hpp"
#include "core/sys/descriptor.hpp"
#include "core/sys/target_files.hpp"
#include "core/sys/whole_file.hpp"
#include "core/text/split.hpp"

#include <fcntl.h>

#include <cerrno>
#include <optional>

namespace recover::run {

namespace {

using json::Json;

constexpr std::size_t largest_ledger = std::size_t{64} << 20;

std::string ledger_of(const StateDirectory& state) {
  return state.path + "/restore-tests.jsonl";
}

std::string line_of(const TestRecord& test) {
  Json line{{"schema", "recover.restore-test/1"}, {"finished", test.finished}};
  json::put_text(line, "source", test.source);
  line["passed"] = test.is_passed;
  line["databases"] = test.restored;
  line["seconds"] = test.seconds;
  return json::dump(line) + "\n";
}

std::optional<TestRecord> record_of(const std::string& line) {
  const auto parsed = json::parse(line);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const auto number = [&](const char* key) {
    const auto found = parsed->find(key);
    return found != parsed->end() && found->is_number() ? found->get<double>() : 0;
  };
  const auto passed = parsed->find("passed");
  if (passed == parsed->end() || !passed->is_boolean()) return std::nullopt;
  return TestRecord{static_cast<std::int64_t>(number("finished")), json::get_text(*parsed, "source"),
                    passed->get<bool>(), static_cast<std::size_t>(number("databases")), number("seconds")};
}

std::string content_of(const StateDirectory& state) {
  std::string content;
  return sys::read_whole_file(ledger_of(state), largest_ledger, content) == 0 ? content : "";
}

}  // namespace

Result<void> record_test(const StateDirectory& state, const TestRecord& test, Host& host) {
  RECOVER_TRY(host.files().make_directory(state.path, "", 0711));
  const std::string before = content_of(state);
  const bool is_torn = !before.empty() && !before.ends_with('\n');
  const std::string path = ledger_of(state);
  const sys::Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600));
  if (!file) return sys::target_error("cannot write " + path, errno);
  if (!sys::write_completely(file.get(), (is_torn ? "\n" : "") + line_of(test)) || ::fsync(file.get()) != 0)
    return sys::target_error("cannot write " + path, errno);
  return {};
}

std::vector<TestRecord> recorded_tests(const StateDirectory& state) {
  std::vector<TestRecord> tests;
  for (const auto& line : text::split(content_of(state), "\n")) {
    if (auto test = record_of(line)) tests.push_back(std::move(*test));
  }
  return tests;
}

}  // namespace recover::run
