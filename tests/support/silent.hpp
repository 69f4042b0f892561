/// A log and a progress display that nobody reads, for tests of what happens beside them.
#pragma once

#include "core/model/silent.hpp"
#include "recover/host.hpp"

#include <string>

namespace recover::test {

class NoLog final : public Log {
 public:
  void write(LogLevel, const std::string&) override {}
};

using NoProgress = Silent;

}  // namespace recover::test
