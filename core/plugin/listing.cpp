// A library that nobody listed was not put there by a package or on purpose; one whose contents differ from
// the list was changed since. The list is judged like the libraries themselves (trust.cpp), and the hash is
// taken from the very descriptor that is loaded afterwards. Format: lines of sha256sum(1), "HEX  NAME".
#include "core/plugin/listing.hpp"

#include "core/plugin/trust.hpp"
#include "recover/errors.hpp"

#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <sstream>
#include <string_view>

namespace recover::plugin {

namespace {

Error refused(const std::string& path, const std::string& cause) {
  return make_error(errors::plugin_untrusted, "refused to load " + path, cause)
      .with("path", path)
      .advise(
          "Reinstall the package that the plugin belongs to. For a plugin of your own, list it: cd to its "
          "directory and run sha256sum *.so > MANIFEST.");
}

/// Hands all bytes of a file to `take`; false when it cannot be read.
bool read_through(int descriptor, const std::function<void(std::string_view)>& take) {
  std::array<char, 65536> buffer{};
  for (off_t offset = 0;;) {
    const ssize_t got = ::pread(descriptor, buffer.data(), buffer.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    take({buffer.data(), static_cast<std::size_t>(got)});
    offset += got;
  }
}

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t at = 0; at < count; ++at) {
    text += digits[bytes[at] >> 4U];
    text += digits[bytes[at] & 15U];
  }
  return text;
}

/// SHA-256 in hexadecimal, or "" when the file cannot be read.
std::string sha256(const sys::Descriptor& file) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return "";
  const bool complete = read_through(file.get(), [&](std::string_view bytes) {
    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  });
  if (!complete || EVP_DigestFinal_ex(context.get(), digest.data(), &length) != 1) return "";
  return hex(digest.data(), length);
}

/// The hash that the list gives for a file name, or "".
std::string listed_hash(const std::string& list, const std::string& name) {
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) {
    const auto blank = line.find(' ');
    // sha256sum writes two blanks, or a blank and '*' in binary mode.
    if (blank == std::string::npos || line.size() < blank + 2) continue;
    if (line.substr(blank + 2) == name) return line.substr(0, blank);
  }
  return "";
}

}  // namespace

Result<void> check_listed(const sys::Descriptor& library, const std::string& path, bool required) {
  const std::filesystem::path place(path);
  const std::string list = (place.parent_path() / "MANIFEST").string();
  auto opened = open_trusted(list);
  if (!opened) {
    if (opened.error().id != errors::plugin_missing.id) return opened.error();
    if (!required) return {};
    return refused(path, "its directory has no MANIFEST, which security.require_plugin_manifest demands");
  }
  std::string text;
  if (!read_through(opened->get(), [&](std::string_view bytes) { text += bytes; })) {
    return refused(path, list + " cannot be read");
  }
  const std::string expected = listed_hash(text, place.filename().string());
  if (expected.empty()) return refused(path, list + " does not list it");
  if (sha256(library) != expected) return refused(path, "its contents are not those that " + list + " lists");
  return {};
}

}  // namespace recover::plugin
