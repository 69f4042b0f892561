/// Progress that nobody watches.
#pragma once

#include "recover/progress.hpp"

#include <string>

namespace recover::run {

class Silent final : public Progress {
 public:
  void begin(const std::string&, const std::string&, Bytes) override {}
  void advance(Bytes) override {}
  void detail(const std::string&) override {}
  void end() override {}
};

}  // namespace recover::run
