/// A log and a progress display that nobody reads, for tests of what happens beside them.
#pragma once

#include "recover/host.hpp"

#include <string>

namespace recover::test {

class NoLog final : public Log {
 public:
  void write(LogLevel, const std::string&) override {}
};

class NoProgress final : public Progress {
 public:
  void begin(const std::string&, const std::string&, Bytes) override {}
  void advance(Bytes) override {}
  void detail(const std::string&) override {}
  void end() override {}
};

}  // namespace recover::test
