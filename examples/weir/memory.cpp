#include "examples/weir/memory.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

namespace weir::program {

namespace {

std::string memory_text(std::uint64_t bytes) {
  constexpr double kibi = 1024;
  const auto count = static_cast<double>(bytes);
  return bytes < 1u << 30 ? fmt::format("{:.1f} MiB", count / (kibi * kibi))
                          : fmt::format("{:.1f} GiB", count / (kibi * kibi * kibi));
}

}  // namespace

std::optional<std::uint64_t> memory_allowed() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::nullopt;
  }
  return limit.rlim_cur;
}

fault memory_fault(const memory_need& need, const configuration& raw,
                   std::optional<std::uint64_t> allowed) {
  const auto lack = allowed ? fmt::format("more than the {} that a process may have (ulimit -v)",
                                          memory_text(*allowed))
                            : std::string{"more than there is"};
  if (need.sessions >= need.externals) {
    return {"sessions.max",
            fmt::format("tables for {} sessions need {} of memory, {}", raw.sessions.max,
                        memory_text(need.sessions), lack),
            fmt::format("fewer sessions, of {} bytes each, or more memory", need.per_session)};
  }
  return {
      "nat.pools",
      fmt::format("the ports of {} external addresses need {} of memory, {}",
                  need.externals / need.per_external, memory_text(need.externals), lack),
      fmt::format("fewer external addresses, of {} bytes each, or more memory", need.per_external)};
}

std::optional<fault> refused_memory(const snapshot& config) {
  const auto allowed = memory_allowed();
  if (!allowed) {
    return std::nullopt;
  }
  const auto need = memory_need_of(config);
  return need.all() > *allowed ? std::optional{memory_fault(need, config.raw(), allowed)}
                               : std::nullopt;
}

}  // namespace weir::program
