#pragma once

// Runs the program as a user does, in a folder of its own, and reads what it left behind.

#include "weir/pcap/reader.hpp"

#include "tests/pcap/capture_builder.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/scratch_folder.hpp"

#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::test {

/// What a run printed and answered.
struct run_result {
  int code = -1;
  std::string out;
  std::string err;

  bool says(const std::string& text) const {
    return out.find(text) != std::string::npos || err.find(text) != std::string::npos;
  }
};

/// One frame of a capture, at a time.
struct timed_frame {
  std::int64_t nanoseconds = 0;
  capture_bytes frame;
  std::uint32_t original = 0;  ///< zero, of one to be written: as long as the frame
};

/// A folder that goes away with the test, and the program in it.
class workshop : public scratch_folder {
 public:
  /// Runs `weir` with arguments, as a shell takes them, in the folder; before it another command;
  /// its standard output goes where a redirection says.
  run_result run(const std::string& arguments, const std::string& before = "true",
                 const std::string& redirection = ">out.txt") const {
    const char* const program = std::getenv("WEIR_PROGRAM");
    if (program == nullptr) throw std::runtime_error{"WEIR_PROGRAM names no program"};
    const auto command = "cd '" + path().string() + "' && " + before + " && '" + program + "' " +
                         arguments + " 2>err.txt " + redirection;
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text("out.txt"), text("err.txt")};
  }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream{path() / name, std::ios::binary} << content;
  }
  void write(const std::string& name, const capture_bytes& content) const {
    std::ofstream file{path() / name, std::ios::binary};
    file.write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  }
  /// Writes a capture; nanoseconds, Ethernet unless told otherwise.
  void capture(const std::string& name, const std::vector<timed_frame>& frames,
               std::uint32_t link_type = 1) const {
    write(name, capture_of(frames, link_type));
  }
  static capture_bytes capture_of(const std::vector<timed_frame>& frames,
                                  std::uint32_t link_type = 1) {
    capture_builder made;
    made.pcap_header(0xA1B23C4D, link_type);
    for (const auto& one : frames) {
      const auto size = static_cast<std::uint32_t>(one.frame.size());
      made.pcap_record(static_cast<std::uint32_t>(one.nanoseconds / 1'000'000'000),
                       static_cast<std::uint32_t>(one.nanoseconds % 1'000'000'000), one.frame,
                       one.original == 0 ? size : one.original);
    }
    return made.made();
  }

  std::string text(const std::string& name) const {
    std::ifstream file{path() / name, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(path() / name); }
  nlohmann::json json(const std::string& name) const { return nlohmann::json::parse(text(name)); }

  /// The frames of a capture, which is whole.
  std::vector<timed_frame> frames(const std::string& name) const {
    auto from = pcap::reader::open(*this / name);
    if (!from) throw std::runtime_error{name + " cannot be opened"};
    std::vector<timed_frame> made;
    pcap::record one;
    while (from->next(one)) {
      made.push_back({one.time.since_epoch().count(),
                      capture_bytes(one.bytes.begin(), one.bytes.end()), one.original_length});
    }
    if (from->fault()) throw std::runtime_error{name + ": " + from->fault()->what};
    return made;
  }
};

inline constexpr std::size_t link_header_size = 14;

/// The packet in an Ethernet frame.
inline std::span<const std::byte> packet_in(const capture_bytes& frame) {
  return std::span{frame}.subspan(link_header_size);
}
inline mac_address destination_mac(const capture_bytes& frame) {
  std::array<std::uint8_t, 6> octets{};
  for (std::size_t at = 0; at < 6; ++at) octets[at] = std::to_integer<std::uint8_t>(frame[at]);
  return mac_address{octets};
}
inline mac_address source_mac(const capture_bytes& frame) {
  return destination_mac(capture_bytes(frame.begin() + 6, frame.begin() + 12));
}

inline const mac_address host_station{{0x02, 0, 0, 0, 1, 5}};
inline const mac_address router_station{{0x02, 0, 0, 0, 0, 1}};

/// The digits of bytes, as `weir explain --packet` takes them.
inline std::string hex_digits(std::span<const std::byte> bytes) {
  constexpr std::string_view digits{"0123456789abcdef"};
  std::string made;
  for (const auto one : bytes) {
    made += digits[std::to_integer<std::size_t>(one >> 4)];
    made += digits[std::to_integer<std::size_t>(one & std::byte{0xF})];
  }
  return made;
}

/// A frame from the inside host to the router.
inline capture_bytes outward(const packet_bytes& packet) {
  return ethernet(packet, router_station, host_station);
}
/// A frame from the router to the inside host, as a tap inside sees it.
inline capture_bytes inward(const packet_bytes& packet) {
  return ethernet(packet, host_station, router_station);
}

/// A home behind one address: what the tests replay through.
inline const std::string home_yaml = R"(
interfaces:
  lan: { addresses: [10.0.0.1/24, "2001:db8:1::1/64"], zone: inside }
  wan: { addresses: [203.0.113.1/24, "2001:db8:ffff::2/64"], zone: outside }
routes:
  - { to: 0.0.0.0/0, via: 203.0.113.254, interface: wan }
  - { to: "::/0", via: "2001:db8:ffff::1", interface: wan }
neighbors:
  - { address: 203.0.113.254, interface: wan, mac: "02:00:00:00:00:fe" }
policies:
  - name: outbound
    from: inside
    to: outside
    default: permit-stateful-nat
    rules:
      - { name: native, action: permit-stateful, family: ipv6 }
      - { name: no-smtp, action: reject, protocol: tcp, destination-port: 25 }
  - { name: inbound, from: outside, to: inside, default: deny }
  - { name: box-out, from: local, to: outside, default: permit-stateful }
  - { name: home-to-box, from: inside, to: local, default: permit-stateful }
nat:
  pools:
    - { name: internet, internal: [10.0.0.0/24], external: wan, zone: outside }
)";

/// One that forwards and translates nothing.
inline const std::string router_yaml = R"(
interfaces:
  lan: { addresses: [10.0.0.1/24], zone: inside }
  wan: { addresses: [192.0.2.1/24], zone: outside }
policies:
  - { name: out, from: inside, to: outside, default: permit-stateful }
  - { name: in, from: outside, to: inside, default: permit-stateful }
)";

}  // namespace weir::test
