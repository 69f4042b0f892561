// One line for each fact: a word, then values between tabs, with backslashes before tabs, newlines and
// themselves. The first line names the form, so that a later version refuses what it does not know.
#include "postgresql/load/record.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace recover::postgresql::load {

namespace {

constexpr std::string_view first_line = "recover.load/1";

std::string escaped(const std::string& value) {
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

void take_line(const std::vector<std::string>& values, LoadRecord& record) {
  const std::string& word = values.at(0);
  const auto value = [&](std::size_t index) { return index < values.size() ? values[index] : std::string{}; };
  const auto number = [&](std::size_t index) {
    return std::uint64_t{std::strtoull(value(index).c_str(), nullptr, 10)};
  };
  if (word == "table") record.tables.push_back({value(1), value(2), value(3), number(4), value(5), value(6)});
  if (word == "sequence") record.sequences.push_back({value(1), value(2), value(3)});
  if (word == "database") record.databases.push_back(value(1));
  if (word == "unstated") record.unstated.push_back(value(1));
  if (word == "encoding") record.encoding = value(1);
  if (word == "encoding_of") record.encodings[value(1)] = value(2);
  if (word == "statements") record.statements = number(1);
  if (word == "bytes") record.bytes = number(1);
  if (word == "seconds") record.seconds = std::strtod(value(1).c_str(), nullptr);
  if (word == "made_role") record.made_roles.push_back(value(1));
  if (word == "refusal") record.refusals[value(1)] = number(2);
  if (word == "passed_over") {
    record.passed_over = number(1);
    record.tables_passed_over = number(2);
  }
  if (word == "cut") record.cut = value(1);
  if (word == "warning") record.warnings.push_back(value(1));
}

}  // namespace

std::string to_text(const LoadRecord& record) {
  std::string text = fmt::format("{}\nencoding\t{}\nstatements\t{}\nbytes\t{}\nseconds\t{:.3f}\n", first_line,
                                 escaped(record.encoding), record.statements, record.bytes, record.seconds);
  for (const std::string& name : record.databases) text += "database\t" + escaped(name) + "\n";
  for (const std::string& name : record.unstated) text += "unstated\t" + escaped(name) + "\n";
  for (const auto& [database, encoding] : record.encodings)
    text += "encoding_of\t" + escaped(database) + "\t" + escaped(encoding) + "\n";
  for (const LoadedTable& table : record.tables) {
    text += fmt::format("table\t{}\t{}\t{}\t{}\t{}\t{}\n", escaped(table.database), escaped(table.table),
                        escaped(table.columns), table.rows, table.sum, escaped(table.normalised));
  }
  for (const LoadedSequence& sequence : record.sequences) {
    text += fmt::format("sequence\t{}\t{}\t{}\n", escaped(sequence.database), escaped(sequence.sequence),
                        sequence.state);
  }
  for (const std::string& name : record.made_roles) text += "made_role\t" + escaped(name) + "\n";
  if (!record.cut.empty()) text += "cut\t" + escaped(record.cut) + "\n";
  for (const std::string& warning : record.warnings) text += "warning\t" + escaped(warning) + "\n";
  for (const auto& [state, count] : record.refusals) text += fmt::format("refusal\t{}\t{}\n", state, count);
  if (record.passed_over != 0)
    text += fmt::format("passed_over\t{}\t{}\n", record.passed_over, record.tables_passed_over);
  return text + "end\n";
}

Result<LoadRecord> parse_record(std::string_view text) {
  const auto damaged = [](const std::string& cause) {
    return make_error(errors::internal_error, "the record of a load", cause);
  };
  if (!text.starts_with(first_line)) return damaged("its first line is not " + std::string(first_line));
  if (!text.ends_with("\nend\n")) return damaged("its end is missing");
  LoadRecord record;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    take_line(values_of(text.substr(0, end)), record);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return record;
}

}  // namespace recover::postgresql::load
