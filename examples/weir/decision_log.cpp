#include "examples/weir/decision_log.hpp"

#include "examples/weir/described.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <string>

namespace weir::program {

namespace {

std::string verdict_text(const verdict& answer) {
  switch (answer.kind()) {
    case verdict_kind::forward:
      return "forwarded";
    case verdict_kind::deliver:
      return "delivered to the box";
    case verdict_kind::consume:
      return "taken in by weir";
    case verdict_kind::drop:
      break;
  }
  return fmt::format("dropped, {}", name(answer.reason()));
}

}  // namespace

void write_log(const arrived_packet& packet, const judgement& said, const verdict& answer,
               const snapshot& config) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  const auto time = packet.time.since_epoch().count();
  const auto line = fmt::format("weir: log: {}.{:09} {}: {}; {}; {}\n", time / second,
                                time % second, config.interface(packet.ingress).name,
                                describe_packet(packet.bytes, packet.wire_size, config),
                                describe(said, config), verdict_text(answer));
  std::fputs(line.c_str(), stderr);
}

}  // namespace weir::program
