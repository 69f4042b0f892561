/// Checks as the screens and the documents show them.
#pragma once

#include "core/model/json.hpp"
#include "core/report/report.hpp"
#include "recover/model.hpp"

#include <string>

namespace recover::report {

/// A verdict as a word of eleven columns.
std::string verdict_word(Verdict verdict, const Style& style);
/// A check as every public document has it.
json::Json check_json(const Check& check);

}  // namespace recover::report
