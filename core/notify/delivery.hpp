/// Telling recipients: by HTTP, by the machine's mail program, by a program of the operator.
#pragma once

#include "core/notify/http.hpp"
#include "core/notify/recipient.hpp"
#include "recover/host.hpp"

#include <vector>

namespace recover::notify {

/// Tells one recipient. Errors: notify.failed, notify.not_set_up, notify.secret_unsafe.
Result<void> deliver(const Recipient& recipient, const News& news, const Patience& patience, Host& host);

/// Tells everybody who wants to hear it, all at the same time, and returns who could not be told.
std::vector<Error> tell(const std::vector<Recipient>& recipients, const News& news, const Patience& patience,
                        Host& host);

}  // namespace recover::notify
