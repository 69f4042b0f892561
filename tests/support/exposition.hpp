/// The text exposition format 0.0.4, read strictly: what node_exporter would refuse, this refuses. Written
/// from the format's description and not from the product; the checker that exists (promtool) is part of a
/// package of 200 MB.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace recover::test {

struct Exposition {
  std::map<std::string, double> samples;  ///< by name with its labels as written: a{b="c"}
  std::map<std::string, std::string> types;
  std::vector<std::string> objections;  ///< with the line

  /// The value of a sample; NaN where there is none.
  [[nodiscard]] double value(const std::string& series) const;
  [[nodiscard]] bool has(const std::string& series) const { return samples.contains(series); }
};

Exposition read_exposition(const std::string& text);

}  // namespace recover::test
