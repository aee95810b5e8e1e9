#pragma once

// Words that people write (addresses, ranges, durations) and the values they stand for.

#include "weir/config/fault_text.hpp"
#include "weir/engine/configuration.hpp"
#include "weir/net/ip_address.hpp"
#include "weir/net/mac_address.hpp"
#include "weir/net/port.hpp"
#include "weir/net/prefix.hpp"
#include "weir/net/protocol.hpp"
#include "weir/net/text.hpp"
#include "weir/time/instant.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::config::detail {

/// Why a word is not what its key takes. `what` goes on where the word leaves off.
struct complaint {
  std::string what;  ///< "has host bits set"
  std::string fix;   ///< "10.0.0.0/8"
};

template <class T>
using read_scalar = std::variant<T, complaint>;

/// The word as a decimal number, if it is one that fits 64 bits.
inline std::optional<std::uint64_t> digits(std::string_view word) {
  std::uint64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  const bool whole = error == std::errc{} && stop == end;
  return whole ? std::optional{number} : std::nullopt;
}

inline bool is_all_digits(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

inline std::string range_text(std::uint64_t least, std::uint64_t most) {
  return std::to_string(least) + " to " + std::to_string(most);
}

/// Why a number that begins with a zero is refused: elsewhere `010` is eight.
inline complaint leading_zero() {
  return {"has a leading zero", "decimal numbers without leading zeros"};
}
inline bool has_leading_zero(std::string_view number) {
  return number.size() > 1 && number.front() == '0';
}

/// A number between two limits.
inline read_scalar<std::uint64_t> read_number(std::string_view word, std::uint64_t least,
                                              std::uint64_t most) {
  if (!is_all_digits(word)) {
    return complaint{"is not a number", "a number from " + range_text(least, most)};
  }
  if (has_leading_zero(word)) {
    return leading_zero();
  }
  const auto number = digits(word);
  if (!number || *number < least || *number > most) {
    return complaint{"is out of range", "a number from " + range_text(least, most)};
  }
  return *number;
}

// --- addresses ---------------------------------------------------------------------------------

inline constexpr std::string_view address_example = "an address such as 192.0.2.1";
inline constexpr std::string_view prefix_example = "an address or a prefix such as 192.0.2.0/24";
inline constexpr std::string_view subnet_example =
    "an address with its prefix length such as 192.0.2.1/24";

inline read_scalar<ip_address> read_ip(std::string_view word) {
  if (const auto address = parse_ip_address(word)) {
    return *address;
  }
  if (parse_address_and_length(word)) {
    return complaint{"has a prefix length", "one address"};
  }
  return complaint{"is not an address", std::string{address_example}};
}

/// Why a word is neither an address nor a prefix.
inline complaint no_prefix(std::string_view word, std::string_view example) {
  const std::size_t slash = word.find('/');
  const auto address = parse_ip_address(word.substr(0, slash));
  if (!address) {
    return {"is not an address or a prefix", std::string{example}};
  }
  return {"has a bad prefix length", "a length from " + range_text(0, address->bits_count())};
}

inline read_scalar<ip_prefix> read_prefix(std::string_view word) {
  const auto parts = parse_address_and_length(word);
  if (!parts) {
    return no_prefix(word, prefix_example);
  }
  const auto& [address, length] = *parts;
  const auto block = ip_prefix::around(address, length);
  if (block.address() != address) {
    return complaint{"has host bits set", to_text(block)};
  }
  return block;
}

inline read_scalar<ipv4_prefix> read_ipv4_prefix(std::string_view word) {
  const auto read = read_prefix(word);
  if (const auto* bad = std::get_if<complaint>(&read)) {
    return *bad;
  }
  if (!std::get<ip_prefix>(read).is_ipv4()) {
    return complaint{"is IPv6", "an IPv4 prefix such as 192.0.2.0/24"};
  }
  return std::get<ip_prefix>(read).as<ipv4>();
}

/// An interface's address: host bits are the point of it.
inline read_scalar<interface_address_configuration> read_subnet(std::string_view word) {
  const auto parts = parse_address_and_length(word);
  if (!parts) {
    return no_prefix(word, subnet_example);
  }
  if (word.find('/') == std::string_view::npos) {
    return complaint{
        "has no prefix length",
        std::string{word} + (parts->address.is_ipv4() ? "/24" : "/64") + " or another length"};
  }
  return interface_address_configuration{parts->address, parts->length};
}

inline read_scalar<mac_address> read_mac(std::string_view word) {
  const auto station = parse_mac_address(word);
  if (!station) {
    return complaint{"is not a MAC address", "six octets such as \"02:00:00:00:00:01\""};
  }
  if (!station->is_station()) {
    return complaint{"is no station's", "the address of one station"};
  }
  return *station;
}

// --- ports, protocols, durations ---------------------------------------------------------------

/// The two ends of `1024-65535` or of a single number.
template <class T>
struct number_range {
  T first{};
  T last{};
};

template <class T>
read_scalar<number_range<T>> read_range(std::string_view word, std::uint64_t least,
                                        std::uint64_t most) {
  const std::string fix = "a number from " + range_text(least, most) + ", or a range of these";
  const std::size_t dash = word.find('-');
  const auto first = word.substr(0, dash);
  const auto last = dash == std::string_view::npos ? first : word.substr(dash + 1);
  if (!is_all_digits(first) || !is_all_digits(last)) {
    return complaint{"is not a number or a range", fix};
  }
  if (has_leading_zero(first) || has_leading_zero(last)) {
    return leading_zero();
  }
  const auto from = digits(first);
  const auto to = digits(last);
  if (!from || !to || *from < least || *from > most || *to < least || *to > most) {
    return complaint{"is out of range", fix};
  }
  if (*to < *from) {
    return complaint{"is reversed", std::string{last} + "-" + std::string{first}};
  }
  return number_range<T>{static_cast<T>(*from), static_cast<T>(*to)};
}

inline read_scalar<port_range> read_ports(std::string_view word, std::uint16_t least) {
  const auto read = read_range<std::uint16_t>(word, least, 65535);
  if (const auto* bad = std::get_if<complaint>(&read)) {
    return *bad;
  }
  const auto& range = std::get<number_range<std::uint16_t>>(read);
  return *port_range::between(port{range.first}, port{range.last});
}

/// The names of all protocols that have one.
inline std::vector<std::string_view> protocol_names() {
  std::vector<std::string_view> names;
  for (unsigned number = 0; number <= 255; ++number) {
    if (const auto known = name(static_cast<protocol>(number)); !known.empty()) {
      names.push_back(known);
    }
  }
  return names;
}

inline read_scalar<protocol> read_protocol(std::string_view word) {
  for (unsigned number = 0; number <= 255; ++number) {
    if (const auto known = name(static_cast<protocol>(number)); !known.empty() && known == word) {
      return static_cast<protocol>(number);
    }
  }
  if (is_all_digits(word)) {
    const auto number = read_number(word, 0, 255);
    if (const auto* bad = std::get_if<complaint>(&number)) {
      return *bad;
    }
    return static_cast<protocol>(std::get<std::uint64_t>(number));
  }
  auto names = protocol_names();
  names.push_back("a number from 0 to 255");
  return complaint{"is not a protocol", suggestion(word, names)};
}

/// An IPv4 address, with the port behind its colon if there is one.
struct optional_endpoint {
  ipv4_address address{};
  std::optional<weir::port> port;
};

inline read_scalar<optional_endpoint> read_endpoint(std::string_view word) {
  if (const auto alone = parse_ipv4_address(word)) {
    return optional_endpoint{*alone, std::nullopt};
  }
  const std::size_t colon = word.find(':');
  const auto address = parse_ipv4_address(word.substr(0, colon));
  if (!address) {
    return complaint{"is not an IPv4 address with or without a port",
                     "192.0.2.1, or \"192.0.2.1:80\""};
  }
  const auto number = parse_port(word.substr(colon + 1));
  if (!number || *number == port{}) {
    return complaint{"has a bad port", "a port from 1 to 65535"};
  }
  return optional_endpoint{*address, *number};
}

struct duration_unit {
  std::string_view name;
  std::uint64_t milliseconds;
};
inline constexpr std::array duration_units = {
    duration_unit{"d", 86'400'000}, duration_unit{"h", 3'600'000}, duration_unit{"m", 60'000},
    duration_unit{"s", 1'000},      duration_unit{"ms", 1},
};
inline constexpr std::string_view duration_example = "a duration such as 90s, 2h4m or 500ms";

/// The unit a word begins with: its letters up to the next digit.
inline std::size_t unit_of(std::string_view word) {
  const auto letters = word.substr(0, word.find_first_of("0123456789"));
  std::size_t at = 0;
  while (at < duration_units.size() && duration_units[at].name != letters) {
    ++at;
  }
  return at;
}

/// Numbers with units, the greater unit first: `2h4m`.
inline read_scalar<duration> read_duration(std::string_view word) {
  constexpr std::uint64_t total_max = std::numeric_limits<std::int64_t>::max() / 1'000'000;
  const complaint bad{"is not a duration", std::string{duration_example}};
  if (is_all_digits(word)) {
    return complaint{"has no unit", std::string{word} + "s, or another unit: d, h, m, ms"};
  }
  std::uint64_t total = 0;
  std::size_t next_unit = 0;
  while (!word.empty()) {
    const std::size_t count = word.find_first_not_of("0123456789");
    if (count == 0 || count == std::string_view::npos) {
      return bad;
    }
    const std::size_t unit = unit_of(word.substr(count));
    if (unit < next_unit || unit == duration_units.size()) {
      return bad;
    }
    const auto number = digits(word.substr(0, count));
    const std::uint64_t scale = duration_units[unit].milliseconds;
    if (!number || *number > (total_max - total) / scale) {
      return complaint{"is too long", "at most 292 years"};
    }
    total += *number * scale;
    next_unit = unit + 1;
    word.remove_prefix(count + duration_units[unit].name.size());
  }
  if (next_unit == 0) {
    return bad;
  }
  return duration::milliseconds(static_cast<std::int64_t>(total));
}

}  // namespace weir::config::detail
