/// What a child's standard streams are connected to while we wait for it.
#pragma once

#include "core/sys/child.hpp"
#include "core/sys/descriptor.hpp"
#include "recover/cancel.hpp"
#include "recover/host.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string_view>

namespace recover::sys {

using Time = std::chrono::steady_clock::time_point;

/// The child's ends and ours.
struct Plumbing {
  Descriptor input;
  Descriptor output_writer;
  Descriptor errors_writer;  ///< empty: errors go where output goes
  Descriptor output;         ///< ours, never blocks; empty when the child writes to a log file
  Descriptor errors;
  Descriptor input_writer;  ///< ours, blocks; of a command with an input stream

  [[nodiscard]] Child::Streams streams() const {
    const int out = output_writer.get();
    return {input.get(), out, errors_writer ? errors_writer.get() : out};
  }
  /// Our streams end when nobody else holds these.
  void close_writers() {
    output_writer = {};
    errors_writer = {};
  }
};

/// Both streams to us, or both to the command's log file.
Result<Plumbing> connect_captured(const Command& command);
/// Output to us through a large pipe; errors to us, or to the command's log file.
Result<Plumbing> connect_streamed(const Command& command);

/// What a command reads: its input file, its input text, or nothing. Errors: source.*, tool.failed.
Result<Descriptor> open_input(const Command& command);

/// tool.failed with errno.
Error plumbing_error(const Command& command);
/// Why a child was ended: run.cancelled or run.timeout.
Error stopped(const Command& command, const CancellationToken& cancel);

std::optional<Time> deadline_of(const Command& command);
/// For poll(): -1 without a deadline.
int milliseconds_until(const std::optional<Time>& deadline);

/// Reads what is there now; false at the end of the stream. At most the largest pipe of the system
/// (pipe-max-size, 1 MiB) at once: a grandchild that writes without end must not keep us here.
template <typename Sink>
bool drain(int descriptor, const Sink& sink) {
  std::array<char, 65536> buffer{};
  for (int round = 0; round < 16; ++round) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got > 0) {
      sink(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    } else if (got < 0 && errno == EAGAIN) {
      return true;
    } else if (got == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

/// Appends to what is kept of standard error: its last 64 KiB.
void keep_last(std::string& errors, std::string_view data);

}  // namespace recover::sys
