/// Cancellation: long work asks the token now and then and returns the error it gets.
#pragma once

#include "recover/result.hpp"

#include <stop_token>
#include <utility>

namespace recover {

class CancellationToken {
 public:
  CancellationToken() = default;
  explicit CancellationToken(std::stop_token token) : token_(std::move(token)) {}

  [[nodiscard]] bool is_cancelled() const { return token_.stop_requested(); }
  /// run.cancelled once the run was asked to stop. Cheap; safe from any thread.
  Result<void> check() const;
  [[nodiscard]] const std::stop_token& stop_token() const { return token_; }

 private:
  std::stop_token token_;
};

}  // namespace recover
