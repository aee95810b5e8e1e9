#include "examples/weir/reverse.hpp"

#include "weir/net/text.hpp"
#include "weir/pool/pool.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_choice.hpp"
#include "weir/pool/port_space.hpp"

#include "examples/weir/failure.hpp"
#include "examples/weir/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::program {

namespace {

protocol checked_protocol(const std::string& text) {
  constexpr std::array<protocol, 6> mapped{protocol::tcp,  protocol::udp,      protocol::icmp,
                                           protocol::sctp, protocol::udp_lite, protocol::dccp};
  for (const auto one : mapped) {
    if (name(one) == text) return one;
  }
  throw usage_failure(
      fmt::format("--protocol {}: no protocol that is mapped; tcp, udp, icmp, sctp, udplite and "
                  "dccp are",
                  text));
}

endpoint<ipv4> checked_endpoint(const std::string& text) {
  const auto made = parse_endpoint(text);
  if (!made || !made->address.is_ipv4()) {
    throw usage_failure(fmt::format(
        "--reverse {}: not an external endpoint; write it like 203.0.113.1:40000", text));
  }
  return {made->address.v4(), made->port};
}

/// The pool that keeps IKE's port for a host, though it lies outside of what it gives; or null.
const pool* ike_keeper(const external_key& asked, const snapshot& config) {
  const auto& pools = config.pools();
  const auto& address = asked.endpoint.address;
  const auto external = pools.find({asked.domain, address});
  if (asked.protocol != protocol::udp || asked.endpoint.port != ike_port || !external ||
      pools.is_claimed(*external, port_space::udp, ike_port)) {
    return nullptr;
  }
  const auto all = pools.pools();
  const auto found = std::find_if(all.begin(), all.end(), [&](const pool& one) {
    return one.external_domain == asked.domain && one.is_external(address) && !one.plan &&
           one.manners.preserve_port && one.gives_ike_port;
  });
  return found == all.end() ? nullptr : &*found;
}

/// What arithmetic says of an endpoint that no live mapping wears; nothing where its domain knows
/// nothing of the address. What no pool gives of the box's own address is the box's.
std::optional<std::string> pool_answer(const external_key& asked, const snapshot& config) {
  const auto& address = asked.endpoint.address;
  const auto answer = config.pools().inverse({asked.domain, address}, *space_of(asked.protocol),
                                             asked.endpoint.port);
  const bool is_own = config.is_own(asked.domain, address);
  const std::string_view owner = is_own ? "the box's own" : "nobody's";
  if (answer.outcome == inverse_outcome::no_pool) {
    return is_own ? std::optional{fmt::format("{}: no pool has the address", owner)} : std::nullopt;
  }
  const auto& pool = config.raw().nat.pools[answer.pool.number()].name;
  switch (answer.outcome) {
    case inverse_outcome::host:
      return fmt::format("{}: pool \"{}\" gives it ports {}-{}", to_text(answer.internal), pool,
                         answer.ports.first().number(), answer.ports.last().number());
    case inverse_outcome::dynamic_pool:
      return fmt::format("nobody's: pool \"{}\" may give it, and no mapping wears it", pool);
    case inverse_outcome::port_not_given:
      if (const auto* const keeper = ike_keeper(asked, config)) {
        return fmt::format(
            "nobody's: pool \"{}\" gives it only to a host that sends from it, and no mapping "
            "wears it",
            config.raw().nat.pools[keeper->id.number()].name);
      }
      return fmt::format("{}: pool \"{}\" does not give this port", owner, pool);
    case inverse_outcome::claimed:
      return fmt::format("{}: pool \"{}\" never gives this port, it is reserved", owner, pool);
    case inverse_outcome::no_host:
      return fmt::format("nobody's: pool \"{}\" has this port left over", pool);
    case inverse_outcome::no_pool:
      break;
  }
  return std::nullopt;
}

/// The static entries that the endpoint leads to: each zone may have one of its own.
std::vector<static_match> static_entries(const static_query& asked, const snapshot& config) {
  std::vector<static_match> made;
  for (const auto& interface : config.interfaces()) {
    auto query = asked;
    query.external_zone = interface.zone;
    const auto found = config.statics().find_internal(query);
    const bool is_new = found && std::none_of(made.begin(), made.end(), [&](const auto& one) {
                          return one.index == found->index;
                        });
    if (is_new) made.push_back(*found);
  }
  return made;
}

std::string static_text(const static_match& entry, const snapshot& config) {
  const auto& zone = config.raw().nat.statics[entry.index].zone;
  return fmt::format("{}: static entry {}{}", text(entry.endpoint.address, entry.endpoint.port),
                     entry.index + 1, zone.empty() ? "" : ", for zone " + zone);
}

std::string mapping_text(const mapping<ipv4>& one) {
  const auto sessions = fmt::format("{} session{}", one.sessions, one.sessions == 1 ? "" : "s");
  return one.pool.is_none() ? fmt::format("the box's own: {} of its own", sessions)
                            : fmt::format("{}: a mapping of {}",
                                          text(one.internal_address, one.internal_port), sessions);
}

/// Whose an endpoint of a domain is; nobody where the domain knows nothing of its address.
std::vector<std::string> owners_of(const external_key& asked, const snapshot& config,
                                   const mapping_search& search) {
  std::vector<std::string> made;
  for (const auto& one :
       static_entries({asked.domain, asked.protocol, asked.endpoint, {}}, config)) {
    made.push_back(static_text(one, config));
  }
  if (!made.empty()) {
    return made;
  }
  if (const auto found = search(asked)) {
    made.push_back(mapping_text(*found));
  } else if (auto answer = pool_answer(asked, config)) {
    made.push_back(std::move(*answer));
  }
  return made;
}

}  // namespace

void explain_reverse(const std::string& endpoint_text, const std::string& protocol_name,
                     const snapshot& config, const mapping_search& search) {
  const auto asked = checked_endpoint(endpoint_text);
  const auto kind = checked_protocol(protocol_name);
  const auto subject = fmt::format("{} {}", name(kind), text(asked.address, asked.port));
  bool is_known = false;
  for (std::size_t number = 0; number < config.domains(); ++number) {
    const domain_id domain{static_cast<std::uint16_t>(number)};
    const auto where = config.domains() == 1
                           ? std::string{}
                           : fmt::format(" in domain {}", config.domain_name(domain));
    for (const auto& whose : owners_of({domain, kind, asked}, config, search)) {
      fmt::print("{}{} is {}\n", subject, where, whose);
      is_known = true;
    }
  }
  if (!is_known) {
    fmt::print("{} is nobody's: no pool has the address\n", subject);
  }
}

}  // namespace weir::program
