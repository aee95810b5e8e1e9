#pragma once

#include <cstdio>
#include <cstdlib>

static_assert(__cplusplus >= 202002L, "weir is C++20: compile with -std=c++20 or later");

namespace weir {

namespace detail {

[[noreturn]] inline void broken_contract(const char* what) noexcept {
  std::fputs("weir: broken precondition: ", stderr);
  std::fputs(what, stderr);
  std::fputs("\n", stderr);
  std::abort();
}

}  // namespace detail

/// Stops the program, in every build, when a caller breaks a precondition; packets never can.
constexpr void expects(bool condition, const char* what) noexcept {
  if (!condition) [[unlikely]] {
    detail::broken_contract(what);
  }
}

}  // namespace weir
