#include "examples/weir/check.hpp"

#include "examples/weir/load.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace weir::program {

namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// What a configuration has, in a line.
std::string inventory(const configuration& raw) {
  std::size_t rules = 0;
  for (const auto& policy : raw.policies) rules += policy.rules.size();
  const auto translations = raw.nat.statics.size() + raw.nat.exempt.size();
  return fmt::format(
      "{}, {}, {} with {}, {}, {}, up to {} sessions",
      counted(raw.interfaces.size(), "interface", "interfaces"),
      counted(raw.routes.size(), "route", "routes"),
      counted(raw.policies.size(), "policy", "policies"), counted(rules, "rule", "rules"),
      counted(raw.nat.pools.size(), "pool", "pools"),
      counted(translations, "static entry or exemption", "static entries and exemptions"),
      raw.sessions.max);
}

}  // namespace

exit_code run_check(const std::string& path) {
  const auto made = load_configuration(path);
  if (made.compiled) {
    fmt::print("{}: ok: {}\n", path, inventory(made.compiled->raw()));
    return exit_code::ok;
  }
  for (const auto& one : made.faults) {
    fmt::print(stderr, "{}\n", one);
  }
  fmt::print(stderr, "{}: {}\n", path, counted(made.faults.size(), "fault", "faults"));
  return exit_code::usage;
}

}  // namespace weir::program
