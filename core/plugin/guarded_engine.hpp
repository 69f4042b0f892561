/// A fence around an engine: nothing a plugin throws leaves it.
#pragma once

#include "recover/engine.hpp"

#include <functional>
#include <memory>
#include <string>

namespace recover::plugin {

/// Wraps `engine`; every exception becomes plugin.threw with the stage and the object.
std::unique_ptr<Engine> guard(std::string name, std::unique_ptr<Engine> engine);

/// Calls a plugin's factory behind the same fence. Errors: plugin.threw (it threw or made nothing).
Result<std::unique_ptr<Engine>> make_guarded(const std::string& name,
                                             const std::function<std::unique_ptr<Engine>()>& create);

}  // namespace recover::plugin
