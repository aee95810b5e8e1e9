#include "examples/weir/checksum_completion.hpp"

#include "weir/net/ip_version.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/checksum.hpp"
#include "weir/wire/header_walk.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/ipv6_header.hpp"
#include "weir/wire/tcp_header.hpp"
#include "weir/wire/transport_checksum.hpp"
#include "weir/wire/udp_header.hpp"

#include <cstdint>

namespace weir::program {

namespace {

template <IpVersion V>
bool complete(std::span<std::byte> packet, std::size_t wire_size) noexcept {
  const auto found = walk<V>(packet, wire_size, domain_id{});
  const auto& facts = found.facts;
  const bool is_tcp = facts.message == message_kind::tcp;
  const bool has_sum = is_tcp || facts.message == message_kind::udp;
  if (!facts.ok || !has_sum || facts.fragment != fragment_kind::none || facts.end > packet.size()) {
    return false;
  }
  const auto body = packet.subspan(facts.transport_offset, facts.end - facts.transport_offset);
  const auto at = is_tcp ? tcp_field::checksum : udp_field::checksum;
  const auto pseudo = pseudo_header(found.key.source(), found.key.destination(), facts.transport,
                                    static_cast<std::uint32_t>(body.size()));
  if (load_be<std::uint16_t>(body, at) != pseudo.bits()) {
    return false;
  }
  // The field holds the pseudo header's sum, so the sum over the body is the sum over both.
  store_be(body, at, transport_checksum_of(facts.transport, ones_sum::of(body)).field());
  return true;
}

/// Completes the checksum of an IPv4 header whose field holds nothing; true if there was one.
bool complete_header(std::span<std::byte> packet) noexcept {
  const auto header = ipv4_header::parse(packet);
  return header && header->checksum().field() == 0 && complete_header_checksum(packet);
}

}  // namespace

bool complete_checksum(std::span<std::byte> packet, std::size_t wire_size) noexcept {
  if (is_ipv6(packet)) {
    return complete<ipv6>(packet, wire_size);
  }
  const bool was_open = complete_header(packet);
  return complete<ipv4>(packet, wire_size) || was_open;
}

}  // namespace weir::program
