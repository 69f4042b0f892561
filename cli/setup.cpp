// Few questions, each with what counts now as its answer, so that Enter eight times changes nothing. Nothing
// is written before everything is answered and confirmed; an answer that a key does not accept is asked
// again with the reason. The file is replaced as a whole, never half; comments and foreign lines stay.
#include "cli/setup.hpp"

#include "cli/choices.hpp"
#include "cli/confirmation.hpp"
#include "cli/documents.hpp"
#include "config/files.hpp"
#include "config/value.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <array>
#include <filesystem>
#include <optional>

namespace recover::cli {

namespace {

using Changes = std::vector<std::pair<std::string, std::string>>;

struct Question {
  const char* option;
  const char* text;
};

constexpr std::array questions{
    Question{"backup_path",
             "Where is the data to recover? A directory, archive or dump; empty: say it each time"},
    Question{"preferred_migration_strategy", "Which way should be used where several are possible?"},
    Question{"max_parallel_operations",
             "How many databases may be recovered at the same time? 0: one per core"},
    Question{"restore.keep_old", "How long is replaced data kept?"},
    Question{"verify.level", "How deeply is a recovered database checked?"},
    Question{"restore.continue_on_error", "Go on with the other databases when one fails?"},
    Question{"require_confirmation", "Ask before anything is changed?"},
    Question{"log_level", "How much goes to the log file?"},
};

std::string accepted(const config::Option& option) {
  if (option.type == config::Type::flag) return "true, false";
  std::string words = option.choices;
  for (auto bar = words.find('|'); bar != std::string::npos; bar = words.find('|'))
    words.replace(bar, 1, ", ");
  return words;
}

/// The new value, or nothing when the old one stays. Errors: run.cancelled.
Result<std::optional<std::string>> ask_for(const Question& question, Session& session) {
  const config::Option* option = config::find_option(question.option);
  const std::string now = session.settings().text(question.option);
  const std::string words = accepted(*option);
  const std::string prompt = std::string("\n") + question.text +
                             (words.empty() ? "" : "\n  (" + words + ")") + "\n  " + option->key + " [" +
                             text::printable(now) + "]: ";
  while (true) {
    const auto answer = ask(prompt, session.cancel());
    if (!answer) return make_error(errors::run_cancelled, "nothing was written", "there was no answer");
    if (answer->empty() || *answer == now) return std::optional<std::string>{};
    std::string value = *answer;
    if (option->type == config::Type::path) value = absolute_path(value);
    std::string why = config::objection(*option, value);
    const bool is_missing = option->type == config::Type::path && !std::filesystem::exists(value);
    if (why.empty() && is_missing) why = text::printable(value) + " is not there";
    if (why.empty()) return std::optional(value);
    write_message("  not accepted: " + why + "\n");
  }
}

std::string section_of(const std::string& option) {
  const auto dot = option.find('.');
  return dot == std::string::npos ? "" : option.substr(0, dot);
}
std::string key_of(const std::string& option) {
  return option.substr(option.find('.') + 1);
}

bool sets_key(const std::string& line, const std::string& key) {
  const auto equals = line.find('=');
  return equals != std::string::npos && text::trimmed(line.substr(0, equals)) == key;
}

/// Where a line of that section belongs: the line to replace, or the place to insert at.
struct Place {
  std::size_t line = 0;
  bool replaces = false;
  bool has_section = false;
};

Place place_of(const std::vector<std::string>& lines, const std::string& section, const std::string& key) {
  Place place;
  place.has_section = section.empty();
  std::string current;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const std::string line = text::trimmed(lines[at]);
    if (line.starts_with('[')) {
      current = line.substr(1, line.find(']') - 1);
      if (current == section) place = {at + 1, false, true};
    } else if (current == section && sets_key(line, key)) {
      return {at, true, true};
    } else if (current == section && place.has_section && !line.empty() && !line.starts_with(';')) {
      place.line = at + 1;
    }
  }
  if (!place.has_section) place.line = lines.size();
  return place;
}

std::vector<std::string> lines_of(const std::string& content) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < content.size();) {
    const auto end = std::min(content.find('\n', begin), content.size());
    lines.push_back(content.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

Result<void> write_file(const std::string& path, const std::string& before, const std::string& content,
                        Session& session) {
  constexpr unsigned private_mode = 0600;
  constexpr unsigned private_directory = 0700;
  Files& files = session.host().files();
  const std::string directory = std::filesystem::path(path).parent_path().string();
  if (!files.is_directory(directory)) RECOVER_TRY(files.make_directory(directory, "", private_directory));
  if (!before.empty()) RECOVER_TRY(files.write(path + ".bak", before, "", private_mode));
  return files.write(path, content, "", private_mode);
}

}  // namespace

std::string with_settings(const std::string& content, const Changes& settings) {
  std::vector<std::string> lines = lines_of(content);
  for (const auto& [option, value] : settings) {
    const std::string section = section_of(option);
    const std::string line = key_of(option) + "=" + value;
    const Place place = place_of(lines, section, key_of(option));
    const auto at = lines.begin() + static_cast<std::ptrdiff_t>(place.line);
    if (place.replaces) {
      *at = line;
    } else if (place.has_section) {
      lines.insert(at, line);
    } else {
      lines.insert(lines.end(), {"", "[" + section + "]", line});
    }
  }
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

Result<Answer> guided_setup(Session& session) {
  const auto& settings = session.settings();
  const std::string path =
      settings.is_set("config") ? absolute_path(settings.text("config")) : config::user_file();
  std::string before;
  if (session.host().files().exists(path)) before = RECOVER_TRY(config::read_safely(path));
  write_message("Settings of a recovery, kept in " + text::printable(path) +
                "\nEnter keeps what stands in brackets.\n");
  Changes changes;
  for (const Question& question : questions) {
    if (const auto value = RECOVER_TRY(ask_for(question, session)))
      changes.emplace_back(question.option, *value);
  }
  if (changes.empty()) {
    const std::string same = "Nothing was changed.\n";
    return Answer{same, text_json(path, same), ExitCode::ok, {}};
  }
  std::string summary = "\n";
  for (const auto& [option, value] : changes)
    summary += "  " + option + " = " + text::printable(value) + "\n";
  write_message(summary);
  RECOVER_TRY(confirm("Write this to " + text::printable(path) + "?", session));
  RECOVER_TRY(write_file(path, before, with_settings(before, changes), session));
  const std::string kept =
      before.empty() ? "" : " The file before is kept as " + text::printable(path) + ".bak.";
  const std::string text = "Wrote " + text::printable(path) + "." + kept + "\n";
  return Answer{text, text_json(path, text), ExitCode::ok, {}};
}

}  // namespace recover::cli
