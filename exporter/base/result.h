// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or the Error that explains why there is none.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace packetdrop {

// What went wrong, for a person. `code` is an errno value, or 0 where no system call failed.
struct Error {
  int code = 0;
  std::string message;
};

// "message: Operation not permitted", with the text of `code`.
Error system_error(std::string message, int code);

// "EPERM" for 1; the number itself where it has no name.
std::string errno_name(int code);

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}

  explicit operator bool() const { return !failed_; }
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace packetdrop
