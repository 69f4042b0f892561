// Look-ups in the system's user database (passwd, LDAP, whatever NSS asks). The reentrant calls are
// used because copying threads ask too; their buffer grows until the entry fits (getpwnam_r(3)).
#include "core/sys/account.hpp"

#include "recover/errors.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace recover::sys {

namespace {

constexpr std::size_t largest_entry = 1 << 20;

template <typename Ask>
std::optional<Account> look_up(const Ask& ask) {
  for (std::size_t size = 1024; size <= largest_entry; size *= 2) {
    std::vector<char> buffer(size);
    ::passwd entry{};
    ::passwd* found = nullptr;
    const int failed = ask(&entry, buffer.data(), buffer.size(), &found);
    if (failed == ERANGE) continue;
    if (failed != 0 || found == nullptr) return std::nullopt;
    return Account{found->pw_name, found->pw_uid, found->pw_gid};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Account> find_account(const std::string& name) {
  return look_up([&](::passwd* entry, char* buffer, std::size_t size, ::passwd** found) {
    return ::getpwnam_r(name.c_str(), entry, buffer, size, found);
  });
}

std::optional<Account> find_account(uid_t user) {
  return look_up([&](::passwd* entry, char* buffer, std::size_t size, ::passwd** found) {
    return ::getpwuid_r(user, entry, buffer, size, found);
  });
}

Result<Account> owner_account(const std::string& owner) {
  // A container's user often has a number and no name.
  if (owner.empty()) return find_account(::geteuid()).value_or(Account{"", ::geteuid(), ::getegid()});
  auto account = find_account(owner);
  if (!account) {
    return make_error(errors::target_no_account, "cannot find the system user " + owner).with("user", owner);
  }
  return *account;
}

}  // namespace recover::sys
