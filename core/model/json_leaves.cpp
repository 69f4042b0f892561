// Flattens foreign JSON with nlohmann's SAX parser. It relies on the parser calling back for every value
// before it meets a syntax error, so that the head of a large document is useful. It must bound depth
// and number of values: the text comes from the source.
#include "recover/json_leaves.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace recover {

namespace {

constexpr std::size_t max_depth = 64;
constexpr std::size_t max_leaves = 100'000;

/// Where we are: the key of an object's member or the next position of an array.
struct Level {
  bool is_array = false;
  std::size_t position = 0;
  std::string key;
};

class Flattener final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Flattener(JsonLeaves& result) : result_(result) {}

  bool null() override { return leaf("null"); }
  bool boolean(bool value) override { return leaf(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) override { return leaf(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return leaf(std::to_string(value)); }
  bool number_float(double, const std::string& text) override { return leaf(text); }
  bool string(std::string& value) override { return leaf(value); }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(false); }
  bool start_array(std::size_t) override { return enter(true); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  bool key(std::string& name) override {
    levels_.back().key = name;
    return true;
  }

 private:
  bool leaf(std::string value) {
    if (result_.leaves.size() >= max_leaves) return false;
    result_.leaves.push_back({path(), std::move(value)});
    step();
    return true;
  }

  bool enter(bool is_array) {
    levels_.push_back({is_array, 0, {}});
    return levels_.size() <= max_depth;
  }

  bool leave() {
    levels_.pop_back();
    step();
    return true;
  }

  void step() {
    if (!levels_.empty() && levels_.back().is_array) ++levels_.back().position;
  }

  [[nodiscard]] std::string path() const {
    std::string joined;
    for (const Level& level : levels_) {
      if (!joined.empty()) joined += '/';
      joined += level.is_array ? std::to_string(level.position) : level.key;
    }
    return joined;
  }

  JsonLeaves& result_;
  std::vector<Level> levels_;
};

}  // namespace

std::string JsonLeaves::at(std::string_view path) const {
  for (const JsonLeaf& leaf : leaves) {
    if (leaf.path == path) return leaf.value;
  }
  return {};
}

std::vector<std::string> JsonLeaves::all(std::string_view first, std::string_view last) const {
  std::vector<std::string> values;
  for (const JsonLeaf& leaf : leaves) {
    const std::string_view path = leaf.path;
    if (path.size() < first.size() + last.size()) continue;
    if (path.substr(0, first.size()) == first && path.substr(path.size() - last.size()) == last) {
      values.push_back(leaf.value);
    }
  }
  return values;
}

JsonLeaves json_leaves(std::string_view text) {
  JsonLeaves result;
  Flattener flattener(result);
  result.is_complete = nlohmann::json::sax_parse(text.begin(), text.end(), &flattener);
  return result;
}

}  // namespace recover
