// Errors as values: construction and the catalogue. No formatting here; reporters render.
#include "recover/error.hpp"

#include "recover/errors.hpp"

#include <array>
#include <system_error>

namespace recover {

Error&& Error::with(std::string name, Value value) && {
  set_fact(facts, std::move(name), std::move(value));
  return std::move(*this);
}

Error&& Error::advise(std::string text) && {
  fix = std::move(text);
  return std::move(*this);
}

Error&& Error::leaving(std::string text) && {
  state = std::move(text);
  return std::move(*this);
}

Error&& Error::during(std::string activity) && {
  trail.push_back(std::move(activity));
  return std::move(*this);
}

Error make_error(const ErrorKind& kind, std::string what, std::string cause) {
  Error error;
  error.id = kind.id;
  error.exit = kind.exit;
  error.retryable = kind.retryable;
  error.title = kind.title;
  error.what = std::move(what);
  error.cause = std::move(cause);
  error.fix = kind.fix;
  return error;
}

Error make_system_error(const ErrorKind& kind, std::string what, int error_number) {
  return make_error(kind, std::move(what), std::generic_category().message(error_number))
      .with("errno", std::int64_t{error_number});
}

std::string_view exit_code_name(ExitCode code) {
  switch (code) {
    case ExitCode::ok: return "ok";
    case ExitCode::connection: return "connection or permission";
    case ExitCode::disk_space: return "disk space";
    case ExitCode::verification_failed: return "verification failed";
    case ExitCode::partial: return "partial";
    case ExitCode::nothing_found: return "nothing found";
    case ExitCode::incompatible: return "incompatible";
    case ExitCode::tool_missing: return "tool missing";
    case ExitCode::refused: return "refused";
    case ExitCode::locked: return "locked";
    case ExitCode::source_read: return "source read error";
    case ExitCode::timeout: return "timeout";
    case ExitCode::server_failed: return "server failed";
    case ExitCode::rollback_incomplete: return "rollback incomplete";
    case ExitCode::security: return "security refusal";
    case ExitCode::salvaged: return "salvaged";
    case ExitCode::usage: return "usage";
    case ExitCode::internal: return "internal error";
    case ExitCode::config: return "configuration";
    case ExitCode::hangup: return "hang-up signal";
    case ExitCode::interrupted: return "interrupted";
    case ExitCode::terminated: return "terminated";
  }
  return "unknown";
}

namespace {

constexpr std::array core_kinds{
#define RECOVER_ERROR(name, id, exit, retryable, title, meaning, fix) errors::name,
#include "recover/errors.def"
#undef RECOVER_ERROR
};

}  // namespace

std::span<const ErrorKind> core_error_kinds() {
  return core_kinds;
}

}  // namespace recover
