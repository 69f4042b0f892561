// What a dump may not do. A dump is a program, and loading it as a superuser runs that program: commands of
// psql's own (\! starts a shell), COPY with programs and files of the server, ALTER SYSTEM, code in C. None
// of these is in what pg_dump writes about a database, so they are refused where the dump is split, by
// tokens, before anything reaches the server. What a function's body does (DO, plpgsql) cannot be judged
// here; who loads an untrusted dump does so into a server that is thrown away.
//
// A statement is judged as it is sent: alone. Sending it by the extended protocol (PQsendQueryParams) makes
// the server refuse text that it would see as more than one statement, whatever was overlooked here.
#include "postgresql/dump/policy.hpp"

#include "postgresql/dump/statement.hpp"
#include "postgresql/dump/tokens.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace recover::postgresql::dump {

namespace {

constexpr std::size_t shown_bytes = 200;

/// Functions that reach files of the server, of core and of adminpack.
bool is_file_function(const std::string& name) {
  static constexpr std::array<std::string_view, 17> names = {"lo_import",
                                                             "lo_export",
                                                             "pg_read_file",
                                                             "pg_read_binary_file",
                                                             "pg_stat_file",
                                                             "pg_file_write",
                                                             "pg_file_sync",
                                                             "pg_file_rename",
                                                             "pg_file_unlink",
                                                             "pg_file_read",
                                                             "pg_file_length",
                                                             "pg_logdir_ls",
                                                             "pg_ls_dir",
                                                             "pg_ls_logdir",
                                                             "pg_ls_waldir",
                                                             "pg_ls_tmpdir",
                                                             "pg_ls_archive_statusdir"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_any(const Token& token, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is(word); });
}

/// What a statement would need a permission for.
struct Offence {
  bool Allowed::*permission;
  std::string cause;
};

std::optional<Offence> copy_offence(Tokens tokens) {
  const Statement copy = describe(tokens.text());
  if (copy.reads_rows && copy.is_binary) {
    return Offence{&Allowed::program, "COPY in the binary format cannot read its rows from a script"};
  }
  tokens.skip_parentheses();
  while (!tokens.is_end() && !tokens.at("from") && !tokens.at("to")) {
    if (tokens.at_symbol('(')) {
      tokens.skip_parentheses();
    } else {
      tokens.advance();
    }
  }
  tokens.advance();
  if (tokens.at("program")) return Offence{&Allowed::program, "COPY starts a program on the server"};
  if (tokens.current().kind == TokenKind::string) {
    return Offence{&Allowed::program, "COPY reads or writes a file of the server"};
  }
  return std::nullopt;
}

/// "postgis" of "$libdir/postgis-3".
std::string library_name(std::string path) {
  constexpr std::string_view directory = "$libdir/";
  if (path.starts_with(directory)) path.erase(0, directory.size());
  if (path.ends_with(".so")) path.erase(path.size() - 3);
  if (const std::size_t dash = path.rfind('-'); dash != std::string::npos) path.erase(dash);
  return path;
}

/// CREATE FUNCTION ... LANGUAGE c ... AS 'library', 'symbol'
std::optional<Offence> routine_offence(Tokens tokens, const Allowed& allowed) {
  bool is_c = false;
  std::string library;
  while (!tokens.is_end()) {
    if (tokens.take("language")) {
      const Token& language = tokens.current();
      const std::string name = language.is_name() ? name_of(language) : value_of(language);
      is_c = is_c || name == "c" || name == "C";
    } else if (tokens.take("as") && tokens.current().kind == TokenKind::string) {
      library = value_of(tokens.current());
    } else if (tokens.at_symbol('(')) {
      tokens.skip_parentheses();
      continue;
    }
    if (!tokens.at("language") && !tokens.at("as") && !tokens.at_symbol('(')) tokens.advance();
  }
  if (!is_c ||
      (library.starts_with("$libdir/") && allowed.known_extensions.contains(library_name(library)))) {
    return std::nullopt;
  }
  return Offence{&Allowed::language_c, fmt::format("a function in C from the library \"{}\"", library)};
}

/// One statement has no ';' but within parentheses, and in bodies of BEGIN ATOMIC, which hold queries only.
/// Anything else behind a ';' shows a text that was made so that the server sees more statements in it than
/// the splitter did. Whether strings conform can be changed behind the splitter's back (by a rolled back SET,
/// by a function), so both readings count.
std::optional<Offence> second_statement(std::string_view text) {
  if (text.find(';') == std::string_view::npos) return std::nullopt;
  const bool has_backslash = text.find('\\') != std::string_view::npos;
  for (const bool strings_conform : {true, false}) {
    if (!strings_conform && !has_backslash) break;
    Tokens tokens(text, strings_conform);
    while (!tokens.is_end()) {
      const bool ends = tokens.at_symbol(';');
      tokens.advance();
      if (ends && is_any(tokens.current(), {"copy", "alter", "load", "create"})) {
        return Offence{&Allowed::program, "another statement is hidden in this one"};
      }
    }
  }
  return std::nullopt;
}

/// Calls of functions that reach files, in a statement that would run them.
std::optional<Offence> call_offence(Tokens tokens) {
  Token before;
  for (; !tokens.is_end(); tokens.advance()) {
    if (tokens.at_symbol('(') && before.is_name() && is_file_function(name_of(before))) {
      return Offence{&Allowed::program, fmt::format("{}() reaches files of the server", name_of(before))};
    }
    before = tokens.current();
  }
  return std::nullopt;
}

std::optional<Offence> extension_offence(Tokens tokens, const Allowed& allowed) {
  tokens.take_all({"if", "not", "exists"});
  const std::string name = tokens.take_name();
  if (allowed.known_extensions.empty() || allowed.known_extensions.contains(name)) return std::nullopt;
  return Offence{&Allowed::language_c,
                 fmt::format("the extension \"{}\" is not one of those that are known", name)};
}

std::optional<Offence> offence_of(std::string_view text, const Allowed& allowed) {
  if (auto offence = second_statement(text)) return offence;
  Tokens tokens(text);
  if (tokens.at("copy")) {
    tokens.advance();
    if (auto offence = copy_offence(tokens)) return offence;
    return call_offence(tokens);
  }
  if (tokens.take_all({"alter", "system"})) {
    return Offence{&Allowed::alter_system, "ALTER SYSTEM changes the configuration of the whole server"};
  }
  if (tokens.at("load")) return Offence{&Allowed::language_c, "LOAD loads a library into the server"};
  if (is_any(tokens.current(), {"grant", "revoke", "comment", "alter", "drop", "security", "set"})) {
    return tokens.take_all({"alter", "table"}) ? call_offence(tokens) : std::nullopt;
  }
  if (!tokens.take("create")) return call_offence(tokens);
  tokens.take_all({"or", "replace"});
  tokens.take("trusted");
  tokens.take("procedural");
  if (tokens.take("extension")) return extension_offence(tokens, allowed);
  if (is_any(tokens.current(), {"function", "procedure"})) {
    return routine_offence(tokens, allowed);
  }
  // Views and rules only keep what they would call.
  if (is_any(tokens.current(), {"view", "recursive", "rule", "trigger", "event", "language", "cast"})) {
    return std::nullopt;
  }
  return call_offence(tokens);
}

Error refusal(const ErrorKind& kind, const Piece& piece, std::string cause) {
  std::string shown(piece.text.substr(0, shown_bytes));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return make_error(kind, fmt::format("line {}: {}", piece.line, shown), std::move(cause))
      .with("line", static_cast<std::int64_t>(piece.line));
}

/// \restrict, \unrestrict and \encoding have one plain word and nothing else.
bool has_one_word(std::string_view line, std::string_view command) {
  if (!line.starts_with(command)) return false;
  line.remove_prefix(command.size());
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == 0 || begin == std::string_view::npos) return false;
  return std::all_of(line.begin() + static_cast<std::ptrdiff_t>(begin), line.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

Result<std::string> judge(const Piece& piece, const Allowed& allowed) {
  if (piece.kind == PieceKind::meta_command) {
    const bool is_ours = has_one_word(piece.text, "\\restrict") || has_one_word(piece.text, "\\unrestrict") ||
                         has_one_word(piece.text, "\\encoding") || !connect_target(piece.text).empty();
    // A \connect that leads somewhere else is never passed over: what follows is meant for there.
    const bool is_connect = piece.text.starts_with("\\c") && !piece.text.starts_with("\\copy");
    if (is_ours) return std::string();
    if (allowed.meta_commands && !is_connect)
      return fmt::format("{} was passed over, not run",
                         piece.text.substr(0, piece.text.find_first_of(" \t")));
    return refusal(errors::dump_meta_command_refused, piece, "a command of psql, not of the database");
  }
  if (piece.kind != PieceKind::statement) return std::string();
  const auto offence = offence_of(piece.text, allowed);
  if (!offence) return std::string();
  if (allowed.*(offence->permission)) return offence->cause;
  return refusal(errors::dump_statement_refused, piece, offence->cause);
}

std::string noteworthy(const Piece& piece) {
  if (piece.kind != PieceKind::statement) return {};
  Tokens tokens(piece.text);
  if (tokens.at("do")) return "a DO block";
  if (!tokens.take("create")) return {};
  tokens.take_all({"or", "replace"});
  if (tokens.take_all({"event", "trigger"})) return "an event trigger";
  if (!tokens.at("function") && !tokens.at("procedure")) return {};
  if (!tokens.find("language")) return {};
  tokens.advance();
  const std::string language =
      tokens.current().is_name() ? name_of(tokens.current()) : value_of(tokens.current());
  const bool is_untrusted = language == "plpython3u" || language == "plpythonu" || language == "plpython2u" ||
                            language == "plperlu" || language == "pltclu" || language == "c" ||
                            language == "internal";
  return is_untrusted ? fmt::format("a function in {}", language) : std::string();
}

}  // namespace recover::postgresql::dump
