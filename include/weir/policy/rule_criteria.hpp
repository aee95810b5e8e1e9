#pragma once

#include "weir/net/flow_key.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"
#include "weir/policy/query.hpp"
#include "weir/policy/rule.hpp"

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// What one rule asks of packets of one family.
template <IpVersion V>
class rule_criteria {
 public:
  explicit rule_criteria(const rule& source)
      : sources_{blocks_of(source.sources)},
        destinations_{blocks_of(source.destinations)},
        source_ports_{joined(source.source_ports)},
        destination_ports_{joined(source.destination_ports)},
        icmp_types_{source.icmp_types},
        icmp_codes_{source.icmp_codes},
        tcp_flags_set_{source.tcp_flags_set},
        tcp_flags_clear_{source.tcp_flags_clear},
        tcp_established_{source.tcp_established},
        fragment_{source.fragment} {
    for (const auto one : source.protocols) {
      protocols_.set(number(one));
    }
    if (source.protocols.empty()) {
      protocols_.set();
    }
    const bool is_other_family = source.family && *source.family != family_of<V>;
    const bool has_no_source = !source.sources.empty() && sources_.empty();
    const bool has_no_destination = !source.destinations.empty() && destinations_.empty();
    if (is_other_family || has_no_source || has_no_destination) {
      protocols_.reset();
    }
    narrow_protocols();
    const bool opens_sessions = source.action >= action::permit_stateful;
    meets_authentication_ = V::number == 6 && !opens_sessions && !protocols_.all() &&
                            protocols_.test(number(protocol::ah));
  }

  /// What the rule says about a packet.
  rule_answer answer(const policy_query<V>& query) const noexcept {
    const auto& flow = query.flow;
    if (!meets_protocol(query) || !meets_fragment(query.fragment) ||
        !holds(sources_, flow.source.address) || !holds(destinations_, flow.destination.address)) {
      return rule_answer::no;
    }
    if (!needs_header()) {
      return rule_answer::yes;
    }
    if (!query.header_known) {
      return rule_answer::needs_header;
    }
    return meets_header(query) ? rule_answer::yes : rule_answer::no;
  }

  /// The disjoint blocks that hold the source; none is every address.
  std::span<const prefix<V>> sources() const noexcept { return sources_; }
  std::span<const prefix<V>> destinations() const noexcept { return destinations_; }
  /// The disjoint ranges that hold the source port; none is every packet.
  std::span<const port_range> source_ports() const noexcept { return source_ports_; }
  std::span<const port_range> destination_ports() const noexcept { return destination_ports_; }

  /// The protocols of packets that may match.
  const std::bitset<256>& protocols() const noexcept { return protocols_; }
  /// Whether packets of further protocols match where an authentication header comes before them.
  bool meets_authentication() const noexcept { return meets_authentication_; }
  /// Whether something of the transport header is asked for.
  bool needs_header() const noexcept { return needs_ports() || needs_flags() || needs_icmp(); }
  /// Whether a part of the transport header is asked for that is no port.
  bool needs_flags_or_icmp() const noexcept { return needs_flags() || needs_icmp(); }
  /// Whether it matters which piece of a datagram the packet is.
  bool needs_fragment() const noexcept { return fragment_ != fragment_match::unspecified; }

 private:
  static std::vector<prefix<V>> blocks_of(std::span<const ip_prefix> listed) {
    std::vector<prefix<V>> blocks;
    for (const auto& block : listed) {
      if (block.address().family() == family_of<V>) {
        blocks.push_back(block.template as<V>());
      }
    }
    // A block that holds others sorts before them.
    std::ranges::sort(blocks);
    const auto inner = [](const auto& outer, const auto& block) { return outer.contains(block); };
    blocks.erase(std::ranges::unique(blocks, inner).begin(), blocks.end());
    return blocks;
  }

  /// The same ports as disjoint ranges.
  static std::vector<port_range> joined(std::vector<port_range> ranges) {
    std::ranges::sort(ranges);
    std::vector<port_range> made;
    for (const auto& range : ranges) {
      if (made.empty() || made.back().last() < range.first()) {
        made.push_back(range);
      } else {
        const auto last = std::max(made.back().last(), range.last());
        made.back() = *port_range::between(made.back().first(), last);
      }
    }
    return made;
  }

  /// Takes away the protocols that lack what the rule asks for.
  void narrow_protocols() noexcept {
    for (unsigned value = 0; value < protocols_.size(); ++value) {
      const auto transport = static_cast<protocol>(value);
      if ((needs_ports() && !has_ports(transport)) || (needs_icmp() && transport != own_icmp) ||
          (needs_flags() && transport != protocol::tcp)) {
        protocols_.reset(value);
      }
    }
  }

  bool needs_ports() const noexcept {
    return !source_ports_.empty() || !destination_ports_.empty();
  }
  bool needs_flags() const noexcept {
    return tcp_flags_set_ != 0 || tcp_flags_clear_ != 0 || tcp_established_;
  }
  bool needs_icmp() const noexcept { return !icmp_types_.empty() || !icmp_codes_.empty(); }

  template <class Block, class Value>
  static bool holds(const std::vector<Block>& blocks, Value value) noexcept {
    return blocks.empty() ||
           std::ranges::any_of(blocks, [&](const auto& block) { return block.contains(value); });
  }

  bool meets_protocol(const policy_query<V>& query) const noexcept {
    return protocols_.test(number(query.flow.protocol)) ||
           (meets_authentication_ && query.authenticated);
  }

  bool meets_header(const policy_query<V>& query) const noexcept {
    const auto flags = query.tcp_flags;
    return holds(source_ports_, query.flow.source.port) &&
           holds(destination_ports_, query.flow.destination.port) &&
           holds(icmp_types_, query.icmp_type) && holds(icmp_codes_, query.icmp_code) &&
           (flags & tcp_flags_set_) == tcp_flags_set_ && (flags & tcp_flags_clear_) == 0 &&
           (!tcp_established_ || (flags & tcp_ack_or_rst) != 0);
  }

  bool meets_fragment(fragment_kind kind) const noexcept {
    switch (fragment_) {
      case fragment_match::unspecified:
        return true;
      case fragment_match::later:
        return kind == fragment_kind::later;
      case fragment_match::first:
        return kind == fragment_kind::first;
      case fragment_match::any:
        return kind != fragment_kind::none;
      case fragment_match::none:
        return kind == fragment_kind::none;
    }
    return false;
  }

  /// What the other family calls its ICMP is a protocol without types here.
  static constexpr protocol own_icmp = V::number == 4 ? protocol::icmp : protocol::icmpv6;

  std::vector<prefix<V>> sources_;
  std::vector<prefix<V>> destinations_;
  std::bitset<256> protocols_;
  std::vector<port_range> source_ports_;
  std::vector<port_range> destination_ports_;
  std::vector<icmp_range> icmp_types_;
  std::vector<icmp_range> icmp_codes_;
  std::uint8_t tcp_flags_set_;
  std::uint8_t tcp_flags_clear_;
  bool tcp_established_;
  bool meets_authentication_;
  fragment_match fragment_;
};

}  // namespace weir
