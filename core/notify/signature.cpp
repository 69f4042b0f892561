// HMAC-SHA256 over the bytes of the body, in the notation that receivers of webhooks know. Pure.
#include "core/notify/signature.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace recover::notify {

std::string signature_of(const std::string& body, const std::string& key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
  ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, body.size(), digest.data(),
         &length);
  std::string text = "sha256=";
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace recover::notify
