/// What every probe of a text dump asks: how does it begin, and does it end as it should.
#pragma once

#include "recover/model.hpp"
#include "recover/tree.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace recover {

/// Calls `use` for each complete line of `text`, without its line end; stops when it returns false.
void each_line(std::string_view text, const std::function<bool(std::string_view)>& use);

/// The last non-empty line of a regular, uncompressed file; looks at its last 4 KiB only.
Result<std::string> last_line(Tree& tree, const std::string& path);

}  // namespace recover
