// One line for each fact: a word, then values. The first line names the form, so that a later version refuses
// what it does not know.
#include "postgresql/load/record.hpp"

#include "postgresql/load/record_lines.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace recover::postgresql::load {

namespace {

constexpr std::string_view first_line = "recover.load/1";

void take_line(const std::vector<std::string>& values, LoadRecord& record) {
  const std::string& word = values.at(0);
  const auto value = [&](std::size_t index) { return index < values.size() ? values[index] : std::string{}; };
  const auto number = [&](std::size_t index) {
    return std::uint64_t{std::strtoull(value(index).c_str(), nullptr, 10)};
  };
  if (word == "table") record.tables.push_back({value(1), value(2), value(3), number(4), value(5), value(6)});
  if (word == "sequence") record.sequences.push_back({value(1), value(2), value(3)});
  if (word == "objects") record.objects.push_back({value(1), value(2), number(3), value(4)});
  if (word == "outside") record.outside.push_back({value(1), value(2)});
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
  std::string text = std::string(first_line) + "\n";
  const auto line = [&](const std::vector<std::string>& values) { text += record_line(values); };
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  line({"encoding", record.encoding});
  line({"statements", number(record.statements)});
  line({"bytes", number(record.bytes)});
  line({"seconds", fmt::format("{:.3f}", record.seconds)});
  for (const std::string& name : record.databases) line({"database", name});
  for (const std::string& name : record.unstated) line({"unstated", name});
  for (const auto& [database, encoding] : record.encodings) line({"encoding_of", database, encoding});
  for (const LoadedTable& table : record.tables) {
    line({"table", table.database, table.table, table.columns, number(table.rows), table.sum,
          table.normalised});
  }
  for (const LoadedSequence& one : record.sequences)
    line({"sequence", one.database, one.sequence, one.state});
  for (const LoadedObjects& one : record.objects)
    line({"objects", one.database, one.kind, number(one.count), one.unclear});
  for (const LoadedOutside& one : record.outside) line({"outside", one.what, one.name});
  for (const std::string& name : record.made_roles) line({"made_role", name});
  if (!record.cut.empty()) line({"cut", record.cut});
  for (const std::string& warning : record.warnings) line({"warning", warning});
  for (const auto& [state, count] : record.refusals) line({"refusal", state, number(count)});
  if (record.passed_over != 0)
    line({"passed_over", number(record.passed_over), number(record.tables_passed_over)});
  return text + "end\n";
}

Result<LoadRecord> parse_record(std::string_view text) {
  const auto damaged = [](const std::string& cause) {
    return make_error(errors::internal_error, "the record of a load", cause);
  };
  if (!text.starts_with(first_line)) return damaged("its first line is not " + std::string(first_line));
  if (!text.ends_with("\nend\n")) return damaged("its end is missing");
  LoadRecord record;
  for (const auto& values : record_lines(text)) take_line(values, record);
  return record;
}

}  // namespace recover::postgresql::load
