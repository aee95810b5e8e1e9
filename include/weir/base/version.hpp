#pragma once

namespace weir {

/// A semantic version: before 1.0 a minor bump may break.
struct version {
  unsigned major;
  unsigned minor;
  unsigned patch;
};

/// The version of these headers. `project(VERSION)` is the truth; a test holds this to it.
inline constexpr version library_version{0, 1, 0};

}  // namespace weir
