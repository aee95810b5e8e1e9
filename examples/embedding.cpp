// The whole of it: a configuration, a worker, a burst of packets in memory, and what became of
// them.

#include "weir/config/load.hpp"
#include "weir/config/located_fault.hpp"
#include "weir/engine/worker.hpp"
#include "weir/packet/ram_packet.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

int complain(const std::vector<weir::config::located_fault>& faults) {
  for (const auto& one : faults) std::fprintf(stderr, "%s\n", weir::config::to_text(one).c_str());
  return 2;
}

// [embedding]
struct printing_sink {
  void decided(std::size_t index, weir::ram_packet&, const weir::verdict& answer) noexcept {
    const auto why = answer.dropped() ? weir::describe(answer.reason()) : std::string_view{};
    std::printf("packet %zu: %s %.*s\n", index, answer.forwarded() ? "forwarded" : "not forwarded",
                static_cast<int>(why.size()), why.data());
  }
  bool generated(std::span<const std::byte>, const weir::emission&) noexcept { return false; }
};

int run(const char* file) {
  const auto loaded = weir::config::load(file);  // a snapshot, or what is wrong with the file
  if (loaded.index() != 0) return complain(std::get<1>(loaded));
  const auto config = std::get<0>(loaded);

  // A UDP datagram from 10.0.0.5:4000 to 192.0.2.1:53, without a checksum.
  std::array<unsigned char, 28> datagram{0x45, 0,    0,  28, 0, 0, 0x40, 0, 64, 17,
                                         0x6E, 0xCB, 10, 0,  0, 5, 192,  0, 2,  1,
                                         0x0F, 0xA0, 0,  53, 0, 8, 0,    0};
  weir::ram_frame frame;
  frame.packet = weir::ram_packet{std::as_writable_bytes(std::span{datagram})};
  frame.meta.ingress = config->find_interface("lan").value();

  std::random_device random;  // ports and hashes that strangers cannot guess (RFC 6056)
  const auto draw = [&] { return std::uint64_t{random()} << 32 | random(); };
  weir::worker worker{config, {.seed = {draw(), draw()}}};
  printing_sink sink;
  worker.process(weir::ram_burst{{&frame, 1}}, weir::instant{}, sink);
  std::printf("it leaves as %u.%u.%u.%u\n", datagram[12], datagram[13], datagram[14], datagram[15]);
  return worker.packets().out.read() == 1 ? 0 : 1;
}
// [embedding]

int main(int count, char** arguments) {
  return run(count > 1 ? arguments[1] : "home-gateway.yaml");
}
