#pragma once

// Translation: pools, static mappings, exemptions.

#include "weir/config/fields.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/policy_keys.hpp"
#include "weir/config/scalar.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config::detail {

// --- pools -------------------------------------------------------------------------------------

/// External prefixes, or the name of the interface whose addresses serve.
inline void read_external(const value& from, pool_configuration& into) {
  const bool alone = from.is(node_kind::list) && from.here().items.size() == 1;
  const value one = alone ? from.element(0) : from;
  const bool name = one.is(node_kind::scalar) && !one.text().empty() &&
                    one.text().find_first_of(":/@") == std::string_view::npos &&
                    one.text().find_first_not_of("0123456789.") != std::string_view::npos;
  if (name) {
    read_name(one, into.external_interface);
  } else {
    read_prefixes(from, into.external);
  }
}

/// One range: what a pool leaves out of it, `reserved-ports` says.
inline void read_pool_ports(const value& from, std::optional<port_range>& into) {
  if (from.is(node_kind::list)) {
    from.refuse_kind("one range such as 1024-65535, and reserved-ports for what is left out");
    return;
  }
  read_with(from, into, "a range such as 1024-65535",
            [](std::string_view word) -> read_scalar<port_range> { return read_ports(word, 1); });
}

/// Mappings are endpoint-independent, which is all that can be said.
inline void read_mapping_kind(const value& from, pool_configuration&) {
  read_sole_choice(from, "endpoint-independent", "address-dependent", "address-and-port-dependent");
}
inline void read_filtering_kind(const value& from, endpoint_filtering& into) {
  read_choice<endpoint_filtering>(
      from, into,
      {{"endpoint-independent", endpoint_filtering::endpoint_independent},
       {"address-dependent", {}},
       {"address-and-port-dependent", endpoint_filtering::address_and_port_dependent}});
}

/// A query is answered by whom it asks, which is all that can be said.
inline void read_icmp_filtering(const value& from, pool_configuration&) {
  read_sole_choice(from, "address-and-port-dependent", "endpoint-independent", "address-dependent");
}

inline constexpr key<pool_configuration> mapping_keys[] = {
    {"tcp", read_mapping_kind},
    {"udp", read_mapping_kind},
    {"icmp", read_mapping_kind},
};
inline constexpr key<pool_configuration> filtering_keys[] = {
    {"tcp", member<&pool_configuration::filtering_tcp, read_filtering_kind>},
    {"udp", member<&pool_configuration::filtering_udp, read_filtering_kind>},
    {"icmp", read_icmp_filtering},
};

inline void read_mapping(const value& from, pool_configuration& into) {
  if (from.is(node_kind::map)) {
    read_map(from, into, mapping_keys);
  } else {
    read_mapping_kind(from, into);
  }
}

inline void read_filtering(const value& from, pool_configuration& into) {
  if (from.is(node_kind::map)) {
    read_map(from, into, filtering_keys);
    return;
  }
  endpoint_filtering all = into.filtering_tcp;
  read_filtering_kind(from, all);
  into.filtering_tcp = all;
  into.filtering_udp = all;
}

/// New flows from outside without a mapping are dropped, whatever is absent.
inline void read_unsolicited_syn(const value& from, pool_configuration&) {
  read_sole_choice(from, "drop", "hold");
}

inline void read_exhausted(const value& from, exhaustion_answer& into) {
  read_choice<exhaustion_answer>(from, into,
                                 {{"silent", exhaustion_answer::silent},
                                  {"admin-prohibited", exhaustion_answer::admin_prohibited},
                                  {"host-unreachable", exhaustion_answer::host_unreachable}});
}

inline constexpr key<pool_configuration> deterministic_keys[] = {
    {"ports-per-host",
     [](const value& from, pool_configuration& into) {
       read_number_into(from, into.ports_per_host, 1, 65535);
     }},
    {"overflow",
     [](const value& from, pool_configuration&) {
       if (from.expect(node_kind::scalar, "none") && from.text() != "none") {
         from.refuse_choice();
       }
     }},
};

inline constexpr key<pool_configuration> pool_keys[] = {
    {"name", member<&pool_configuration::name, read_name>, true},
    {"internal", member<&pool_configuration::internal, read_prefixes>, true},
    {"external", read_external, true},
    {"zone", member<&pool_configuration::zone, read_name>},
    {"domain", member<&pool_configuration::domain, read_name>},
    {"external-domain", member<&pool_configuration::external_domain, read_name>},
    {"ports", member<&pool_configuration::ports, read_pool_ports>},
    {"reserved-ports", member<&pool_configuration::reserved_ports, read_given_ports>},
    {"mode",
     [](const value& from, pool_configuration& into) {
       read_choice<bool>(from, into.deterministic, {{"dynamic", false}, {"deterministic", true}});
     }},
    {"mapping", read_mapping},
    {"filtering", read_filtering},
    {"preserve-port", member<&pool_configuration::preserve_port, read_flag>},
    {"preserve-parity", member<&pool_configuration::preserve_parity, read_flag>},
    {"preserve-range", member<&pool_configuration::preserve_range, read_flag>},
    {"paired", member<&pool_configuration::paired, read_flag>},
    {"when-paired-full",
     [](const value& from, pool_configuration& into) {
       read_choice<bool>(from, into.paired_full_takes_other, {{"refuse", false}, {"other", true}});
     }},
    {"inbound-refresh", member<&pool_configuration::inbound_refresh, read_flag>},
    {"block", nullptr},
    {"hold-down", nullptr},
    {"unsolicited-syn", read_unsolicited_syn},
    {"exhausted", member<&pool_configuration::exhausted, read_exhausted>},
    {"per-host", nullptr},
    {"deterministic",
     [](const value& from, pool_configuration& into) {
       const auto pool = from.path().substr(0, from.path().rfind('.'));
       const bool is_dynamic = !into.deterministic && !from.run().unread.covers(pool + ".mode");
       if (read_map(from, into, deterministic_keys) && is_dynamic) {
         from.refuse("deterministic does nothing in a dynamic pool", "mode: deterministic");
       }
     }},
};

inline void read_pools(const value& from, std::vector<pool_configuration>& into) {
  read_maps(from, into, pool_keys);
  unique_names names{"pool"};
  for (std::size_t i = 0; i < into.size(); ++i) {
    names.add(from.element(i), into[i].name);
  }
}

// --- static mappings and exemptions ------------------------------------------------------------

/// A mapping as it is written: one for each of its protocols.
struct written_static : static_configuration {
  std::vector<weir::protocol> protocols;
};

inline void read_static_external(const value& from, written_static& into) {
  optional_endpoint end;
  read_with(from, end, "an IPv4 address, or one with a port", read_endpoint);
  into.external = end.address;
  into.external_port = end.port;
}

inline void read_static_internal(const value& from, written_static& into) {
  if (from.is(node_kind::list)) {
    from.refuse("a list of internal endpoints has no engine part yet", "remove it");
    return;
  }
  optional_endpoint end;
  read_with(from, end, "an IPv4 address, or one with a port", read_endpoint);
  into.internal = end.address;
  into.internal_port = end.port;
}

inline void read_static_protocols(const value& from, std::vector<protocol>& into) {
  read_protocols(from, into);
  std::set<protocol> known;
  for (const protocol one : into) {
    if (!known.insert(one).second) {
      const auto word = name(one);
      from.refuse(
          "protocol lists " + (word.empty() ? std::to_string(number(one)) : shown(word)) + " twice",
          "each protocol once");
      into.resize(1);  // what follows from it is no fault of its own
      return;
    }
  }
}

inline constexpr key<written_static> static_keys[] = {
    {"external", read_static_external, true},
    {"internal", read_static_internal, true},
    {"protocol", member<&written_static::protocols, read_static_protocols>},
    {"zone", member<&static_configuration::zone, read_name>},
    {"domain", member<&static_configuration::domain, read_name>},
    {"hairpin", member<&static_configuration::hairpin, read_flag>},
    {"source-as", nullptr},
    {"balance", nullptr},
    {"affinity", nullptr},
};

/// The most mappings that lists of protocols add to those that are written.
inline constexpr std::size_t static_listings_max = 65'536;

inline void read_statics(const value& from, std::vector<static_configuration>& into) {
  std::vector<written_static> all;
  read_maps(from, all, static_keys);
  std::size_t listed = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& one = all[i];
    one.written = i;
    if (!one.protocols.empty()) {
      one.protocol = one.protocols.front();
      listed += one.protocols.size() - 1;
    }
    if (listed > static_listings_max) {
      from.element(i).refuse("the lists of protocols up to here make too many mappings",
                             "at most " + std::to_string(static_listings_max) + " more in all");
      return;
    }
    into.push_back(one);
    for (std::size_t next = 1; next < one.protocols.size(); ++next) {
      into.push_back(into.back());
      into.back().protocol = one.protocols[next];
    }
  }
}

/// IPv4 is all that is translated.
inline void read_blocks(const value& from, std::vector<ipv4_prefix>& into) {
  read_list(from, into, "an IPv4 prefix such as 192.0.2.0/24", {set_kind::addresses},
            read_ipv4_prefix);
}

inline constexpr key<exempt_configuration> exempt_keys[] = {
    {"source", member<&exempt_configuration::sources, read_blocks>, true},
    {"destination", member<&exempt_configuration::destinations, read_blocks>, true},
    {"protocol", member<&exempt_configuration::protocols, read_protocols>},
    {"destination-port", member<&exempt_configuration::destination_ports, read_matched_ports>},
    {"domain", member<&exempt_configuration::domain, read_name>},
};

// --- the section -------------------------------------------------------------------------------

inline constexpr key<nat_configuration> gateway_keys[] = {
    {"ftp", read_off},
    {"tftp", read_off},
    {"pptp", read_off},
};

inline constexpr key<nat_configuration> nat_keys[] = {
    {"alg", [](const value& from, nat_configuration& into) { read_map(from, into, gateway_keys); }},
    {"pools", member<&nat_configuration::pools, read_pools>},
    {"static", member<&nat_configuration::statics, read_statics>},
    {"exempt",
     [](const value& from, nat_configuration& into) { read_maps(from, into.exempt, exempt_keys); }},
    {"nptv6", nullptr},
};

}  // namespace weir::config::detail
