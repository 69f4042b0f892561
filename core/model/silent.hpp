/// Progress that nobody watches, or of which only a part is.
#pragma once

#include "recover/progress.hpp"

#include <string>

namespace recover {

class Silent : public Progress {
 public:
  void begin(const std::string&, const std::string&, Bytes) override {}
  void advance(Bytes) override {}
  void detail(const std::string&) override {}
  void end() override {}
};

}  // namespace recover
