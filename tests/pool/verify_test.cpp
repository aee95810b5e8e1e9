#include "weir/pool/verify.hpp"

#include "weir/pool/mapping_table.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {
namespace {

constexpr ipv4_address only_external{203, 0, 113, 8};

/// A table behind one external address, the ports it takes, and what is said of them.
struct verified {
  explicit verified(std::vector<external_claim> claims = {})
      : pools{test::pools_of({test::small_pool(1024, 65535)}, std::move(claims))} {}

  /// A mapping of the one host, which keeps its port.
  mapping_id maps(std::uint16_t number) {
    const auto made =
        table.acquire(pools.pools()[0], protocol::tcp, {{192, 168, 1, 1}, port{number}}, random);
    REQUIRE(made);
    return made.id;
  }
  template <class... Others>
  std::string said(const Others&... others) const {
    return verify_ports(owner, pools, table, others...).value_or("sound");
  }

  pool_set pools;
  port_owner owner{pools};
  mapping_table<ipv4> table{pools, owner, {16, 16}, {1, 2}};
  seeded_random random{{1, 2}};
};

/// A table that shows one of its records, or what it counts, as they are not.
struct damaged_table {
  const mapping_table<ipv4>& whole;
  mapping_id broken{};
  mapping<ipv4> record{};
  std::uint32_t more_mappings = 0;
  std::uint32_t more_entries = 0;
  std::uint32_t more_hosts = 0;

  const mapping<ipv4>& at(mapping_id id) const { return id == broken ? record : whole.at(id); }
  template <class Function>
  void for_each(Function&& function) const {
    whole.for_each([&](mapping_id id, const mapping<ipv4>&) { function(id, at(id)); });
  }
  template <class Key>
  mapping_id find(const Key& key) const {
    return whole.find(key);
  }
  mapping_id first_of_host(const internal_key<ipv4>& key) const { return whole.first_of_host(key); }
  std::uint32_t size() const { return whole.size() + more_mappings; }
  std::uint32_t entries() const { return whole.entries() + more_entries; }
  std::uint32_t hosts() const { return whole.hosts() + more_hosts; }
  const port_owner& owner() const { return whole.owner(); }
  const pool_set& pools() const { return whole.pools(); }
};

/// What is said of a table whose host has the mappings 2, 1 and 0, in this order, the last of them
/// or the one in the middle with another record.
template <class Damage>
std::string said_when(std::uint32_t broken, Damage&& damage) {
  verified nat;
  for (std::uint16_t number = 2000; number <= 2002; ++number) nat.maps(number);
  REQUIRE(nat.said() == "sound");
  damaged_table table{nat.table, mapping_id{broken}, nat.table.at(mapping_id{broken})};
  damage(table.record);
  return verify_ports(nat.owner, nat.pools, table).value_or("sound");
}

/// What is said of a table with one mapping that counts otherwise.
std::string said_of_counts(std::uint32_t damaged_table::*count) {
  verified nat;
  nat.maps(2000);
  damaged_table table{nat.table};
  REQUIRE(verify_ports(nat.owner, nat.pools, table) == std::nullopt);
  table.*count = 1;
  return verify_ports(nat.owner, nat.pools, table).value_or("sound");
}

TEST_CASE("a port that is taken and belongs to nobody is found", "[pool][verify]") {
  verified nat;

  REQUIRE(nat.owner.try_take(external_id{0}, port_space::tcp, port{2000}));

  CHECK(nat.said() == "external address 0 counts 1 ports in use, not 0");
}

TEST_CASE("a claim whose port came back is found", "[pool][verify]") {
  verified nat{{{{domain_id{}, only_external}, protocol::tcp, port{2000}}}};
  REQUIRE(nat.said() == "sound");

  nat.owner.release(external_id{0}, port_space::tcp, port{2000});

  CHECK(nat.said() == "external address 0 counts 0 ports in use, not 1");
}

TEST_CASE("a port that two tables wear is found", "[pool][verify]") {
  verified nat;
  verified other;
  nat.maps(2000);
  REQUIRE(nat.said(other.table) == "sound");

  other.maps(2000);

  CHECK(nat.said(other.table) == "external address 0 counts 1 ports in use, not 2");
}

TEST_CASE("a mapping whose port came back is found", "[pool][verify]") {
  verified nat;
  nat.maps(2000);
  REQUIRE(nat.said() == "sound");

  nat.owner.release(external_id{0}, port_space::tcp, port{2000});

  CHECK(nat.said() == "mapping 0 wears a free port");
}

TEST_CASE("a mapping that wears a claimed port is found", "[pool][verify]") {
  verified nat{{{{domain_id{}, only_external}, protocol::tcp, port{2000}}}};

  nat.owner.release(external_id{0}, port_space::tcp, port{2000});
  nat.maps(2000);

  CHECK(nat.said() == "mapping 0 wears a claimed port");
}

TEST_CASE("a mapping that is held after its end is found", "[pool][verify]") {
  verified nat;
  const mapping_id gone = nat.maps(2000);
  nat.table.release(gone);
  REQUIRE(nat.said() == "sound");

  nat.table.hold(gone);

  CHECK(nat.said() == "mapping 0 is not found from inside");
}

TEST_CASE("a mapping with another internal endpoint is found", "[pool][verify]") {
  CHECK(said_when(1, [](mapping<ipv4>& one) { one.internal_port = port{2005}; }) ==
        "mapping 1 is not found from inside");
}

TEST_CASE("a mapping with another external port is found", "[pool][verify]") {
  CHECK(said_when(1, [](mapping<ipv4>& one) { one.external_port = port{2005}; }) ==
        "mapping 1 is not found from outside");
}

TEST_CASE("a mapping with the external port of another one is found", "[pool][verify]") {
  CHECK(said_when(1, [](mapping<ipv4>& one) { one.external_port = port{2000}; }) ==
        "mapping 1 is not found from outside");
}

TEST_CASE("a mapping with an external address of no pool is found", "[pool][verify]") {
  CHECK(said_when(1, [](mapping<ipv4>& one) { one.external = external_id{1}; }) ==
        "mapping 1 wears an address of no pool");
}

TEST_CASE("a mapping of a protocol without ports is found", "[pool][verify]") {
  CHECK(said_when(1, [](mapping<ipv4>& one) { one.protocol = protocol::gre; }) ==
        "mapping 1 maps a protocol without ports");
}

TEST_CASE("a list of a host's mappings with a second beginning is found", "[pool][verify]") {
  CHECK(said_when(1, [](mapping<ipv4>& one) { one.previous = mapping_id::none(); }) ==
        "mapping 1 is not found by its host");
}

TEST_CASE("a list of a host's mappings that leads back elsewhere is found", "[pool][verify]") {
  CHECK(said_when(0, [](mapping<ipv4>& one) { one.previous = mapping_id{2}; }) ==
        "mapping 0 is in a broken list");
}

TEST_CASE("a list of a host's mappings that goes on behind its end is found", "[pool][verify]") {
  CHECK(said_when(0, [](mapping<ipv4>& one) { one.next = mapping_id{2}; }) ==
        "mapping 0 is in a broken list");
}

TEST_CASE("a table that counts a mapping too many is found", "[pool][verify]") {
  CHECK(said_of_counts(&damaged_table::more_mappings) ==
        "the table counts other mappings than there are");
}

TEST_CASE("an index entry without a mapping is found", "[pool][verify]") {
  CHECK(said_of_counts(&damaged_table::more_entries) ==
        "index entries are not two for each mapping");
}

TEST_CASE("a host entry without a host is found", "[pool][verify]") {
  CHECK(said_of_counts(&damaged_table::more_hosts) == "host entries are not one for each host");
}

}  // namespace
}  // namespace weir
