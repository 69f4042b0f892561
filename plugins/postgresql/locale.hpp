/// Locales that a cluster needs and this machine may lack.
#pragma once

#include "recover/engine.hpp"

#include <string>
#include <vector>

namespace recover::postgresql {

/// True when the C library knows it ("C", "en_US.UTF-8").
bool has_locale(const std::string& name);

/// What localedef is called with: input "de_DE@euro", character set "ISO-8859-15".
struct LocaleSource {
  std::string input;
  std::string charset;
};
LocaleSource locale_source(const std::string& name);

/// All needed locales when at least one of them is missing, else none: a private directory (LOCPATH)
/// hides the machine's own. Errors: postgresql.locale_missing when they cannot be built either.
Result<std::vector<std::string>> locales_to_build(const std::vector<std::string>& needed, Host& host);

/// Builds them below `directory`, owned by `owner`. Errors: postgresql.locale_missing with localedef's words.
Result<void> build_locales(const std::vector<std::string>& names, const std::string& directory,
                           const std::string& owner, StepContext& context);

}  // namespace recover::postgresql
