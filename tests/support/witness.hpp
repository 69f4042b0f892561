/// Keeps everything that is told, and lets a test wait for something.
#pragma once

#include "recover/facts.hpp"
#include "recover/host.hpp"
#include "recover/progress.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace recover::test {

/// Thread-safe. What is kept has a kind: "detail", "log", the type of a notice and its fact "state".
class Witness final : public Progress, public Log {
 public:
  void begin(const std::string&, const std::string&, Bytes) override {}
  void advance(Bytes) override {}
  void detail(const std::string& text) override { keep("detail", text); }
  void end() override {}
  void notice(const Notice& notice) override {
    keep(notice.type, notice.text);
    keep(text_fact(notice.facts, "state"), notice.text);
  }
  void write(LogLevel, const std::string& text) override { keep("log", text); }

  /// Waits until something of this kind was told that contains `part`, and returns the last of it; empty when
  /// that took a minute.
  std::string await(const std::string& kind, const std::string& part = "") {
    std::unique_lock lock(mutex_);
    std::string found;
    told_.wait_for(lock, std::chrono::seconds(60), [&] {
      for (const auto& [one, text] : all_) {
        if (one == kind && text.find(part) != std::string::npos) found = text;
      }
      return !found.empty();
    });
    return found;
  }

 private:
  void keep(const std::string& kind, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    all_.emplace_back(kind, text);
    told_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace recover::test
