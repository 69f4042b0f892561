// A database refuses every connection when the C library lacks its locale. The sources of all locales come
// with the package `locales`; localedef (libc-bin) compiles one in a second, into a directory of ours
// that the server is pointed to by LOCPATH (locale(7)). With LOCPATH set the C library looks nowhere
// else, so either all needed locales are built or none.
#include "postgresql/locale.hpp"

#include "postgresql/errors.hpp"

#include <locale.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace recover::postgresql {

namespace {

constexpr auto sources = "/usr/share/i18n/locales/";

bool is_builtin(const std::string& name) {
  return name.empty() || name == "C" || name == "POSIX" || name.starts_with("C.");
}

std::string simplified(const std::string& charset) {
  std::string text;
  for (const char letter : charset) {
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0) {
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
  }
  return text;
}

/// The name localedef knows for a character set as locale names write it ("utf8", "iso885915").
std::string charset_name(const std::string& written) {
  const std::string plain = simplified(written);
  if (plain == "utf8") return "UTF-8";
  if (plain.starts_with("iso8859")) return "ISO-8859-" + plain.substr(7);
  if (plain.starts_with("koi8"))
    return "KOI8-" + std::string(1, static_cast<char>(std::toupper(plain.back())));
  std::string upper = written;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return upper;
}

Error missing(const std::string& name, const std::string& cause) {
  return make_error(errors::locale_missing, "locale " + name, cause)
      .advise("Install the package locales; recover then builds " + name + " for itself.");
}

}  // namespace

bool has_locale(const std::string& name) {
  if (is_builtin(name)) return true;
  const locale_t known = ::newlocale(LC_ALL_MASK, name.c_str(), nullptr);
  if (known == nullptr) return false;
  ::freelocale(known);
  return true;
}

LocaleSource locale_source(const std::string& name) {
  const std::size_t at = name.find('@');
  const std::string modifier = at == std::string::npos ? "" : name.substr(at);
  const std::string plain = name.substr(0, at);
  const std::size_t dot = plain.find('.');
  const std::string charset = dot == std::string::npos ? (modifier == "@euro" ? "ISO-8859-15" : "ISO-8859-1")
                                                       : charset_name(plain.substr(dot + 1));
  return {plain.substr(0, dot) + modifier, charset};
}

Result<std::vector<std::string>> locales_to_build(const std::vector<std::string>& needed, Host& host) {
  if (std::all_of(needed.begin(), needed.end(), has_locale)) return std::vector<std::string>{};
  std::vector<std::string> names;
  for (const std::string& name : needed) {
    if (is_builtin(name)) continue;
    const std::string source = sources + locale_source(name).input;
    if (!host.files().exists(source)) return missing(name, source + " is not there");
    names.push_back(name);
  }
  if (!host.processes().find_program("localedef"))
    return missing(names.front(), "there is no program localedef");
  return names;
}

Result<void> build_locales(const std::vector<std::string>& names, const std::string& directory,
                           const std::string& owner, StepContext& context) {
  RECOVER_TRY(context.host.files().make_directory(directory, owner, 0755));
  for (const std::string& name : names) {
    const LocaleSource source = locale_source(name);
    Command command;
    command.program = "localedef";
    command.arguments = {"-c", "-i", source.input, "-f", source.charset, directory + "/" + name};
    command.run_as = owner;
    RECOVER_TRY(context.host.processes().run(command, context.cancel));
    // localedef warns by its exit status; what counts is that the locale is there.
    if (!context.host.files().exists(directory + "/" + name + "/LC_CTYPE")) {
      return missing(name, "localedef -i " + source.input + " -f " + source.charset + " made nothing");
    }
  }
  return {};
}

}  // namespace recover::postgresql
