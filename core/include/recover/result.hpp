/// Result<T>: a value or an Error. Shaped like std::expected (C++23) and to be replaced by it; unlike
/// it, a dropped Result is a compile error (class-level [[nodiscard]] with -Werror).
#pragma once

#include "recover/error.hpp"

#include <utility>
#include <variant>

namespace recover {

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  [[nodiscard]] bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  [[nodiscard]] T& value() & { return std::get<0>(content_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(content_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] Error& error() & { return std::get<1>(content_); }
  [[nodiscard]] const Error& error() const& { return std::get<1>(content_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(content_)); }

  [[nodiscard]] T value_or(T otherwise) && {
    return has_value() ? std::get<0>(std::move(content_)) : std::move(otherwise);
  }

 private:
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : content_(std::move(error)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  void value() const {}
  [[nodiscard]] Error& error() & { return std::get<1>(content_); }
  [[nodiscard]] const Error& error() const& { return std::get<1>(content_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(content_)); }

 private:
  std::variant<std::monostate, Error> content_;
};

}  // namespace recover

/// The value of a Result, or return its Error from the enclosing function:
///   auto listing = RECOVER_TRY(tree.list("base"));      RECOVER_TRY(files.sync(path));
#define RECOVER_TRY(...)                                                   \
  __extension__({                                                          \
    auto recover_try_result = (__VA_ARGS__);                               \
    if (!recover_try_result) return std::move(recover_try_result).error(); \
    std::move(recover_try_result).value();                                 \
  })
