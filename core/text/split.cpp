// One reading of lists: in options, in the configuration, and in files of lines.
#include "core/text/split.hpp"

#include <algorithm>

namespace recover::text {

std::vector<std::string> split(const std::string& text, const std::string& separators) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find_first_of(separators, begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace recover::text
