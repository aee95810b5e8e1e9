#include "weir/wire/source_route.hpp"

#include "weir/wire/header_walk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/wire/walked.hpp"

#include <optional>

using namespace weir;
using namespace weir::test;

namespace {

template <IpVersion V>
std::optional<icmp_error<V>> said_about(const packet_bytes& packet,
                                        const walk_options& options = {}) {
  return source_route_error<V>(packet, walked_of<V>(packet, options).facts);
}

packet_bytes with_options(const packet_bytes& options) {
  return test::udp{}.ip_options(options).bytes();
}

builder six() { return test::udp{}.from("2001:db8::5").to("2001:db8::1"); }
packet_bytes routed(unsigned type, unsigned segments_left) {
  return six().extension(protocol::routing, octets({type, segments_left, 0, 0, 0, 0})).bytes();
}

}  // namespace

TEST_CASE("a source route that goes on has failed here", "[wire][source_route][rfc7915]") {
  for (const unsigned type : {131u, 137u}) {
    CAPTURE(type);
    for (const unsigned pointer : {4u, 7u}) {
      CHECK(said_about<ipv4>(with_options(octets({type, 7, pointer, 10, 0, 0, 9}))) ==
            icmp_error<ipv4>{3, 5, 0});
    }
    CHECK(said_about<ipv4>(with_options(octets({1, 148, 4, 0, 0, type, 7, 4, 10, 0, 0, 9}))) ==
          icmp_error<ipv4>{3, 5, 0});
  }
}

TEST_CASE("nothing is said about a source route at its end", "[wire][source_route][rfc7915]") {
  for (const unsigned type : {131u, 137u}) {
    CAPTURE(type);
    CHECK_FALSE(said_about<ipv4>(with_options(octets({type, 7, 8, 10, 0, 0, 9}))));
    CHECK_FALSE(said_about<ipv4>(with_options(octets({type, 3, 4}))));
    CHECK_FALSE(said_about<ipv4>(with_options(octets({type, 2, 1, 1}))));
  }
  CHECK_FALSE(said_about<ipv6>(routed(0, 0)));
}

TEST_CASE("one of two source routes that goes on is enough", "[wire][source_route]") {
  CHECK(said_about<ipv4>(with_options(octets({137, 3, 4, 131, 7, 4, 10, 0, 0, 9}))));
}

TEST_CASE("segments left in a routing header of type 0 are pointed at",
          "[wire][source_route][rfc7915]") {
  const auto segments = GENERATE(1u, 2u, 255u);
  const auto behind = six()
                          .extension(protocol::hop_by_hop)
                          .extension(protocol::routing, octets({0, segments, 0, 0, 0, 0}))
                          .bytes();

  CHECK(said_about<ipv6>(routed(0, segments)) == icmp_error<ipv6>{4, 0, 43});
  CHECK(said_about<ipv6>(behind) == icmp_error<ipv6>{4, 0, 51});
}

TEST_CASE("nothing is said about other packets that are refused", "[wire][source_route]") {
  CHECK_FALSE(said_about<ipv6>(routed(4, 1), {.pass_routing_headers = false}));
  CHECK_FALSE(said_about<ipv6>(six().extension(protocol{253}).bytes()));
  CHECK_FALSE(said_about<ipv4>(with_options(octets({148, 4, 0, 0})), {.pass_ip_options = false}));
  CHECK_FALSE(said_about<ipv4>(test::udp{}.bad_ip_checksum().bytes()));
}

TEST_CASE("a walk that passes source routes finds what lies behind them", "[wire][source_route]") {
  const walk_options all{.pass_source_routes = true};
  const auto four = with_options(octets({131, 7, 4, 10, 0, 0, 9}));
  const auto six = routed(0, 1);

  CHECK(outcome<ipv4>(four, all) == "ok");
  CHECK(walked_of<ipv4>(four, all).facts.message == message_kind::udp);
  CHECK(outcome<ipv6>(six, all) == "ok");
  CHECK(walked_of<ipv6>(six, all).facts.message == message_kind::udp);
  CHECK(outcome<ipv6>(routed(4, 1), {.pass_routing_headers = false, .pass_source_routes = true}) ==
        "routing_header");
}
