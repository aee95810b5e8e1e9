#pragma once

// A box under test: packets in as bytes, and what became of each one, verified, out.

#include "weir/engine/configuration.hpp"
#include "weir/engine/worker.hpp"
#include "weir/net/text.hpp"
#include "weir/time/clock.hpp"

#include "tests/support/checksum_oracle.hpp"
#include "tests/support/compiled.hpp"
#include "tests/support/owned_packet.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::test {

/// A packet to a box: the interface it comes in by, by name, which goes before what `meta` says.
struct sent_packet {
  std::string interface;
  packet_bytes bytes;
  packet_meta meta{};
};

/// A packet that weir made.
struct made_packet {
  packet_bytes bytes;
  emission where;
};

/// What became of one packet.
struct fate {
  verdict decision = verdict::consume();
  packet_bytes bytes;  ///< as it left
  std::vector<made_packet> answers;

  bool forwarded() const { return decision.forwarded(); }
  bool delivered() const { return decision.delivered(); }
  bool dropped_for(drop_reason reason) const {
    return decision.dropped() && decision.reason() == reason;
  }
  /// The verdict in words, for messages of failed tests.
  std::string text() const {
    switch (decision.kind()) {
      case verdict_kind::forward:
        return "forward";
      case verdict_kind::deliver:
        return "deliver";
      case verdict_kind::consume:
        return "consume";
      case verdict_kind::drop:
        return "drop " + std::string{name(decision.reason())};
    }
    return {};
  }

  /// The addresses and ports of the packet as it left.
  flow_key<ipv4> flow() const { return unpack(walk<ipv4>(bytes, bytes.size(), {}).key); }
  flow_key<ipv6> flow6() const { return unpack(walk<ipv6>(bytes, bytes.size(), {}).key); }
  std::string source() const { return to_text(flow().source.address); }
  std::string destination() const { return to_text(flow().destination.address); }
  unsigned source_port() const { return flow().source.port.number(); }
  unsigned destination_port() const { return flow().destination.port.number(); }
};

/// Keeps what the engine decides.
class recording_sink {
 public:
  explicit recording_sink(std::vector<fate>& fates) : fates_{&fates} {}

  void decided(std::size_t index, ram_packet& packet, const verdict& answer) noexcept {
    auto& one = fates_->at(index);
    one.decision = answer;
    const auto bytes = std::as_const(packet).bytes();
    one.bytes.assign(bytes.begin(), bytes.end());
  }
  bool generated(std::span<const std::byte> bytes, const emission& where) noexcept {
    fates_->at(where.about).answers.push_back({{bytes.begin(), bytes.end()}, where});
    return true;
  }

 private:
  std::vector<fate>* fates_;
};
static_assert(Sink<recording_sink, ram_packet>);

/// A worker of any traits with a clock, driven by name of interface.
template <EngineTraits Traits = default_traits>
class basic_gateway {
 public:
  explicit basic_gateway(const configuration& raw, const worker_options& options = unbounded())
      : worker_{compiled(raw), options} {}

  static worker_options unbounded() {
    worker_options made;
    made.seed = {1, 2};
    made.reclaim_budget = reclaim_unbounded;
    return made;
  }

  /// What becomes of one packet that comes in by the interface.
  fate sends(std::string_view interface, const packet_bytes& bytes, packet_meta meta = {}) {
    return burst({{std::string{interface}, bytes, meta}}).front();
  }
  fate sends(std::string_view interface, const builder& packet, packet_meta meta = {}) {
    return sends(interface, packet.bytes(), meta);
  }

  /// What becomes of packets that come in together. Every packet that leaves, and every answer, is
  /// held against the oracle, and the tables against each other: what is wrong is thrown.
  std::vector<fate> burst(const std::vector<sent_packet>& packets);

  void advance(duration by) { clock_.advance(by); }
  instant now() const { return clock_.now(); }
  interface_id id_of(std::string_view name) const {
    return worker_.config().find_interface(name).value();
  }
  std::string egress_of(const fate& one) const {
    return worker_.config().interface(one.decision.egress()).name;
  }
  basic_worker<Traits>& worker() { return worker_; }
  const basic_worker<Traits>& worker() const { return worker_; }

 private:
  /// Walking all tables is slow: long runs have it done now and then.
  static constexpr std::uint64_t bursts_all_verified = 200;

  std::uint64_t bursts_ = 0;
  manual_clock clock_{instant::from_epoch(duration::seconds(1'000'000))};
  basic_worker<Traits> worker_;
};
using gateway = basic_gateway<>;

namespace detail {

/// Throws what is wrong with a packet that left, where the one that came in was right; what came
/// in corrupt must not look valid.
inline void judge_passed(const sent_packet& sent, const packet_bytes& after) {
  const auto& before = sent.bytes;
  if (sent.meta.transport == checksum_state::partial) {
    if (covers_pseudo_header_alone(before) && !covers_pseudo_header_alone(after)) {
      throw std::logic_error{"a packet left whose partial checksum is wrong"};
    }
  } else if (wrong_with(before).empty()) {
    const auto fault = wrong_with(after);
    if (!fault.empty()) throw std::logic_error{"a packet left and " + fault};
  } else if (judge_transport(before) == checksum_verdict::wrong &&
             judge_transport(after) != checksum_verdict::wrong) {
    throw std::logic_error{"a corrupt packet left and looks valid"};
  }
}

}  // namespace detail

template <EngineTraits Traits>
std::vector<fate> basic_gateway<Traits>::burst(const std::vector<sent_packet>& packets) {
  owned_burst memory;
  for (auto [interface, bytes, meta] : packets) {
    meta.ingress = id_of(interface);
    memory.add(bytes, meta);
  }
  std::vector<fate> fates(packets.size());
  recording_sink sink{fates};
  worker_.process(memory.burst(), clock_.now(), sink);
  for (std::size_t i = 0; i < fates.size(); ++i) {
    const auto& one = fates[i];
    if (!one.decision.dropped()) detail::judge_passed(packets[i], one.bytes);
    for (const auto& answer : one.answers) {
      // It quotes the packet as received: what was wrong with that one still is.
      const auto fault = wrong_with(answer.bytes);
      const bool is_own = judge_transport(answer.bytes) != checksum_verdict::right ||
                          wrong_with(packets[i].bytes).empty();
      if (!fault.empty() && is_own) throw std::logic_error{"an answer left and " + fault};
    }
  }
  if (++bursts_ < bursts_all_verified || bursts_ % bursts_all_verified == 0) {
    if (const auto fault = worker_.verify()) throw std::logic_error{*fault};
  }
  return fates;
}

/// `10.0.0.1/24` as an interface's address.
inline interface_address_configuration own(std::string_view text) {
  const auto slash = text.find('/');
  return {parse_ip_address(text.substr(0, slash)).value(),
          static_cast<unsigned>(std::stoul(std::string{text.substr(slash + 1)}))};
}

/// Two zones, inside 10.0.0.0/24 on `lan` and outside 203.0.113.0/24 on `wan` with a default
/// route; what leaves the inside is tracked, and nothing comes in.
inline configuration two_zones(action outbound = action::permit_stateful) {
  configuration raw;
  raw.interfaces.resize(2);
  raw.interfaces[0].name = "lan";
  raw.interfaces[0].zone = "inside";
  raw.interfaces[0].addresses = {own("10.0.0.1/24"), own("2001:db8:1::1/64")};
  raw.interfaces[1].name = "wan";
  raw.interfaces[1].zone = "outside";
  raw.interfaces[1].addresses = {own("203.0.113.1/24"), own("2001:db8:2::1/64")};
  route_configuration four;
  four.to = ip_prefix{ipv4_prefix{}};
  four.via = parse_ip_address("203.0.113.254");
  four.interface = "wan";
  route_configuration six;
  six.to = ip_prefix{ipv6_prefix{}};
  six.via = parse_ip_address("2001:db8:2::fe");
  six.interface = "wan";
  raw.routes = {four, six};
  policy_configuration out;
  out.name = "outbound";
  out.from = "inside";
  out.to = "outside";
  out.default_action = outbound;
  raw.policies = {out};
  raw.sessions.max = 1000;
  return raw;
}

/// The same with a one-address gateway: what leaves wears 203.0.113.1.
inline configuration home_gateway() {
  auto raw = two_zones(action::permit_stateful_nat);
  pool_configuration pool;
  pool.name = "internet";
  pool.internal = {ip_prefix{*parse_prefix("10.0.0.0/24")}};
  pool.external_interface = "wan";
  pool.zone = "outside";
  raw.nat.pools = {pool};
  return raw;
}

/// One more policy for a pair of zones.
inline policy_configuration& add_policy(configuration& raw, std::string from, std::string to,
                                        action otherwise) {
  policy_configuration made;
  made.name = from + "-" + to;
  made.from = std::move(from);
  made.to = std::move(to);
  made.default_action = otherwise;
  raw.policies.push_back(std::move(made));
  return raw.policies.back();
}

}  // namespace weir::test
