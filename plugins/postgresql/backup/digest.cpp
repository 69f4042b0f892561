// The server writes a CRC as the bytes in which it lies in its memory, the lowest first on every machine that
// recover runs on (src/common/checksum_helper.c); SHA-2 comes from OpenSSL, which uses the processor's own
// instructions.
#include "postgresql/backup/digest.hpp"

#include "recover/crc32c.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

namespace recover::postgresql::backup {

namespace {

std::string hexadecimal(const unsigned char* bytes, std::size_t length) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t at = 0; at < length; ++at) text += {digits[bytes[at] >> 4U], digits[bytes[at] & 15U]};
  return text;
}

class NoDigest final : public Digest {
 public:
  void add(std::string_view /*bytes*/) override {}
  std::string finish() override { return {}; }
};

class CrcDigest final : public Digest {
 public:
  void add(std::string_view bytes) override { crc_ = crc32c_add(crc_, bytes); }
  std::string finish() override {
    const std::uint32_t crc = crc32c_finish(crc_);
    std::array<unsigned char, 4> bytes{};
    for (unsigned at = 0; at < bytes.size(); ++at) bytes.at(at) = static_cast<unsigned char>(crc >> (8 * at));
    return hexadecimal(bytes.data(), bytes.size());
  }

 private:
  std::uint32_t crc_ = crc32c_start;
};

class ShaDigest final : public Digest {
 public:
  explicit ShaDigest(const EVP_MD* kind) { EVP_DigestInit_ex(context_.get(), kind, nullptr); }
  void add(std::string_view bytes) override { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string finish() override {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), sum.data(), &length);
    return hexadecimal(sum.data(), length);
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

}  // namespace

Digest::~Digest() = default;

std::unique_ptr<Digest> Digest::make(std::string_view algorithm) {
  if (algorithm == "NONE") return std::make_unique<NoDigest>();
  if (algorithm == "CRC32C") return std::make_unique<CrcDigest>();
  if (algorithm == "SHA224") return std::make_unique<ShaDigest>(EVP_sha224());
  if (algorithm == "SHA256") return std::make_unique<ShaDigest>(EVP_sha256());
  if (algorithm == "SHA384") return std::make_unique<ShaDigest>(EVP_sha384());
  if (algorithm == "SHA512") return std::make_unique<ShaDigest>(EVP_sha512());
  return nullptr;
}

}  // namespace recover::postgresql::backup
