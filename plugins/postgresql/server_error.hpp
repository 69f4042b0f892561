/// What a server's refusal means, judged by its SQLSTATE and nothing else (reference: the manual's appendix
/// "PostgreSQL Error Codes"). The one table of it.
#pragma once

#include "recover/error.hpp"

#include <string>
#include <string_view>

namespace recover::postgresql {

struct ServerError {
  std::string_view state;  ///< five characters, or the two of a class
  std::string_view group;  ///< for counting: "disk_space", "connection", "data", ...
  const ErrorKind* kind;   ///< what it becomes when a statement of a dump fails with it
  bool passes;             ///< doing the same again later may succeed
  const char* cure;        ///< more exact than the kind's; nullptr when it is not
};

/// The row of this SQLSTATE: its own, else that of its class, else one that knows nothing.
const ServerError& server_error(std::string_view sqlstate);

/// What stands for a connection that ended without a word, and for one that was never made.
inline constexpr auto connection_lost_state = "08006";
inline constexpr auto not_connected_state = "08001";

/// The SQLSTATE that an error carries (fact "sqlstate"); empty when no server said it.
std::string state_of(const Error& error);

/// True when the error came from a server and may pass.
bool may_pass(const Error& error);

/// A refused statement as an error of its class. Facts of `refusal` are kept, "class" is added.
Error classified(Error refusal, std::string what);

/// What libpq says of a connection that was not made, with PQERRORS_VERBOSE: the SQLSTATE when the server
/// gave one (else not_connected_state), and the words without it.
struct Refusal {
  std::string state;
  std::string words;
};
Refusal refusal_of(std::string_view message);

}  // namespace recover::postgresql
