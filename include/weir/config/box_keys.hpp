#pragma once

// The sections about the box as a whole.

#include "weir/config/fields.hpp"
#include "weir/config/keys.hpp"
#include "weir/config/value.hpp"
#include "weir/engine/configuration.hpp"

#include <cstdint>
#include <limits>

namespace weir::config::detail {

inline void read_deliver(const value& from, bool& into) {
  read_choice<bool>(from, into, {{"deliver", true}, {"drop", false}});
}
inline void read_pass(const value& from, bool& into) {
  read_choice<bool>(from, into, {{"pass", true}, {"drop", false}});
}
/// What is wrong is dropped, or not looked at.
inline void read_check(const value& from, bool& into) {
  read_choice<bool>(from, into, {{"drop", true}, {"off", false}});
}

inline constexpr key<host_path_configuration> host_path_keys[] = {
    {"dhcp", member<&host_path_configuration::dhcp, read_flag>},
    {"link-local", member<&host_path_configuration::link_local, read_flag>},
    {"multicast", member<&host_path_configuration::deliver_multicast, read_deliver>},
    {"broadcast", member<&host_path_configuration::deliver_broadcast, read_deliver>},
};

inline constexpr key<headers_configuration> headers_keys[] = {
    {"ip-options", member<&headers_configuration::pass_ip_options, read_pass>},
    {"routing-headers", member<&headers_configuration::pass_routing_headers, read_pass>},
    {"unknown-extension", member<&headers_configuration::pass_unknown_extensions, read_pass>},
};

inline constexpr key<checks_configuration> checks_keys[] = {
    {"ip-checksum", member<&checks_configuration::ip_checksum, read_check>},
    {"transport-checksum", member<&checks_configuration::transport_checksum, read_check>},
};

inline constexpr std::uint32_t any_count_max = std::numeric_limits<std::uint32_t>::max();

inline constexpr key<configuration> limits_keys[] = {
    {"icmp-errors-per-second",
     [](const value& from, configuration& into) {
       read_number_into(from, into.icmp_errors_per_second, 0, any_count_max);
     }},
};

/// Nothing but the log is exported, so the other keys take their defaults alone.
inline constexpr key<events_configuration> events_keys[] = {
    {"log",
     [](const value& from, events_configuration& into) {
       read_choice<bool>(from, into.log_to_stderr, {{"off", false}, {"stderr", true}});
     }},
    {"sessions", read_off},
    {"blocks",
     [](const value& from, events_configuration&) { read_sole_choice(from, "on", "off"); }},
    {"destinations", read_off},
};

inline constexpr key<compatibility_configuration> compatibility_keys[] = {
    {"unzoned", member<&compatibility_configuration::pass_unzoned, read_pass>},
    {"reverse-policy", member<&compatibility_configuration::reverse_policy, read_flag>},
};

}  // namespace weir::config::detail
