/// A Host that answers questions from the real machine and carries out nothing: every call that would
/// change something is written down instead. (A double on purpose: the contract is that these calls do
/// not happen, which no real host could show.)
#pragma once

#include "core/sys/host.hpp"
#include "recover/errors.hpp"
#include "tests/support/silent.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace recover::test {

using test::NoLog;

class RecordingHost final : public Host, private Processes, private Files, private Containers, private Clock {
 public:
  Processes& processes() override { return *this; }
  Files& files() override { return *this; }
  Accounts& accounts() override { return real_->accounts(); }
  Containers& containers() override { return *this; }
  Clock& clock() override { return *this; }
  Log& log() override { return log_; }

  std::vector<std::string> changes;  ///< "write /path", "run /usr/bin/program", ...

 private:
  Error record(const std::string& change) {
    changes.push_back(change);
    return make_error(errors::internal_error, change, "the recording host changes nothing");
  }

  /// Programs that only answer: their version, whether a user may read a path, which locales exist.
  static bool only_asks(const Command& command) {
    const std::string program = command.program.substr(command.program.rfind('/') + 1);
    if (program == "test" || program == "locale") return true;
    const auto& words = command.arguments;
    return words.size() == 1 && (words.front() == "--version" || words.front() == "-V");
  }
  Result<ProcessResult> run(const Command& command, const CancellationToken& cancel) override {
    if (only_asks(command)) return real_->processes().run(command, cancel);
    return record("run " + command.program);
  }
  Result<std::unique_ptr<ContentSource>> stream(const Command& command, const CancellationToken&) override {
    return record("stream " + command.program);
  }
  Result<int> start(const std::string&, const Command& command) override {
    return record("start " + command.program);
  }
  bool is_running(const std::string&) override { return false; }
  Result<void> stop(const std::string& name, int, std::chrono::seconds) override {
    return record("stop " + name);
  }
  std::optional<std::string> find_program(const std::string& name) override {
    return real_->processes().find_program(name);
  }

  Result<std::string> read(const std::string& path) override { return real_->files().read(path); }
  Result<void> write(const std::string& path, const std::string&, const std::string&, unsigned) override {
    return record("write " + path);
  }
  Result<void> make_directory(const std::string& path, const std::string&, unsigned) override {
    return record("make " + path);
  }
  Result<void> remove_file(const std::string& path) override { return record("remove " + path); }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return record("rename " + from + " to " + to);
  }
  Result<std::vector<std::string>> list(const std::string& path) override {
    return real_->files().list(path);
  }
  bool exists(const std::string& path) override { return real_->files().exists(path); }
  bool is_directory(const std::string& path) override { return real_->files().is_directory(path); }
  Result<std::uint64_t> free_space(const std::string&) override { return std::uint64_t{1} << 40U; }

  Result<ContainerRuntime> find(const ContainerWishes&, const std::string& image,
                                const std::vector<std::string>&, const CancellationToken&) override {
    return record("probe " + image);
  }
  Result<Command> command(const ContainerRuntime&, const Container&, const Command& inside) override {
    return inside;
  }
  Result<void> remove(const std::string& name, const CancellationToken&) override {
    return record("remove the container " + name);
  }

  std::int64_t now() override { return 1'790'000'000; }
  double elapsed() override { return 0; }
  void sleep(std::chrono::milliseconds, const CancellationToken&) override {}

  NoLog log_;
  std::unique_ptr<Host> real_ = sys::make_host(log_);
};

}  // namespace recover::test
