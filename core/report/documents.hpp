/// Pieces that several JSON documents share.
#pragma once

#include "core/model/json.hpp"
#include "recover/error.hpp"

namespace recover::report {

/// The error object of every public document ($defs/error of the report's schema).
json::Json error_document(const Error& error);
/// Reads what error_document wrote; missing fields stay empty.
Error error_from_document(const json::Json& object);

}  // namespace recover::report
