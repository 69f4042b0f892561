// Lines "file NAME seq N type b|i|h [startoffset N endoffset N]"; a name with blanks is quoted
// (aof.c of Redis 7.0, aofManifest). A name with a slash is refused there, and here too.
#include "redis/aof_manifest.hpp"

#include "recover/text_dump.hpp"

namespace recover::redis {

namespace {

/// The next word of `line`, without quotes; shortens `line` by it.
std::string next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  std::string word;
  const bool is_quoted = line.starts_with('"');
  if (is_quoted) line.remove_prefix(1);
  while (!line.empty() && line.front() != (is_quoted ? '"' : ' ')) {
    if (is_quoted && line.front() == '\\' && line.size() > 1) line.remove_prefix(1);
    word += line.front();
    line.remove_prefix(1);
  }
  if (is_quoted && !line.empty()) line.remove_prefix(1);
  return word;
}

std::optional<AofFile> parse_line(std::string_view line) {
  AofFile file;
  std::string type;
  while (!line.empty()) {
    const std::string key = next_word(line);
    std::string value = next_word(line);
    if (key == "file") file.name = std::move(value);
    if (key == "type") type = std::move(value);
  }
  if (file.name.empty() || file.name.find('/') != std::string::npos) return std::nullopt;
  if (type == "b")
    file.part = AofPart::base;
  else if (type == "i")
    file.part = AofPart::incremental;
  else if (type == "h")
    file.part = AofPart::history;
  else
    return std::nullopt;
  return file;
}

}  // namespace

std::optional<std::vector<AofFile>> parse_aof_manifest(std::string_view text) {
  std::vector<AofFile> files;
  bool is_sound = true;
  each_line(text, [&](std::string_view line) {
    if (line.empty() || line.front() == '#') return true;
    auto file = parse_line(line);
    is_sound = file.has_value();
    if (file) files.push_back(std::move(*file));
    return is_sound;
  });
  if (!is_sound || files.empty()) return std::nullopt;
  return files;
}

}  // namespace recover::redis
