// The whole of it: a configuration, a worker, a burst of packets in memory, and what became of
// them.

// [embedding]
#include "weir/config.hpp"
#include "weir/weir.hpp"

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <random>
#include <span>
#include <variant>

struct printing_sink {
  void decided(std::size_t index, weir::ram_packet&, const weir::verdict& answer) noexcept {
    std::cout << "packet " << index << ": "
              << (answer.dropped() ? weir::describe(answer.reason()) : "not dropped") << '\n';
  }
  bool generated(std::span<const std::byte>, const weir::emission&) noexcept { return false; }
};

int run(const char* file) {
  const auto loaded = weir::config::load(file);  // a snapshot, or what is wrong with the file
  if (const auto* faults = std::get_if<1>(&loaded)) {
    for (const auto& one : *faults) std::cerr << weir::config::to_text(one) << '\n';
    return 2;
  }
  const auto config = std::get<0>(loaded);
  const auto lan = config->find_interface("lan");
  if (!lan) {
    std::cerr << file << " has no interface \"lan\", by which the packet comes in\n";
    return 2;
  }

  // A UDP datagram from 10.0.0.5:4000 to 192.0.2.1:53, without a checksum.
  unsigned char datagram[]{0x45, 0, 0,   28, 0, 0, 0x40, 0,    64, 17, 0x6E, 0xCB, 10, 0,
                           0,    5, 192, 0,  2, 1, 0x0F, 0xA0, 0,  53, 0,    8,    0,  0};
  weir::ram_frame frame;
  frame.packet = weir::ram_packet{std::as_writable_bytes(std::span{datagram})};
  frame.meta.ingress = *lan;

  std::random_device random;  // ports and hashes that strangers cannot guess (RFC 6056)
  const auto draw = [&] { return std::uint64_t{random()} << 32 | random(); };
  weir::worker worker{config, {.seed = {draw(), draw()}}};
  printing_sink sink;
  worker.process(weir::ram_burst{{&frame, 1}}, weir::instant{}, sink);
  std::cout << "it leaves as " << +datagram[12] << '.' << +datagram[13] << '.' << +datagram[14]
            << '.' << +datagram[15] << '\n';
  return worker.packets().out.read() == 1 ? 0 : 1;
}
// [embedding]

int main(int count, char** arguments) {
  return run(count > 1 ? arguments[1] : "home-gateway.yaml");
}
