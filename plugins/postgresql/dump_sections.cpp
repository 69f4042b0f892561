// pg_dump --section=pre-data|data|post-data writes files that do not say which section they are: a file with
// nothing but rows looks like any other. People name them after the option, often with a number in front that
// gives the order; only by such names are they brought together, and only when all three are there.
#include "postgresql/dump_sections.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace recover::postgresql {

namespace {

struct Spelling {
  const char* word;
  Section section;
};

/// Longer ones before their ends.
constexpr std::array<Spelling, 7> spellings = {{{"pre-data", Section::pre_data},
                                                {"pre_data", Section::pre_data},
                                                {"predata", Section::pre_data},
                                                {"post-data", Section::post_data},
                                                {"post_data", Section::post_data},
                                                {"postdata", Section::post_data},
                                                {"data", Section::data}}};

bool is_letter(char letter) {
  return std::isalpha(static_cast<unsigned char>(letter)) != 0;
}

/// Where the word stands by itself ("data" of "shop-data.sql", not of "database.sql").
std::size_t find_word(const std::string& name, const std::string& word) {
  for (std::size_t at = name.find(word); at != std::string::npos; at = name.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_letter(name[at - 1])) && (end == name.size() || !is_letter(name[end]))) return at;
  }
  return std::string::npos;
}

const Spelling* spelling_in(const std::string& name) {
  const auto* const found = std::find_if(spellings.begin(), spellings.end(), [&](const Spelling& one) {
    return find_word(name, one.word) != std::string::npos;
  });
  return found == spellings.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Section> section_of(const std::string& name) {
  const Spelling* const found = spelling_in(name);
  if (found == nullptr) return std::nullopt;
  return found->section;
}

std::string without_section(const std::string& name) {
  constexpr std::string_view separators = "-_. ";
  constexpr std::size_t longest_order = 3;  // "01-shop-data.sql"; a longer number is a date
  const Spelling* const found = spelling_in(name);
  if (found == nullptr) return name;
  const std::size_t at = find_word(name, found->word);
  std::string before = name.substr(0, at);
  std::string behind = name.substr(at + std::string_view(found->word).size());
  behind.resize(std::min(behind.size(), behind.find('.')));
  before.resize(before.find_last_not_of(separators) + 1);
  const std::size_t digits = std::min(before.size(), before.find_first_not_of("0123456789"));
  if (digits <= longest_order) {
    const std::size_t begin = std::min(before.size(), before.find_first_not_of(separators, digits));
    if (begin > digits || begin == before.size()) before.erase(0, begin);
  }
  return before + behind;
}

std::optional<std::string> other_section(const std::string& name, Section section,
                                         const std::vector<std::string>& beside) {
  const std::string wanted = without_section(name);
  std::optional<std::string> found;
  for (const std::string& other : beside) {
    if (section_of(other) != section || without_section(other) != wanted) continue;
    if (found) return std::nullopt;
    found = other;
  }
  return found;
}

}  // namespace recover::postgresql
