#include "weir/pool/port_choice.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <set>
#include <vector>

namespace weir {
namespace {

using test::home_pool;
using test::pools_of;
using test::ports;
using test::small_pool;

/// One external address, and every port that was asked of it.
struct asked {
  explicit asked(pool_specification raw, shard_share of = {})
      : pools{pools_of({std::move(raw)})}, owner{pools}, share{of} {}

  std::optional<port> gives(protocol kind, std::uint16_t internal) {
    const port_wish wish{kind, *space_of(kind), port{internal}};
    const auto found = choose_port(owner, external_id{0}, pools.pools()[0], wish, share, random);
    if (found) {
      REQUIRE(owner.try_take(external_id{0}, wish.space, *found));
    }
    return found;
  }

  pool_set pools;
  port_owner owner;
  shard_share share;
  seeded_random random{{3, 4}};
};

TEST_CASE("the internal port is kept while it is free", "[pool][choice]") {
  asked from{home_pool()};

  CHECK(from.gives(protocol::udp, 40'000) == port{40'000});
  CHECK(from.gives(protocol::udp, 40'000) != port{40'000});
  CHECK(from.gives(protocol::tcp, 40'000) == port{40'000});
}

TEST_CASE("a pool that does not keep ports gives any", "[pool][choice][rfc7857]") {
  pool_specification raw = home_pool();
  raw.manners.preserve_port = false;
  asked from{raw};
  int kept = 0;

  for (std::uint16_t one = 0; one < 100; ++one) {
    const std::uint16_t internal = static_cast<std::uint16_t>(40'000 + one);
    kept += from.gives(protocol::udp, internal) == port{internal} ? 1 : 0;
  }

  CHECK(kept < 3);
}

TEST_CASE("every port of the range is given, and then none", "[pool][choice][rfc4787-req3]") {
  const auto keeps = GENERATE(true, false);
  const auto kind = GENERATE(protocol::tcp, protocol::udp, protocol::dccp);
  pool_specification raw = small_pool(2000, 2063);
  raw.manners.preserve_port = keeps;
  asked from{raw};
  std::set<port> given;

  for (std::uint16_t one = 0; one < 64; ++one) {
    const auto found = from.gives(kind, static_cast<std::uint16_t>(2010 + one));
    REQUIRE(found);
    REQUIRE(ports(2000, 2063).contains(*found));
    REQUIRE(given.insert(*found).second);
  }

  CHECK_FALSE(from.gives(kind, 2010));
}

TEST_CASE("a port that came back is given again", "[pool][choice][hr10]") {
  asked from{small_pool(2000, 2001)};
  REQUIRE(from.gives(protocol::tcp, 1));
  REQUIRE(from.gives(protocol::tcp, 2));
  REQUIRE_FALSE(from.gives(protocol::tcp, 3));

  from.owner.release(external_id{0}, port_space::tcp, port{2001});

  CHECK(from.gives(protocol::tcp, 3) == port{2001});
}

TEST_CASE("ports below 1024 stay below, and the others above", "[pool][choice][rfc4787-req3a]") {
  pool_specification raw = home_pool();
  raw.ports = ports(1, 65'535);
  raw.manners.preserve_port = false;
  asked from{raw};

  for (int round = 0; round < 200; ++round) {
    REQUIRE(from.gives(protocol::udp, 100)->number() < 1024);
    REQUIRE(from.gives(protocol::udp, 1024)->number() >= 1024);
  }
}

TEST_CASE("a range that is used up gives way to the other one", "[pool][choice][rfc4787-req3a]") {
  asked from{small_pool(1022, 1025)};

  CHECK(from.gives(protocol::tcp, 80)->number() < 1024);
  CHECK(from.gives(protocol::tcp, 80)->number() < 1024);
  CHECK(from.gives(protocol::tcp, 80)->number() >= 1024);
  CHECK(from.gives(protocol::tcp, 80)->number() >= 1024);
  CHECK_FALSE(from.gives(protocol::tcp, 80));
}

TEST_CASE("parity is kept where it is asked for, as long as it can be",
          "[pool][choice][rfc4787-req4]") {
  pool_specification raw = small_pool(2000, 2007);
  raw.manners.preserve_parity = true;
  raw.manners.preserve_port = false;
  asked from{raw};

  for (int round = 0; round < 4; ++round) {
    REQUIRE(from.gives(protocol::udp, 5001)->number() % 2 == 1);
  }
  for (int round = 0; round < 4; ++round) {
    REQUIRE(from.gives(protocol::udp, 5001)->number() % 2 == 0);
  }
  CHECK_FALSE(from.gives(protocol::udp, 5001));
}

TEST_CASE("ports that are not kept are spread over the range", "[pool][choice][rfc7857]") {
  pool_specification raw = home_pool();
  raw.manners.preserve_port = false;
  asked from{raw};
  std::vector<int> quarters(4);

  for (int round = 0; round < 4000; ++round) {
    const auto found = from.gives(protocol::udp, 5001);
    quarters[(found->number() - 1024u) / 16'128u] += 1;
  }

  for (const int count : quarters) CHECK(count > 800);
}

TEST_CASE("IKE keeps its port though the pool begins above it", "[pool][choice][ike]") {
  asked from{home_pool()};

  CHECK(from.gives(protocol::udp, 500) == port{500});
  CHECK(from.gives(protocol::udp, 500)->number() >= 1024);
  CHECK(from.gives(protocol::tcp, 500)->number() >= 1024);
  CHECK(from.gives(protocol::udp, 501)->number() >= 1024);
}

TEST_CASE("IKE's port can be reserved", "[pool][choice][ike]") {
  pool_specification raw = home_pool();
  raw.reserved_ports = {ports(500, 500)};
  asked from{raw};

  CHECK(from.gives(protocol::udp, 500)->number() >= 1024);
}

TEST_CASE("IKE's port is a deterministic host's where its pool has the port",
          "[pool][choice][ike][sd5]") {
  pool_specification planned = home_pool();
  planned.deterministic = true;
  planned.internal = {test::block({10, 0, 0, 0}, 24)};
  planned.ports = ports(100, 899);
  const auto first_given = [&] {
    const pool_set pools = pools_of({home_pool(), planned});
    const port_owner owner{pools};
    seeded_random random{{3, 4}};
    const port_wish wish{protocol::udp, port_space::udp, port{500}};
    return choose_port(owner, external_id{0}, pools.pools()[0], wish, {}, random);
  };
  CHECK(*first_given() >= port{1024});

  planned.ports = ports(512, 899);
  CHECK(first_given() == port{500});
}

TEST_CASE("SCTP keeps its port or gets none", "[pool][choice][sctp]") {
  pool_specification raw = home_pool();
  raw.manners.preserve_port = false;
  asked from{raw};

  CHECK(from.gives(protocol::sctp, 5000) == port{5000});
  CHECK_FALSE(from.gives(protocol::sctp, 5000));
  CHECK_FALSE(from.gives(protocol::sctp, 80));
}

TEST_CASE("identifiers of queries are kept from zero on", "[pool][choice][icmp]") {
  asked from{home_pool()};

  CHECK(from.gives(protocol::icmp, 0) == port{0});
  CHECK(from.gives(protocol::icmp, 7) == port{7});
  CHECK(from.gives(protocol::icmp, 7) != port{7});
}

TEST_CASE("a shard gives the ports of its slice and no other", "[pool][choice][slice]") {
  const auto index = GENERATE(as<std::uint16_t>{}, 0, 1);
  asked from{small_pool(2000, 2007), {index, 2}};
  const port_range slice = index == 0 ? ports(2000, 2003) : ports(2004, 2007);

  for (int round = 0; round < 4; ++round) {
    REQUIRE(slice.contains(*from.gives(protocol::tcp, 2000)));
  }
  CHECK_FALSE(from.gives(protocol::tcp, 2000));
}

TEST_CASE("a deterministic host gets every port of its block and no other",
          "[pool][choice][deterministic][sr2]") {
  const pool_set pools = pools_of({home_pool()});
  port_owner owner{pools};
  const host_block block{0, ports(3000, 3003)};
  const auto gives = [&](protocol kind, std::uint16_t internal) -> std::optional<port> {
    const port_wish wish{kind, *space_of(kind), port{internal}};
    const auto found = choose_port(owner, external_id{0}, block, wish);
    if (found) owner.try_take(external_id{0}, wish.space, *found);
    return found;
  };

  CHECK(gives(protocol::tcp, 6) == port{3002});
  CHECK(gives(protocol::tcp, 10) == port{3003});
  CHECK(gives(protocol::tcp, 2) == port{3000});
  CHECK(gives(protocol::tcp, 2) == port{3001});
  CHECK_FALSE(gives(protocol::tcp, 2));
  CHECK(gives(protocol::sctp, 3001) == port{3001});
  CHECK_FALSE(gives(protocol::sctp, 3001));
  CHECK_FALSE(gives(protocol::sctp, 2999));
}

}  // namespace
}  // namespace weir
