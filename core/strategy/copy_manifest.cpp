// The list of what was copied, as lines of text: names are escaped, the last line counts the files, so
// a cut manifest is noticed. Written under a temporary name, synced and renamed. Format:
// docs/formats/copy-manifest.md.
#include "core/strategy/copy_manifest.hpp"

#include "core/strategy/target_tree.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <string_view>

namespace recover::strategy {

namespace {

constexpr std::string_view first_line = "recover.copy 1";

std::string escaped(const std::string& name) {
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\') {
      std::array<char, 5> code{};
      std::snprintf(code.data(), code.size(), "\\x%02x", byte);
      text += code.data();
    } else {
      text += c;
    }
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string name;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned byte = 0;
    if (text.substr(at, 2) == "\\x" && at + 4 <= text.size()) {
      std::from_chars(text.data() + at + 2, text.data() + at + 4, byte, 16);
      name += static_cast<char>(byte);
      at += 3;
    } else {
      name += text[at];
    }
  }
  return name;
}

void append_fact(std::string& text, const Fact& fact) {
  if (const auto* number = std::get_if<std::int64_t>(&fact.value)) {
    text += "number " + fact.name + " " + std::to_string(*number) + "\n";
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&fact.value)) {
    for (const std::string& item : *list) text += "item " + fact.name + " " + escaped(item) + "\n";
  } else {
    text += "text " + fact.name + " " + escaped(to_text(fact.value)) + "\n";
  }
}

std::string render(const CopyOutcome& outcome) {
  std::string text(first_line);
  text += '\n';
  for (const CopiedFile& file : outcome.files) {
    text += "file " + file.hash + " " + std::to_string(file.size.count) + " " + escaped(file.path) + "\n";
  }
  for (const std::string& name : outcome.skipped) text += "skipped " + escaped(name) + "\n";
  for (const std::string& flaw : outcome.flaws) text += "flaw " + escaped(flaw) + "\n";
  for (const Fact& fact : outcome.inspected) append_fact(text, fact);
  text += "end " + std::to_string(outcome.files.size()) + " " + std::to_string(outcome.bytes.count) + "\n";
  return text;
}

/// The next blank-separated word; `text` becomes the rest.
std::string_view take_word(std::string_view& text) {
  const auto blank = text.find(' ');
  const std::string_view word = text.substr(0, blank);
  text = blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1);
  return word;
}

std::uint64_t number_of(std::string_view word) {
  std::uint64_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

void read_fact(Facts& facts, std::string_view kind, std::string_view rest) {
  const std::string name(take_word(rest));
  if (kind == "number") {
    std::int64_t number = 0;
    std::from_chars(rest.data(), rest.data() + rest.size(), number);
    set_fact(facts, name, number);
  } else if (kind == "item") {
    auto list = list_fact(facts, name);
    list.push_back(unescaped(rest));
    set_fact(facts, name, std::move(list));
  } else {
    set_fact(facts, name, unescaped(rest));
  }
}

Error invalid(const std::string& path, std::string cause) {
  return make_error(errors::journal_damaged, "cannot use the copy manifest " + path, std::move(cause))
      .with("path", path);
}

}  // namespace

Result<void> write_copy_manifest(const std::string& path, const CopyOutcome& outcome) {
  RECOVER_TRY(make_parents(path));
  return sys::write_atomically(path, render(outcome), RECOVER_TRY(sys::owner_account("")), 0600);
}

Result<CopyOutcome> read_copy_manifest(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string line;
  if (!std::getline(in, line)) return invalid(path, "it cannot be read");
  if (line != first_line) return invalid(path, "it does not begin with \"" + std::string(first_line) + "\"");
  CopyOutcome outcome;
  while (std::getline(in, line)) {
    std::string_view rest = line;
    const std::string_view kind = take_word(rest);
    if (kind == "file") {
      CopiedFile file;
      file.hash = take_word(rest);
      file.size = Bytes{number_of(take_word(rest))};
      file.path = unescaped(rest);
      outcome.bytes += file.size;
      outcome.files.push_back(std::move(file));
    } else if (kind == "skipped") {
      outcome.skipped.push_back(unescaped(rest));
    } else if (kind == "flaw") {
      outcome.flaws.push_back(unescaped(rest));
    } else if (kind == "end") {
      const std::uint64_t files = number_of(take_word(rest));
      if (files == outcome.files.size() && number_of(rest) == outcome.bytes.count) return outcome;
      return invalid(path, "its last line does not agree with its files");
    } else if (kind == "number" || kind == "item" || kind == "text") {
      read_fact(outcome.inspected, kind, rest);
    } else {
      return invalid(path, "line \"" + line + "\" is not known");
    }
  }
  return invalid(path, "its end is missing");
}

}  // namespace recover::strategy
