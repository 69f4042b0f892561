// Backslashes stand before tabs, newlines and themselves, so that a line ends where its newline is.
#include "postgresql/load/record_lines.hpp"

namespace recover::postgresql::load {

namespace {

std::string escaped(std::string_view value) {
  std::string text;
  for (const char letter : value) {
    if (letter == '\\')
      text += "\\\\";
    else if (letter == '\t')
      text += "\\t";
    else if (letter == '\n')
      text += "\\n";
    else
      text += letter;
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      value += text[i];
      continue;
    }
    ++i;
    value += text[i] == 't' ? '\t' : text[i] == 'n' ? '\n' : text[i];
  }
  return value;
}

std::vector<std::string> values_of(std::string_view line) {
  std::vector<std::string> values;
  while (true) {
    const std::size_t tab = line.find('\t');
    values.push_back(unescaped(line.substr(0, tab)));
    if (tab == std::string_view::npos) return values;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

std::string record_line(const std::vector<std::string>& values) {
  std::string line;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) line += '\t';
    line += escaped(values[i]);
  }
  return line + '\n';
}

std::vector<std::vector<std::string>> record_lines(std::string_view text) {
  std::vector<std::vector<std::string>> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(values_of(text.substr(0, end)));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace recover::postgresql::load
