/// What a dump may not do unless the operator allows it by a flag.
#pragma once

#include "postgresql/dump/splitter.hpp"

#include <set>
#include <string>

namespace recover::postgresql::dump {

struct Allowed {
  bool meta_commands = false;  ///< of psql; they are passed over, never run
  bool program = false;        ///< COPY with a program or server file, functions that read or write files
  bool alter_system = false;
  bool language_c = false;  ///< LOAD, functions in C
  /// Extensions whose libraries ("$libdir/NAME", also with "-VERSION") C functions may come from. When not
  /// empty, no other extension may be created either.
  std::set<std::string> known_extensions;
};

/// What only a permission lets through, in words; empty for everything else. Errors:
/// dump.meta_command_refused (all but \connect NAME, \encoding, \restrict, \unrestrict),
/// dump.statement_refused. Rows are always allowed.
Result<std::string> judge(const Piece& piece, const Allowed& allowed);

/// What the report mentions although it is allowed ("a DO block", "a function in plpython3u"); else empty.
std::string noteworthy(const Piece& piece);

}  // namespace recover::postgresql::dump
