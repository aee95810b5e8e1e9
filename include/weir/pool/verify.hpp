#pragma once

#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/pool/external_address.hpp"
#include "weir/pool/mapping.hpp"
#include "weir/pool/pool_set.hpp"
#include "weir/pool/port_owner.hpp"
#include "weir/pool/port_space.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// Checks that every port in use belongs to exactly one live mapping of the tables or one claim,
/// that every mapping is found from both sides, and that all counts agree. Answers what is broken,
/// if anything is. The tables are all that take ports from the owner.
template <class... Tables>
std::optional<std::string> verify_ports(const port_owner& owner, const pool_set& pools,
                                        const Tables&... tables);

namespace detail {

/// What is wrong with one mapping, or null.
template <class Table, IpVersion V>
const char* fault_of(const Table& table, mapping_id id, const mapping<V>& one) {
  const auto space = space_of(one.protocol);
  if (!space) return "maps a protocol without ports";
  if (one.external.number() >= table.pools().externals().size()) {
    return "wears an address of no pool";
  }
  if (table.find(one.key()) != id) return "is not found from inside";
  const external_address& external = table.pools().at(one.external);
  const endpoint<ipv4> worn{external.address, one.external_port};
  if (table.find(external_key{external.domain, one.protocol, worn}) != id) {
    return "is not found from outside";
  }
  if (!table.owner().taken(one.external, *space, one.external_port)) return "wears a free port";
  if (table.pools().is_claimed(one.external, *space, one.external_port)) {
    return "wears a claimed port";
  }
  if (!one.has_host) return nullptr;
  if (one.previous.is_none() && table.first_of_host(one.key()) != id) {
    return "is not found by its host";
  }
  if (!one.previous.is_none() && table.at(one.previous).next != id) return "is in a broken list";
  if (!one.next.is_none() && table.at(one.next).previous != id) return "is in a broken list";
  return nullptr;
}

template <class Table>
void verify_table(const Table& table, std::vector<std::uint32_t>& in_use,
                  std::optional<std::string>& fault) {
  std::uint32_t live = 0;
  std::uint32_t hosts = 0;
  table.for_each([&](mapping_id id, const auto& one) {
    if (const char* broken = fault_of(table, id, one); broken != nullptr) {
      if (!fault) fault = "mapping " + std::to_string(id.number()) + " " + broken;
      return;
    }
    ++live;
    if (one.has_host && one.previous.is_none()) ++hosts;
    ++in_use[one.external.number() * port_space_count + number(*space_of(one.protocol))];
  });
  if (fault) return;
  if (live != table.size()) fault = "the table counts other mappings than there are";
  if (2 * live != table.entries()) fault = "index entries are not two for each mapping";
  if (hosts != table.hosts()) fault = "host entries are not one for each host";
}

}  // namespace detail

template <class... Tables>
std::optional<std::string> verify_ports(const port_owner& owner, const pool_set& pools,
                                        const Tables&... tables) {
  std::optional<std::string> fault;
  std::vector<std::uint32_t> in_use(pools.externals().size() * port_space_count);
  (detail::verify_table(tables, in_use, fault), ...);
  for (std::size_t place = 0; place < in_use.size() && !fault; ++place) {
    const external_id external{static_cast<std::uint16_t>(place / port_space_count)};
    const port_space space{static_cast<std::uint8_t>(place % port_space_count)};
    const std::uint32_t expected =
        in_use[place] + port_range{}.size() - ports_left({}, pools.claims_of(external, space));
    if (owner.count(external, space) != expected) {
      fault = "external address " + std::to_string(external.number()) + " counts " +
              std::to_string(owner.count(external, space)) + " ports in use, not " +
              std::to_string(expected);
    }
  }
  return fault;
}

}  // namespace weir
