// Walks arbitrary bytes, in every way there is, and checks that what is found lies inside them.
// The first byte of the input chooses the options and how much longer the wire is than the bytes.

#include "weir/wire/header_walk.hpp"

#include "weir/link/strip.hpp"
#include "weir/wire/icmp_error.hpp"
#include "weir/wire/quote.hpp"
#include "weir/wire/tcp_options.hpp"
#include "weir/wire/transport_checksum.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using namespace weir;

void must(bool holds) {
  if (!holds) std::abort();
}

template <IpVersion V>
void answer(std::span<const std::byte> bytes, const walked<V>& found) {
  answer_buffer buffer;
  const auto error = icmp_error<V>::too_big(1280);
  if (may_be_answered<V>(found, error)) {
    const auto made = write_icmp_error<V>(buffer, error, found.key.destination(), bytes, found);
    const auto again = walk<V>(made, made.size(), domain_id{});
    must(again.facts.ok && again.facts.message == message_kind::icmp_error);
    must(transport_checksum_is_right<V>(made, again.facts, again.key) == true);
  }
  if (found.facts.message == message_kind::tcp) {
    const auto made = write_tcp_reset<V>(buffer, bytes, found);
    if (made.empty()) return;
    const auto again = walk<V>(made, made.size(), domain_id{});
    must(again.facts.ok && again.facts.message == message_kind::tcp);
    must(transport_checksum_is_right<V>(made, again.facts, again.key) == true);
  }
}

template <IpVersion V>
void read_all(std::span<const std::byte> bytes, std::size_t wire_size,
              const walk_options& options) {
  const auto found = walk<V>(bytes, wire_size, domain_id{1}, options);
  const auto& facts = found.facts;
  if (!facts.ok) return;
  must(facts.transport_offset <= facts.end && facts.end <= wire_size);
  must(facts.transport_offset <= bytes.size());
  must(same_flow(reversed(reversed(found.key)), found.key));
  static_cast<void>(transport_checksum_is_right<V>(bytes, facts, found.key));

  if (facts.message == message_kind::icmp_error) {
    const auto quote = quote_of<V>(bytes, facts);
    const auto inner = walk_quote<V>(quote, domain_id{1});
    must(quote.size() <= bytes.size());
    must(!inner.facts.ok || inner.facts.end <= quote.size());
  }
  if (facts.message == message_kind::tcp && facts.fragment == fragment_kind::none) {
    std::vector<std::byte> segment(bytes.begin() + facts.transport_offset, bytes.end());
    static_cast<void>(clamp_mss(segment, 1300));
  }
  if (facts.message != message_kind::opaque) answer<V>(bytes, found);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  // A copy of its own size, so that the sanitizer sees a read past it.
  const std::vector<std::uint8_t> copy(data + 1, data + size);
  const auto bytes = std::as_bytes(std::span{copy});
  const std::size_t wire_size = bytes.size() + ((choice & 0x80) != 0 ? 1000u : 0u);
  const walk_options options{.verify_ip_checksum = (choice & 1) != 0,
                             .pass_ip_options = (choice & 2) != 0,
                             .pass_routing_headers = (choice & 4) != 0,
                             .pass_unknown_extensions = (choice & 8) != 0,
                             .pass_source_routes = (choice & 16) != 0};

  read_all<ipv4>(bytes, wire_size, options);
  read_all<ipv6>(bytes, wire_size, options);
  for (const auto type :
       {link_type::ethernet, link_type::raw, link_type::raw_ipv4, link_type::raw_ipv6,
        link_type::linux_cooked, link_type::linux_cooked_v2, link_type::null}) {
    const auto facts = strip(bytes, type);
    must(!facts.ok || facts.header_size <= bytes.size());
  }
  return 0;
}
