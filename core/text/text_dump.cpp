// Beginning and end of text dumps. A dump that stops in the middle looks sound from the front, so the
// end marker is what tells a whole one; it must be looked for without reading what lies between.
#include "recover/text_dump.hpp"

#include <algorithm>

namespace recover {

namespace {
constexpr std::uint64_t tail_size = 4096;
}  // namespace

void each_line(std::string_view text, const std::function<bool(std::string_view)>& use) {
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return;
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!use(line)) return;
    text.remove_prefix(end + 1);
  }
}

Result<std::string> last_line(Tree& tree, const std::string& path) {
  const EntryInfo info = RECOVER_TRY(tree.info(path));
  const std::uint64_t start = info.size.count - std::min(info.size.count, tail_size);
  std::string tail = RECOVER_TRY(tree.read(path, start, tail_size));
  tail += '\n';
  std::string last;
  each_line(tail, [&last](std::string_view line) {
    if (!line.empty()) last = line;
    return true;
  });
  return last;
}

}  // namespace recover
