/// Proof that a message comes from who knows the key.
#pragma once

#include <string>

namespace recover::notify {

/// "sha256=" and the HMAC-SHA256 (RFC 2104) of `body` in hexadecimal digits.
std::string signature_of(const std::string& body, const std::string& key);

}  // namespace recover::notify
