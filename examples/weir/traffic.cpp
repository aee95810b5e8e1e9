#include "examples/weir/traffic.hpp"

#include "weir/base/ordered_places.hpp"
#include "weir/pool/random.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/link_header.hpp"
#include "weir/wire/tcp_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace weir::program {

namespace {

constexpr ipv4_address servers_ipv4 = made_internet[0].address().v4();
constexpr ipv6_address servers_ipv6 = made_internet[2].address().v6();
constexpr ipv4_address resolver_ipv4{192, 0, 2, 53};
constexpr ipv4_address strangers{192, 0, 2, 128};

constexpr port first_ephemeral{49'152};

/// Writes down conversations as they happen at the gateway's inner cable.
class scene {
 public:
  explicit scene(const home_options& options)
      : options_{options}, random_{hash_seed{options.seed, 0x686F'6D65}} {}

  std::uint32_t any(std::uint32_t count) { return below(count, random_); }
  duration between(std::int64_t first_us, std::int64_t last_us) {
    return duration::microseconds(first_us + any(static_cast<std::uint32_t>(last_us - first_us)));
  }
  const home_options& options() const { return options_; }

  /// A port of the host that no other conversation of it uses.
  port fresh_port() {
    const auto number = first_ephemeral.number() + next_port_++ % (65'536u - 49'152u);
    return port{static_cast<std::uint16_t>(number)};
  }

  void outward(instant time, std::uint32_t host, packet_bytes packet) {
    frames_.push_back(
        {time, true, {gateway_mac(), host_mac(host)}, type_of(packet), std::move(packet)});
  }
  void inward(instant time, std::uint32_t host, packet_bytes packet) {
    frames_.push_back(
        {time, false, {host_mac(host), gateway_mac()}, type_of(packet), std::move(packet)});
  }
  void add(made_frame frame) { frames_.push_back(std::move(frame)); }

  std::vector<made_frame> take() && {
    const auto order =
        ordered_places(frames_.size(), [&](std::size_t place) { return frames_[place].time; });
    std::vector<made_frame> made;
    made.reserve(order.size());
    for (const auto place : order) made.push_back(std::move(frames_[place]));
    return made;
  }

 private:
  static std::uint16_t type_of(const packet_bytes& packet) {
    return std::to_integer<unsigned>(packet.front()) >> 4 == 4 ? ethertype::ipv4 : ethertype::ipv6;
  }

  home_options options_;
  seeded_random random_;
  std::uint32_t next_port_ = 0;
  std::vector<made_frame> frames_;
};

/// One host that talks to one server.
struct pair_of_hosts {
  std::uint32_t host = 0;
  ip_address inside{};
  ip_address outside{};

  path out(std::uint8_t ttl = usual_ttl) const { return {inside, outside, ttl}; }
  path back(std::uint8_t ttl = 50) const { return {outside, inside, ttl}; }
};

pair_of_hosts any_pair(scene& on) {
  pair_of_hosts made;
  made.host = 1 + on.any(on.options().hosts);
  constexpr std::uint32_t servers = 200;
  const auto server = 1 + on.any(servers);
  if (on.options().inside_ipv6 && on.any(4) == 0) {
    made.inside = host_address(*on.options().inside_ipv6, made.host);
    made.outside = ipv6_address::from_halves(servers_ipv6.high(), server);
  } else {
    made.inside = host_address(on.options().inside, made.host);
    made.outside = ipv4_address{servers_ipv4.bits() + server};
  }
  return made;
}

/// One TCP connection, with both ends' numbers.
class tcp_talk {
 public:
  tcp_talk(scene& on, pair_of_hosts who, instant start, std::uint16_t server_port)
      : on_{on},
        who_{who},
        ports_{on.fresh_port(), port{server_port}},
        round_trip_{on.between(5'000, 80'000)},
        now_{start},
        client_{on.any(~0u)},
        server_{on.any(~0u)} {}

  instant now() const { return now_; }

  void open() {
    client({.flags = tcp_flag::syn, .with_options = true}, {}, 1);
    wait(round_trip_);
    server({.flags = tcp_flag::syn | tcp_flag::ack, .with_options = true}, {}, 1);
    wait(duration::microseconds(150));
    client({.flags = tcp_flag::ack}, {}, 0);
  }

  void ask(const std::string& request) {
    client({.flags = tcp_flag::psh | tcp_flag::ack}, bytes_of(request), 0);
  }

  void answer(std::uint32_t segments) {
    const auto data = filler(largest_segment(who_.back()));
    wait(round_trip_);
    for (std::uint32_t count = 1; count <= segments; ++count) {
      server({.flags = tcp_flag::ack}, data, 0);
      wait(on_.between(20, 400));
      if (count % 2 == 0 || count == segments) {
        client({.flags = tcp_flag::ack}, {}, 0);
      }
    }
  }

  void close() {
    wait(on_.between(1'000, 900'000));
    client({.flags = tcp_flag::fin | tcp_flag::ack}, {}, 1);
    wait(round_trip_);
    server({.flags = tcp_flag::fin | tcp_flag::ack}, {}, 1);
    wait(duration::microseconds(120));
    client({.flags = tcp_flag::ack}, {}, 0);
  }

  void reset() {
    wait(round_trip_);
    server({.flags = tcp_flag::rst | tcp_flag::ack}, {}, 0);
  }

  /// SYNs that nobody answers: sent again after one and after three seconds (RFC 6298).
  void knock_in_vain() {
    for (const auto seconds : {0, 1, 2}) {
      wait(duration::seconds(seconds));
      client({.flags = tcp_flag::syn, .with_options = true}, {}, 0);
    }
  }

 private:
  void wait(duration span) { now_ = now_ + span; }

  /// Sends from the inside; `phantom` counts what SYN and FIN take of the sequence space.
  void client(tcp_segment segment, std::span<const std::byte> data, std::uint32_t phantom) {
    segment.sequence = client_;
    segment.acknowledgment = (segment.flags & tcp_flag::ack) != 0 ? server_ : 0;
    on_.outward(now_, who_.host, tcp_packet(who_.out(), ports_, segment, data));
    client_ += static_cast<std::uint32_t>(data.size()) + phantom;
  }
  void server(tcp_segment segment, std::span<const std::byte> data, std::uint32_t phantom) {
    segment.sequence = server_;
    segment.acknowledgment = client_;
    const port_pair back{ports_.destination, ports_.source};
    on_.inward(now_, who_.host, tcp_packet(who_.back(), back, segment, data));
    server_ += static_cast<std::uint32_t>(data.size()) + phantom;
  }

  scene& on_;
  pair_of_hosts who_;
  port_pair ports_;
  duration round_trip_;
  instant now_;
  std::uint32_t client_;
  std::uint32_t server_;
};

/// A query for a name, and its answer: the end of it.
instant look_up(scene& on, const pair_of_hosts& who, instant start) {
  const port_pair ports{on.fresh_port(), port{53}};
  const auto id = on.any(65'536);
  const auto host = ip_address{host_address(on.options().inside, who.host)};
  const path out{host, ip_address{resolver_ipv4}, usual_ttl};
  const path back{ip_address{resolver_ipv4}, host, 57};
  // One question: www.example, type A, class IN; the answer points back at its name.
  const std::string name{"\3www\7example\0\0\1\0\1", 17};
  const std::string head{static_cast<char>(id >> 8), static_cast<char>(id & 0xFF)};
  const auto query = head + std::string{"\1\0\0\1\0\0\0\0\0\0", 10} + name;
  const auto answer = head + std::string{"\x81\x80\0\1\0\1\0\0\0\0", 10} + name +
                      std::string{"\xC0\x0C\0\1\0\1\0\0\1\x2C\0\4\xC6\x33\x64\1", 16};
  on.outward(start, who.host, udp_packet(out, ports, bytes_of(query)));
  const auto end = start + on.between(3'000, 40'000);
  on.inward(end, who.host, udp_packet(back, {ports.destination, ports.source}, bytes_of(answer)));
  return end;
}

void browse(scene& on, instant start) {
  const auto who = any_pair(on);
  const bool secure = on.any(3) != 0;
  tcp_talk talk{on, who, look_up(on, who, start) + on.between(100, 2'000),
                static_cast<std::uint16_t>(secure ? 443 : 80)};
  talk.open();
  const auto pages = 1 + on.any(4);
  for (std::uint32_t page = 0; page < pages; ++page) {
    talk.ask(fmt::format("GET /{} HTTP/1.1\r\nHost: www.example\r\n\r\n", on.any(1000)));
    talk.answer(1 + on.any(12));
  }
  if (on.any(10) == 0) {
    talk.reset();
  } else {
    talk.close();
  }
}

void connect_in_vain(scene& on, instant start) {
  tcp_talk talk{on, any_pair(on), start, 443};
  talk.knock_in_vain();
}

void ping(scene& on, instant start) {
  const auto who = any_pair(on);
  const bool six = who.inside.is_ipv6();
  const auto id = on.any(65'536);
  const auto data = filler(56);
  for (std::uint32_t sequence = 1; sequence <= 4; ++sequence) {
    const auto time = start + duration::seconds(sequence - 1);
    const icmp_message request{six ? icmpv6_type::echo_request : icmp_type::echo_request, 0,
                               id << 16 | sequence};
    const icmp_message reply{six ? icmpv6_type::echo_reply : icmp_type::echo_reply, 0,
                             id << 16 | sequence};
    on.outward(time, who.host, icmp_packet(who.out(), request, data));
    on.inward(time + on.between(5'000, 60'000), who.host, icmp_packet(who.back(), reply, data));
  }
}

/// Probes with a rising TTL; each router on the way reports, and at last the server.
void trace_route(scene& on, instant start) {
  auto who = any_pair(on);
  who.inside = host_address(on.options().inside, who.host);
  who.outside = ipv4_address{servers_ipv4.bits() + 77};
  constexpr std::uint16_t first_port = 33'434;
  constexpr std::uint8_t hops = 6;
  const auto source = on.fresh_port();
  for (std::uint8_t ttl = 2; ttl <= hops; ++ttl) {
    const auto time = start + duration::milliseconds(60 * ttl);
    const port_pair ports{source, port{static_cast<std::uint16_t>(first_port + ttl)}};
    const auto probe = udp_packet(who.out(ttl), ports, filler(32));
    const auto quote = std::span{probe}.first(ipv4_header::size_min + 8);
    const bool arrived = ttl == hops;
    const icmp_message report{arrived ? icmp_type::unreachable : icmp_type::time_exceeded,
                              arrived ? icmp_code::port_unreachable : std::uint8_t{0}, 0};
    const ip_address router = arrived ? who.outside : ip_address{ipv4_address{192, 0, 2, ttl}};
    on.outward(time, who.host, probe);
    on.inward(time + on.between(4'000, 30'000), who.host,
              icmp_packet({router, who.inside, 60}, report, quote));
  }
}

/// A call: packets of one size both ways, twenty milliseconds apart.
void call(scene& on, instant start) {
  const auto who = any_pair(on);
  const port_pair ports{on.fresh_port(), port{static_cast<std::uint16_t>(16'384 + on.any(8'000))}};
  const auto data = filler(172);
  const auto packets = 20 + on.any(80);
  for (std::uint32_t count = 0; count < packets; ++count) {
    const auto time = start + duration::milliseconds(20 * std::int64_t{count});
    on.outward(time, who.host, udp_packet(who.out(), ports, data));
    on.inward(time + on.between(9'000, 12'000), who.host,
              udp_packet(who.back(), {ports.destination, ports.source}, data));
  }
}

void set_clock(scene& on, instant start) {
  const auto who = any_pair(on);
  const port_pair ports{on.fresh_port(), port{123}};
  const auto data = filler(48);
  on.outward(start, who.host, udp_packet(who.out(), ports, data));
  on.inward(start + on.between(8'000, 50'000), who.host,
            udp_packet(who.back(), {ports.destination, ports.source}, data));
}

/// A stranger who tries the usual doors of one host.
void scan(scene& on, instant start) {
  constexpr std::array<std::uint16_t, 6> doors{22, 23, 80, 445, 3389, 8080};
  const auto host = 1 + on.any(on.options().hosts);
  const ip_address stranger = ipv4_address{strangers.bits() + on.any(100)};
  const path along{stranger, host_address(on.options().inside, host), 44};
  const port source{static_cast<std::uint16_t>(30'000 + on.any(20'000))};
  auto time = start;
  for (const auto door : doors) {
    const tcp_segment syn{.sequence = on.any(~0u), .flags = tcp_flag::syn, .window = 1024};
    on.inward(time, host, tcp_packet(along, {source, port{door}}, syn, {}));
    time = time + on.between(500, 9'000);
  }
}

/// Who has the gateway's address? And the gateway's answer. Neither is IP.
void resolve_gateway(scene& on, instant start) {
  if (on.options().inside.is_ipv6()) {
    return;
  }
  const auto host = 1 + on.any(on.options().hosts);
  const auto half = [&](mac_address mac, std::uint32_t number) {
    packet_bytes made;
    for (const auto octet : mac.octets()) made.push_back(std::byte{octet});
    const auto bits = host_address(on.options().inside, number).v4().bits();
    for (const unsigned shift : {24u, 16u, 8u, 0u}) {
      made.push_back(static_cast<std::byte>(bits >> shift & 0xFF));
    }
    return made;
  };
  const auto message = [](std::uint8_t operation, const packet_bytes& sender,
                          const packet_bytes& target) {
    packet_bytes made;
    constexpr std::array<std::uint8_t, 7> ethernet_and_ipv4{0, 1, 8, 0, 6, 4, 0};
    for (const auto one : ethernet_and_ipv4) made.push_back(std::byte{one});
    made.push_back(std::byte{operation});
    made.insert(made.end(), sender.begin(), sender.end());
    made.insert(made.end(), target.begin(), target.end());
    return made;
  };
  const mac_address everyone{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};
  on.add({start,
          true,
          {everyone, host_mac(host)},
          ethertype::arp,
          message(1, half(host_mac(host), host), half(mac_address{}, 0))});
  on.add({start + duration::microseconds(90),
          false,
          {host_mac(host), gateway_mac()},
          ethertype::arp,
          message(2, half(gateway_mac(), 0), half(host_mac(host), host))});
}

/// A search for services that only the home should hear.
void discover_services(scene& on, instant start) {
  if (on.options().inside.is_ipv6()) {
    return;
  }
  const auto host = 1 + on.any(on.options().hosts);
  const path along{host_address(on.options().inside, host),
                   ip_address{ipv4_address{239, 255, 255, 250}}, 2};
  const std::string search =
      "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: "
      "1\r\n\r\n";
  const mac_address group{{0x01, 0x00, 0x5E, 0x7F, 0xFF, 0xFA}};
  on.add({start,
          true,
          {group, host_mac(host)},
          ethertype::ipv4,
          udp_packet(along, {on.fresh_port(), port{1900}}, bytes_of(search))});
}

void any_conversation(scene& on, instant start) {
  const auto choice = on.any(100);
  if (choice < 60) return browse(on, start);
  if (choice < 68) return call(on, start);
  if (choice < 76) return set_clock(on, start);
  if (choice < 82) return ping(on, start);
  if (choice < 85) return trace_route(on, start);
  if (choice < 89) return connect_in_vain(on, start);
  if (choice < 93) return scan(on, start);
  if (choice < 97) return resolve_gateway(on, start);
  return discover_services(on, start);
}

}  // namespace

mac_address gateway_mac() { return mac_address{{0x02, 0, 0, 0, 0, 0x01}}; }

mac_address host_mac(std::uint32_t host) {
  return mac_address{{0x02, 0, 0, 0x01, static_cast<std::uint8_t>(host >> 8 & 0xFF),
                      static_cast<std::uint8_t>(host & 0xFF)}};
}

ip_address host_address(const ip_prefix& inside, std::uint32_t host) {
  if (inside.is_ipv4()) {
    return ipv4_address{inside.address().v4().bits() + 1 + host};
  }
  const auto first = inside.address().v6();
  return ipv6_address::from_halves(first.high(), first.low() + 1 + host);
}

std::vector<made_frame> home_traffic(const home_options& options) {
  scene on{options};
  const auto microseconds = options.length.count() / 1'000;
  for (std::uint32_t count = 0; count < options.conversations; ++count) {
    const auto share = microseconds * std::int64_t{count} / std::int64_t{options.conversations};
    any_conversation(on, traffic_start + duration::microseconds(share) + on.between(0, 100'000));
  }
  return std::move(on).take();
}

}  // namespace weir::program
