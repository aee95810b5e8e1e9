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
