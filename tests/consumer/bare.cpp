#include "weir/weir.hpp"

#include <cstddef>
#include <span>

struct deaf_sink {
  void decided(std::size_t, weir::ram_packet&, const weir::verdict&) noexcept {}
  bool generated(std::span<const std::byte>, const weir::emission&) noexcept { return false; }
};

bool judge_nothing(weir::worker& worker) {
  deaf_sink sink;
  worker.process(weir::ram_burst{}, weir::instant{}, sink);
  return !worker.verify();
}

weir::configuration home() {
  return {
      .interfaces = {{.name = "lan", .addresses = {{weir::ipv4_address{10, 0, 0, 1}, 24}}},
                     {.name = "wan", .zone = "outside"}},
      .routes = {{.to = weir::ipv4_prefix{}, .interface = "wan"}},
      .neighbors = {{.interface = "wan"}},
      .policies = {{.from = "outside",
                    .default_action = weir::action::reject,
                    .rules = {{.action = weir::action::permit, .log = true}}}},
      .nat = {.pools = {{.name = "internet", .external_interface = "wan"}},
              .statics = {{.hairpin = false}},
              .exempt = {{.domain = "default"}}},
      .sessions = {.max = 4096},
  };
}
