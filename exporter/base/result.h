// SPDX-License-Identifier: Apache-2.0
// Result<T, E>: a value, or the error that explains why there is none. It is true on success, as
// are all functions here that can fail; a function that may refuse by policy returns an optional
// refusal, and has that word in its name.
//
//   Result<std::string> text = read_file(path);
//   if (!text) return text.error();
//   use(*text);
#pragma once

#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace packetdrop {

// What went wrong, for a person. `code` is an errno value, or 0 where no system call failed.
struct Error {
  int code = 0;
  std::string message;

  // What was asked for does not exist here (ENOENT).
  bool absent() const { return code == ENOENT; }
};

// "message: Operation not permitted", with the text of `code`.
Error system_error(std::string message, int code);

// "EPERM" for 1; the number itself where it has no name.
std::string errno_name(int code);

template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const E& error() const& { return std::get<1>(state_); }
  E&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, E> state_;
};

template <typename E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(E error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  const E& error() const& { return *error_; }
  E&& error() && { return *std::move(error_); }

 private:
  std::optional<E> error_;
};

}  // namespace packetdrop
