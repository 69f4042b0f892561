/// Container images for tests: made here, never fetched.
#pragma once

#include <string>
#include <vector>

namespace recover::test {

/// Imports the image of fixture postgresql-image for root, where it is not there yet, and returns its
/// reference. Throws when podman is missing, naming the package.
std::string postgresql_image();

/// An ordinary user of this machine who may have containers, made where it is not there yet, with the image
/// of postgresql_image() among its own.
struct RootlessUser {
  std::string name;
  std::string home;
};
RootlessUser rootless_user();

/// The containers of one run (label recover.run) that are there, running or not.
std::vector<std::string> containers_of(const std::string& run);

}  // namespace recover::test
