/// System users by name and number.
#pragma once

#include "recover/result.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace recover::sys {

struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;  ///< primary group
};

std::optional<Account> find_account(const std::string& name);
std::optional<Account> find_account(uid_t user);

/// The account that owns what is made for `owner`; empty = the user we run as. Errors:
/// target.no_account.
Result<Account> owner_account(const std::string& owner);

}  // namespace recover::sys
