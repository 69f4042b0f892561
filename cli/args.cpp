// From argv to Arguments. The flags come from config/options.def, the commands from commands.cpp; this
// is the only file that knows CLI11. Flags are accepted before and after the command; they are never
// abbreviated, so that a new flag cannot change what an old script means. CLI11's own messages and exit
// codes never reach the user: every mistake becomes usage.invalid (exit 64) with the nearest spelling.
#include "cli/args.hpp"

#include "cli/command.hpp"
#include "config/config.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace recover::cli {

namespace {

/// CLI11 wants "-n,--dry-run".
std::string names_of(const char* short_flag, const char* flag) {
  return *short_flag == '\0' ? flag : std::string(short_flag) + "," + flag;
}

bool takes_value(const config::Option& option) {
  return option.type != config::Type::flag && option.type != config::Type::count;
}

struct BoundOption {
  const config::Option* option;
  CLI::Option* parsed;
};

struct BoundShorthand {
  const config::Shorthand* shorthand;
  CLI::Option* parsed;
};

/// The parser with everything that is bound to it.
struct Parser {
  CLI::App app;
  std::vector<BoundOption> options;
  std::vector<BoundShorthand> shorthands;
  CLI::Option* help = nullptr;
  CLI::Option* version = nullptr;
  std::vector<std::string> words;
};

void add_options(Parser& parser) {
  for (const auto& option : config::options()) {
    if (*option.flag == '\0') continue;
    const std::string names = names_of(option.short_flag, option.flag);
    CLI::Option* added =
        takes_value(option) ? parser.app.add_option(names)->expected(1) : parser.app.add_flag(names);
    added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    parser.options.push_back({&option, added});
  }
  for (const auto& shorthand : config::shorthands()) {
    CLI::Option* added = parser.app.add_flag(names_of(shorthand.short_flag, shorthand.flag));
    parser.shorthands.push_back({&shorthand, added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)});
  }
  parser.help = parser.app.add_flag("-h,--help");
  parser.version = parser.app.add_flag("-V,--version");
}

std::unique_ptr<Parser> make_parser() {
  auto parser = std::make_unique<Parser>();
  parser->app.set_help_flag();
  parser->app.allow_extras();
  parser->app.require_subcommand(0, 1);
  add_options(*parser);
  parser->app.add_option("words", parser->words);
  for (const Command& command : commands()) {
    if (*command.name == '\0') continue;
    CLI::App* one = parser->app.add_subcommand(command.name);
    one->set_help_flag();
    one->allow_extras();
    one->fallthrough();
    one->add_option("words", parser->words);
  }
  return parser;
}

std::vector<std::string> all_flags() {
  std::vector<std::string> flags{"--help", "--version"};
  for (const auto& option : config::options()) {
    if (*option.flag != '\0') flags.emplace_back(option.flag);
  }
  for (const auto& shorthand : config::shorthands()) flags.emplace_back(shorthand.flag);
  return flags;
}

Error unknown_flag(const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  auto error = make_error(errors::usage_invalid, "unknown flag " + text::printable(name));
  const std::string close = text::closest(name, all_flags());
  if (close.empty()) return error;
  error.cause = "did you mean " + close + "?";
  return error;
}

void collect(const Parser& parser, Arguments& arguments) {
  for (const auto& [shorthand, parsed] : parser.shorthands) {
    if (parsed->count() > 0) arguments.assignments.push_back({shorthand->option, shorthand->value});
  }
  for (const auto& [option, parsed] : parser.options) {
    if (parsed->count() == 0) continue;
    const std::string name = config::name_of(*option);
    if (option->type == config::Type::count) {
      arguments.assignments.push_back({name, std::to_string(parsed->count())});
    } else if (option->type == config::Type::list) {
      for (const auto& value : parsed->results()) arguments.assignments.push_back({name, value});
    } else {
      arguments.assignments.push_back({name, parsed->results().back()});
    }
  }
}

}  // namespace

std::string Arguments::value_of(const std::string& option) const {
  const auto found = std::find_if(assignments.rbegin(), assignments.rend(),
                                  [&](const Assignment& one) { return one.option == option; });
  return found == assignments.rend() ? "" : found->value;
}

Result<Arguments> parse_arguments(const std::vector<std::string>& words) {
  const auto parser = make_parser();
  try {
    // CLI11 takes the words from the back.
    parser->app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& problem) {
    return make_error(errors::usage_invalid, "cannot understand the command line", problem.what());
  }
  Arguments arguments;
  for (const auto& extra : parser->app.remaining(true)) {
    if (extra.size() > 1 && extra.front() == '-') return unknown_flag(extra);
    arguments.words.push_back(extra);
  }
  const auto chosen = parser->app.get_subcommands();
  if (!chosen.empty()) arguments.command = chosen.front()->get_name();
  arguments.words.insert(arguments.words.begin(), parser->words.begin(), parser->words.end());
  arguments.help = parser->help->count() > 0;
  arguments.version = parser->version->count() > 0;
  collect(*parser, arguments);
  return arguments;
}

}  // namespace recover::cli
