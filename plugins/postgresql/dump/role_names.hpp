/// Roles in statements: other names for them, and statements that give nothing away to an owner.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql::dump {

/// The statement with every role it names under its new name: CREATE, ALTER, DROP, COMMENT ON and SECURITY
/// LABEL ON ROLE, OWNER, AUTHORIZATION, GRANT and REVOKE, default privileges, policies, user mappings, SET
/// SESSION AUTHORIZATION and SET ROLE. All other statements come back unchanged. Empty when the new names
/// make a role a member of itself.
std::string with_role_names(std::string_view text,
                            const std::function<std::string(const std::string& role)>& new_name);

/// The roles that a statement is about as roles: both sides of a membership, COMMENT and SECURITY LABEL ON
/// ROLE. Empty for everything else.
std::vector<std::string> roles_described(std::string_view text);

/// The role that will own what the statement, or those behind it, make; nothing when none is named.
std::optional<std::string> owner_named(std::string_view text);

/// The same statement with the owner left out; empty when nothing else is in it.
std::string without_owner(std::string_view text);

}  // namespace recover::postgresql::dump
