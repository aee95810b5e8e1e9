#pragma once

#include "weir/engine/snapshot.hpp"
#include "weir/net/flow_key.hpp"
#include "weir/observe/observer.hpp"
#include "weir/policy/rule.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace weir::program {

/// A flow: `tcp 10.0.0.5:49152 -> 198.51.100.7:443`, `icmp 10.0.0.5 -> 198.51.100.7, id 7`. An
/// ICMP query's identifier stands at the end that asked, which is the source's for `original`.
std::string describe(const flow_facts& flow, direction way = direction::original);

/// A packet by its headers, as far as the configuration lets them be read: its flow, what it is,
/// its size and TTL.
std::string describe_packet(std::span<const std::byte> packet, std::size_t wire_size,
                            const snapshot& config);

/// What the policy said: which policy, which of its rules, and what that does.
std::string describe(const judgement& said, const snapshot& config);

/// Where a next hop leads.
std::string describe(next_hop_id hop, const snapshot& config);

/// Why an address was translated.
std::string_view describe(translation_kind kind) noexcept;

}  // namespace weir::program
