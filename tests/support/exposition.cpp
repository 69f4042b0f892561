// https://prometheus.io/docs/instrumenting/exposition_formats: one HELP, then one TYPE, then the samples of a
// family, all together; names and labels of limited characters; three escapes in a label value.
#include "tests/support/exposition.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

namespace recover::test {

namespace {

constexpr const char* label = R"re([a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")re";

class Reader {
 public:
  Exposition read(const std::string& text) {
    if (!text.ends_with('\n')) result_.objections.emplace_back("the last line does not end");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      line_ = line;
      if (line.starts_with("# HELP ")) {
        head(line.substr(7), true);
      } else if (line.starts_with("# TYPE ")) {
        head(line.substr(7), false);
      } else {
        sample();
      }
    }
    return std::move(result_);
  }

 private:
  void object(const std::string& why) { result_.objections.push_back(why + ": " + line_); }

  void head(const std::string& rest, bool is_help) {
    const auto blank = rest.find(' ');
    const std::string name = rest.substr(0, blank);
    const std::string words = blank == std::string::npos ? "" : rest.substr(blank + 1);
    if (words.empty()) object("no words");
    if (is_help) {
      if (!seen_.insert(name).second) object("a family that was there before");
      family_ = name;
      has_type_ = false;
      return;
    }
    if (name != family_ || has_type_) object("a type without its help");
    if (words != "counter" && words != "gauge") object("no such type");
    if (words == "counter" && !name.ends_with("_total")) object("a counter without _total");
    has_type_ = true;
    result_.types[name] = words;
  }

  void sample() {
    static const std::regex form(std::string("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{") + label + "(?:," + label +
                                 ")*\\})? (\\S+)");
    std::smatch match;
    if (!std::regex_match(line_, match, form)) return object("not a sample");
    if (match[1] != family_ || !has_type_) object("outside of its family");
    const std::string series = match[1].str() + match[2].str();
    const std::string number = match[3];
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (*end != '\0' || !std::isfinite(value)) object("not a number");
    if (result_.types[family_] == "counter" && value < 0) object("a negative counter");
    if (!result_.samples.emplace(series, value).second) object("the same series twice");
  }

  Exposition result_;
  std::string line_;
  std::string family_;
  bool has_type_ = false;
  std::set<std::string> seen_;
};

}  // namespace

double Exposition::value(const std::string& series) const {
  const auto found = samples.find(series);
  return found == samples.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

Exposition read_exposition(const std::string& text) {
  return Reader().read(text);
}

}  // namespace recover::test
