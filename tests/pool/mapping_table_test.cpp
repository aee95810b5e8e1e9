#include "weir/pool/mapping_table.hpp"

#include "weir/pool/verify.hpp"

#include "tests/pool/pools.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ending.hpp"
#include "tests/support/seeded.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir {
namespace {

using test::block;
using test::ending_of;
using test::home_pool;
using test::pools_of;
using test::ports;
using test::small_pool;

/// A table over pools, and the sessions that use it.
template <class Traits = table_traits>
struct basic_translator {
  explicit basic_translator(std::vector<pool_specification> raw,
                            mapping_limits limits = {4096, 1024},
                            std::vector<external_claim> claims = {})
      : pools{pools_of(std::move(raw), std::move(claims))},
        owner{pools},
        table{pools, owner, limits, {11, 12}} {}

  acquired_mapping maps(protocol kind, ipv4_address host, std::uint16_t number,
                        std::size_t pool = 0) {
    return table.acquire(pools.pools()[pool], kind, {host, port{number}}, random);
  }
  bool is_sound() const {
    const auto fault = verify_ports(owner, pools, table);
    UNSCOPED_INFO(fault.value_or("sound"));
    return !fault;
  }

  pool_set pools;
  port_owner owner;
  mapping_table<ipv4, Traits> table;
  seeded_random random{{5, 6}};
};
using translator = basic_translator<>;

/// An index that compares keys, which it keeps, and never asks whose a payload is.
template <class Words>
class listed_index {
 public:
  listed_index(std::uint32_t entries_max, std::uint32_t) : entries_max_{entries_max} {}

  void prefetch(std::uint64_t) const noexcept {}
  std::uint32_t first_candidate(std::uint64_t, const Words& key) const noexcept {
    const auto found = places_.find(key);
    return found == places_.end() ? no_payload : found->second;
  }
  template <class Ask>
  std::uint32_t find(std::uint64_t hash, const Words& key, Ask&&) const noexcept {
    return first_candidate(hash, key);
  }
  bool try_insert(std::uint64_t, const Words& key, std::uint32_t payload) noexcept {
    return places_.size() < entries_max_ && places_.emplace(key, payload).second;
  }
  bool erase(std::uint64_t, const Words& key, std::uint32_t) noexcept {
    return places_.erase(key) != 0;
  }
  void populate() noexcept {}
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(places_.size()); }
  std::size_t bytes() const noexcept { return 0; }

 private:
  std::size_t entries_max_;
  std::map<Words, std::uint32_t> places_;
};
struct short_traits : table_traits {
  template <class Words>
  struct index : listed_index<Words> {
    index(std::uint32_t, std::uint32_t) : listed_index<Words>{3, 0} {}
  };
};
struct listed_traits : table_traits {
  template <class Words>
  using index = listed_index<Words>;
};
/// An index that breaks its promise: where so many entries were, none fits any more.
template <unsigned Erased>
struct narrowing_traits : table_traits {
  template <class Words>
  struct index : listed_index<Words> {
    using listed_index<Words>::listed_index;

    bool try_insert(std::uint64_t hash, const Words& key, std::uint32_t payload) noexcept {
      return erased < Erased && listed_index<Words>::try_insert(hash, key, payload);
    }
    bool erase(std::uint64_t hash, const Words& key, std::uint32_t payload) noexcept {
      ++erased;
      return listed_index<Words>::erase(hash, key, payload);
    }
    unsigned erased = 0;
  };
};

const ipv4_address alice{192, 168, 1, 10};
const ipv4_address bob{192, 168, 1, 11};

/// Forecasts for hosts that ask for mappings one after the other, all made before the first asks.
template <class Ask>
std::size_t count_right_forecasts(translator& nat, std::size_t asked, Ask&& endpoint_of) {
  const pool& from = nat.pools.pools()[0];
  std::vector<mapping_forecast<ipv4>> forecasts(asked);
  for (std::size_t i = 0; i < asked; ++i) {
    nat.table.begin(forecasts[i], from, protocol::udp, endpoint_of(i));
  }
  for (auto& one : forecasts) nat.table.find_candidate(one);
  seeded_random ahead = nat.random;
  for (auto& one : forecasts) nat.table.draw(one, ahead);
  for (auto& one : forecasts) {
    if (!nat.table.conclude(one)) return 0;
  }
  std::size_t right = 0;
  for (std::size_t i = 0; i < asked; ++i) {
    const auto got =
        nat.table.acquire(forecasts[i], nat.random, [](const endpoint<ipv4>&) noexcept {});
    right += got && nat.table.outside(got.id) == forecasts[i].worn;
    if (!got || nat.table.at(got.id).internal() != endpoint_of(i)) return 0;
  }
  return right;
}

TEST_CASE("one internal port to three peers has one external port",
          "[pool][mapping][rfc4787-req1]") {
  translator nat{{home_pool()}};

  const auto first = nat.maps(protocol::udp, alice, 5000);
  const auto second = nat.maps(protocol::udp, alice, 5000);
  const auto third = nat.maps(protocol::udp, alice, 5000);

  CHECK(first.outcome == mapping_outcome::made);
  CHECK(second.outcome == mapping_outcome::found);
  CHECK(first.id == second.id);
  CHECK(first.id == third.id);
  CHECK(nat.table.at(first.id).sessions == 3);
}

TEST_CASE("64 packets of one new flow use one port", "[pool][mapping][sd2][v15]") {
  translator nat{{home_pool()}};
  std::vector<mapping_id> held;

  for (int packet = 0; packet < 64; ++packet) {
    held.push_back(nat.maps(protocol::udp, alice, 5000).id);
  }

  const mapping<ipv4>& one = nat.table.at(held[0]);
  CHECK(nat.table.size() == 1);
  CHECK(nat.owner.count(one.external, port_space::udp) == 1);
  for (const mapping_id id : held) nat.table.release(id);
  CHECK(nat.table.size() == 0);
  CHECK(nat.owner.count(external_id{0}, port_space::udp) == 0);
  CHECK(nat.is_sound());
}

TEST_CASE("mappings are the same over any index", "[pool][mapping]") {
  test::seeded random;
  CAPTURE(random.seed());
  translator nat{{home_pool()}, {300, 8}};
  basic_translator<listed_traits> other{{home_pool()}, {300, 8}};
  std::vector<mapping_id> held;

  for (int round = 0; round < test::rounds(20'000); ++round) {
    if (!held.empty() && random.one_in(2)) {
      const std::size_t which = random.index(held.size());
      nat.table.release(held[which]);
      other.table.release(held[which]);
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
      continue;
    }
    const ipv4_address host{alice.bits() + static_cast<std::uint32_t>(random.below(12))};
    const auto number = static_cast<std::uint16_t>(5000 + random.below(40));
    const auto one = nat.maps(protocol::udp, host, number);
    const auto same = other.maps(protocol::udp, host, number);
    REQUIRE(one.outcome == same.outcome);
    REQUIRE(one.id == same.id);
    if (!one) continue;
    REQUIRE(nat.table.outside(one.id) == other.table.outside(one.id));
    held.push_back(one.id);
  }
  CHECK(nat.table.entries() == other.table.entries());
  CHECK(nat.table.hosts() == other.table.hosts());
  CHECK(nat.is_sound());
}

TEST_CASE("an index without room for the entry outside leaves nothing behind", "[pool][mapping]") {
  basic_translator<short_traits> nat{{home_pool()}};
  REQUIRE(nat.maps(protocol::udp, alice, 5000).outcome == mapping_outcome::made);

  CHECK(nat.maps(protocol::udp, bob, 5000).outcome == mapping_outcome::table_full);

  CHECK(nat.table.size() == 1);
  CHECK(nat.table.entries() == 2);
  CHECK(nat.table.hosts() == 1);
  std::uint32_t taken = 0;
  for (std::uint16_t one = 0; one < 8; ++one) {
    taken += nat.owner.count(external_id{one}, port_space::udp);
  }
  CHECK(taken == 1);
}

TEST_CASE("a table stops where its host does not fit in its own place", "[pool][mapping]") {
  const std::string said = "weir: broken precondition: a host fits where it was\n";
  basic_translator<narrowing_traits<1>> joins{{home_pool()}};
  basic_translator<narrowing_traits<2>> leaves{{home_pool()}};
  joins.maps(protocol::udp, alice, 5000);
  leaves.maps(protocol::udp, alice, 5000);
  const auto first = leaves.maps(protocol::udp, alice, 5001);

  CHECK(ending_of([&] { joins.maps(protocol::udp, alice, 5001); }).said == said);
  CHECK(ending_of([&] { leaves.table.release(first.id); }).said == said);
}

TEST_CASE("a table stops where its port is taken before it takes it", "[pool][mapping]") {
  translator nat{{home_pool()}};
  mapping_forecast<ipv4> asked;
  nat.table.begin(asked, nat.pools.pools()[0], protocol::udp, {alice, port{5000}});
  const auto take = [&](const endpoint<ipv4>& worn) noexcept {
    nat.owner.try_take(*nat.pools.find({domain_id{}, worn.address}), port_space::udp, worn.port);
  };

  CHECK(ending_of([&] { nat.table.acquire(asked, nat.random, take); }).said ==
        "weir: broken precondition: a mapping takes a free port\n");
}

TEST_CASE("a ping takes an identifier and gives back the same one", "[pool][mapping][sd3]") {
  translator nat{{home_pool()}};

  for (std::uint16_t round = 0; round < 1000; ++round) {
    const auto ping = nat.maps(protocol::icmp, alice, round);
    REQUIRE(ping);
    nat.table.release(ping.id);
  }

  for (std::uint16_t external = 0; external < 8; ++external) {
    CHECK(nat.owner.count(external_id{external}, port_space::icmp) == 0);
  }
  CHECK(nat.is_sound());
}

TEST_CASE("two hosts with one query identifier wear two", "[pool][mapping][sd4][v16]") {
  pool_specification raw = home_pool();
  raw.external = {block({203, 0, 113, 8}, 32)};
  translator nat{{raw}};

  const auto one = nat.maps(protocol::icmp, alice, 7);
  const auto other = nat.maps(protocol::icmp, bob, 7);

  REQUIRE(one);
  REQUIRE(other);
  CHECK(nat.table.at(one.id).external_port == port{7});
  CHECK(nat.table.at(other.id).external_port != port{7});
  const external_key reply{domain_id{}, protocol::icmp, nat.table.outside(other.id)};
  CHECK(nat.table.at(nat.table.find(reply)).internal() == endpoint<ipv4>{bob, port{7}});
}

TEST_CASE("a host keeps one external address while it has mappings",
          "[pool][mapping][rfc4787-req2][rfc6888-req2]") {
  translator nat{{home_pool()}};
  std::vector<mapping_id> held;
  std::set<ipv4_address> worn;

  for (std::uint16_t number = 1; number <= 300; ++number) {
    const auto kind = number % 3 == 0   ? protocol::tcp
                      : number % 3 == 1 ? protocol::udp
                                        : protocol::icmp;
    const auto found = nat.maps(kind, alice, number);
    REQUIRE(found);
    held.push_back(found.id);
    worn.insert(nat.table.outside(found.id).address);
    if (held.size() > 20) {  // the first mapping leaves, and the host stays where it is
      nat.table.release(held.front());
      held.erase(held.begin());
    }
  }

  CHECK(worn.size() == 1);
  CHECK(nat.is_sound());
}

TEST_CASE("what has no mapping wears the address its host has, or asks first",
          "[pool][mapping][rfc4787-req2]") {
  translator nat{{home_pool()}};
  const pool& pool = nat.pools.pools()[0];
  const auto before = nat.table.address_of(pool, protocol::gre, alice);

  const auto made = nat.maps(protocol::udp, alice, 5000);

  REQUIRE(before);
  CHECK(nat.table.at(made.id).external == *before);
  CHECK(nat.table.address_of(pool, protocol::gre, alice) == before);
}

/// The claim of a 1:1 mapping on the address that ends so.
external_claim whole(std::uint8_t last, std::optional<protocol> kind = std::nullopt) {
  return {{domain_id{}, {203, 0, 113, last}}, kind, std::nullopt};
}

TEST_CASE("what has no mapping wears no address that is claimed whole, and the one of its ports",
          "[pool][mapping][rfc4787-req2]") {
  translator nat{{home_pool()}, {4096, 1024}, {whole(8), whole(11), whole(12)}};
  const pool& pool = nat.pools.pools()[0];

  for (std::uint8_t host = 0; host < 100; ++host) {
    const ipv4_address one{192, 168, 2, host};
    const auto before = nat.table.address_of(pool, protocol::gre, one);
    const auto made = nat.maps(protocol::udp, one, 5000);
    REQUIRE(before);
    REQUIRE(made);
    REQUIRE(nat.table.at(made.id).external == *before);
    REQUIRE(nat.table.address_of(pool, protocol::gre, one) == before);
    REQUIRE_FALSE(nat.pools.is_claimed_whole(*before, protocol::gre));
  }
}

TEST_CASE("the claim of one protocol keeps the address from that protocol alone",
          "[pool][mapping]") {
  translator nat{{small_pool(2000, 2001)}, {64, 64}, {whole(8, protocol::gre)}};
  const pool& pool = nat.pools.pools()[0];

  CHECK_FALSE(nat.table.address_of(pool, protocol::gre, alice));
  CHECK(nat.table.address_of(pool, protocol::esp, alice));
  CHECK(nat.maps(protocol::udp, alice, 2000));
  CHECK_FALSE(nat.table.address_of(pool, protocol::gre, alice));
}

TEST_CASE("a deterministic host whose address is claimed wears no other one",
          "[pool][mapping][deterministic]") {
  pool_specification raw = home_pool();
  raw.deterministic = true;
  raw.internal = {block({192, 168, 0, 0}, 29)};
  translator nat{{raw}, {64, 64}, {whole(9)}};
  const pool& pool = nat.pools.pools()[0];

  CHECK(nat.table.address_of(pool, protocol::gre, {192, 168, 0, 0}) == external_id{0});
  CHECK_FALSE(nat.table.address_of(pool, protocol::gre, {192, 168, 0, 1}));
}

TEST_CASE("hosts are spread over the external addresses", "[pool][mapping][rfc4787-req2]") {
  translator nat{{home_pool()}};
  std::map<ipv4_address, int> worn;

  for (std::uint8_t host = 0; host < 200; ++host) {
    const auto found = nat.maps(protocol::udp, {192, 168, 2, host}, 5000);
    ++worn[nat.table.outside(found.id).address];
  }

  CHECK(worn.size() == 8);
}

TEST_CASE("an unpaired pool takes its addresses at random", "[pool][mapping]") {
  pool_specification raw = home_pool();
  raw.manners.paired = false;
  translator nat{{raw}};
  std::set<ipv4_address> worn;

  for (std::uint16_t number = 0; number < 200; ++number) {
    const auto found = nat.maps(protocol::udp, alice, static_cast<std::uint16_t>(2000 + number));
    worn.insert(nat.table.outside(found.id).address);
  }

  CHECK(worn.size() == 8);
  CHECK(nat.table.hosts() == 0);
}

TEST_CASE("a host whose paired address is full is refused, and another host is not",
          "[pool][mapping][rfc7857]") {
  pool_specification raw = home_pool();
  raw.ports = ports(2000, 2003);
  translator nat{{raw}};
  for (std::uint16_t number = 0; number < 4; ++number) {
    REQUIRE(nat.maps(protocol::tcp, alice, number));
  }

  CHECK(nat.maps(protocol::tcp, alice, 4).outcome == mapping_outcome::host_full);
  CHECK(nat.maps(protocol::udp, alice, 4).outcome == mapping_outcome::made);
  CHECK(nat.maps(protocol::tcp, bob, 4).outcome == mapping_outcome::made);
  CHECK(nat.is_sound());
}

TEST_CASE("a host whose paired address is full takes another where it may",
          "[pool][mapping][rfc7857]") {
  pool_specification raw = home_pool();
  raw.ports = ports(2000, 2003);
  raw.manners.paired_full_takes_other = true;
  translator nat{{raw}};

  for (std::uint16_t number = 0; number < 8 * 4; ++number) {
    REQUIRE(nat.maps(protocol::tcp, alice, number));
  }
  CHECK(nat.maps(protocol::tcp, alice, 99).outcome == mapping_outcome::exhausted);
  CHECK(nat.is_sound());
}

TEST_CASE("a new host finds the last free port of the pool, wherever it is",
          "[pool][mapping][rfc4787-req3]") {
  pool_specification raw = home_pool();
  raw.ports = ports(2000, 2003);
  translator nat{{raw}};
  std::vector<mapping_id> held;

  for (std::uint8_t host = 0; host < 8 * 4; ++host) {
    const auto found = nat.maps(protocol::tcp, {192, 168, 3, host}, 1);
    REQUIRE(found);
    held.push_back(found.id);
  }
  CHECK(nat.maps(protocol::tcp, alice, 1).outcome == mapping_outcome::exhausted);

  const endpoint<ipv4> freed = nat.table.outside(held[17]);
  nat.table.release(held[17]);
  const auto found = nat.maps(protocol::tcp, alice, 1);
  REQUIRE(found);
  CHECK(nat.table.outside(found.id) == freed);
  CHECK(nat.maps(protocol::tcp, bob, 1).outcome == mapping_outcome::exhausted);
  CHECK(nat.is_sound());
}

TEST_CASE("a search in vain does not hide IKE's port from the next host", "[pool][mapping][ike]") {
  translator nat{{small_pool(5000, 5001)}};
  REQUIRE(nat.maps(protocol::udp, alice, 5000));
  REQUIRE(nat.maps(protocol::udp, alice, 5001));
  REQUIRE(nat.maps(protocol::udp, bob, 5002).outcome == mapping_outcome::exhausted);

  const auto made = nat.maps(protocol::udp, bob, 500);

  REQUIRE(made);
  CHECK(nat.table.at(made.id).external_port == port{500});
  CHECK(nat.maps(protocol::udp, {192, 168, 1, 12}, 500).outcome == mapping_outcome::exhausted);
  CHECK(nat.is_sound());
}

TEST_CASE("no external endpoint is given twice by two pools of one address",
          "[pool][mapping][sr9]") {
  pool_specification one = small_pool(2000, 2015);
  pool_specification other = small_pool(2008, 2023);
  other.internal = {block({10, 0, 0, 0}, 8)};
  translator nat{{one, other}};
  std::set<endpoint<ipv4>> worn;

  for (std::uint16_t number = 2000; number < 2024; ++number) {
    const auto left = nat.maps(protocol::udp, alice, number);
    const auto right = nat.maps(protocol::udp, {10, 0, 0, 1}, number, 1);
    if (left) REQUIRE(worn.insert(nat.table.outside(left.id)).second);
    if (right) REQUIRE(worn.insert(nat.table.outside(right.id)).second);
  }

  CHECK(worn.size() == 24);
  CHECK_FALSE(nat.maps(protocol::udp, alice, 1));
  CHECK_FALSE(nat.maps(protocol::udp, {10, 0, 0, 1}, 1, 1));
  CHECK(nat.is_sound());
}

TEST_CASE("a deterministic mapping comes and goes without touching another pool's ports",
          "[pool][mapping][deterministic][sd5]") {
  pool_specification fixed = small_pool(1024, 2047);
  fixed.deterministic = true;
  fixed.internal = {block({10, 0, 0, 0}, 24)};
  pool_specification dynamic = small_pool(2048, 4095);
  translator nat{{fixed, dynamic}};
  const auto kept = nat.maps(protocol::tcp, alice, 3000, 1);
  REQUIRE(kept);

  for (std::uint16_t number = 0; number < 8; ++number) {
    const auto found = nat.maps(protocol::tcp, {10, 0, 0, 5}, number, 0);
    REQUIRE(bool(found) == (number < 4));
    if (found) {
      CHECK(ports(1044, 1047).contains(nat.table.at(found.id).external_port));
    } else {
      CHECK(found.outcome == mapping_outcome::host_full);
    }
  }
  for (std::uint16_t number = 0; number < 4; ++number) {
    nat.table.release(nat.table.find(
        internal_key<ipv4>{pool_id{0}, domain_id{}, protocol::tcp, {{10, 0, 0, 5}, port{number}}}));
  }

  CHECK(nat.owner.taken(external_id{0}, port_space::tcp, port{3000}));
  CHECK(nat.owner.count(external_id{0}, port_space::tcp) == 1);
  CHECK(nat.is_sound());
}

TEST_CASE("a claimed endpoint is never given", "[pool][mapping][hr11]") {
  const external_address external{domain_id{}, {203, 0, 113, 8}};
  translator nat{{small_pool(2000, 2001)}, {64, 64}, {{external, protocol::tcp, port{2000}}}};

  const auto first = nat.maps(protocol::tcp, alice, 2000);

  REQUIRE(first);
  CHECK(nat.table.at(first.id).external_port == port{2001});
  CHECK_FALSE(nat.maps(protocol::tcp, bob, 2000));
  CHECK(nat.maps(protocol::udp, bob, 2000));
  CHECK(nat.is_sound());
}

TEST_CASE("the box's own endpoint is worn as it is and given to nobody", "[pool][mapping][own]") {
  translator nat{{small_pool(2000, 2001)}};
  const external_key own{domain_id{}, protocol::udp, {{203, 0, 113, 8}, port{2000}}};

  const auto held = nat.table.acquire_own(own);
  const auto again = nat.table.acquire_own(own);

  CHECK(held.outcome == mapping_outcome::made);
  CHECK(again.outcome == mapping_outcome::found);
  CHECK(nat.table.at(held.id).internal() == nat.table.outside(held.id));
  CHECK(nat.table.at(nat.maps(protocol::udp, alice, 2000).id).external_port == port{2001});
  CHECK_FALSE(nat.maps(protocol::udp, bob, 2000));
  CHECK(nat.is_sound());

  nat.table.release(held.id);
  CHECK_FALSE(nat.maps(protocol::udp, bob, 2000));
  nat.table.release(again.id);
  CHECK(nat.maps(protocol::udp, bob, 2000));
}

TEST_CASE("the box's own endpoint that a host wears is taken", "[pool][mapping][own]") {
  translator nat{{small_pool(2000, 2001)}};
  REQUIRE(nat.maps(protocol::udp, alice, 2000));

  const external_key own{domain_id{}, protocol::udp, {{203, 0, 113, 8}, port{2000}}};
  CHECK(nat.table.acquire_own(own).outcome == mapping_outcome::taken);
}

TEST_CASE("the box needs no mapping for what no pool gives", "[pool][mapping][own]") {
  pool_specification raw = small_pool(2000, 2001);
  raw.reserved_ports = {ports(22, 22)};
  translator nat{{raw}};
  const auto asked = [&](protocol kind, ipv4_address address, std::uint16_t number) {
    return nat.table.acquire_own({domain_id{}, kind, {address, port{number}}}).outcome;
  };

  CHECK(asked(protocol::tcp, {203, 0, 113, 8}, 22) == mapping_outcome::unneeded);
  CHECK(asked(protocol::tcp, {203, 0, 113, 9}, 2000) == mapping_outcome::unneeded);
  CHECK(asked(protocol::esp, {203, 0, 113, 8}, 0) == mapping_outcome::unneeded);
  CHECK(nat.table.size() == 0);
}

TEST_CASE("a protocol without ports has no mapping", "[pool][mapping]") {
  translator nat{{home_pool()}};
  CHECK(nat.maps(protocol::gre, alice, 0).outcome == mapping_outcome::portless);
}

TEST_CASE("one mapping above the limit is refused and changes nothing", "[pool][mapping]") {
  translator nat{{home_pool()}, {3, 3}};
  for (std::uint16_t number = 0; number < 3; ++number) {
    REQUIRE(nat.maps(protocol::tcp, alice, number));
  }

  CHECK(nat.maps(protocol::tcp, alice, 3).outcome == mapping_outcome::table_full);
  CHECK(nat.maps(protocol::tcp, alice, 2).outcome == mapping_outcome::found);
  CHECK(nat.table.size() == 3);
  CHECK(nat.is_sound());
}

TEST_CASE("hosts above the limit are served and not remembered", "[pool][mapping]") {
  translator nat{{home_pool()}, {64, 2}};

  for (std::uint8_t host = 0; host < 8; ++host) {
    for (std::uint16_t number = 0; number < 4; ++number) {
      REQUIRE(nat.maps(protocol::tcp, {192, 168, 4, host}, number));
    }
  }

  CHECK(nat.table.hosts() == 2);
  CHECK(nat.is_sound());
}

TEST_CASE("one internal endpoint has a mapping for every pool it leaves by", "[pool][mapping]") {
  pool_specification one = home_pool();
  one.zone = zone_id{2};
  pool_specification other = home_pool();
  other.zone = zone_id{3};
  other.external = {block({198, 51, 100, 0}, 30)};
  translator nat{{one, other}};

  const auto left = nat.maps(protocol::tcp, alice, 1, 0);
  const auto right = nat.maps(protocol::tcp, alice, 1, 1);

  CHECK(left.id != right.id);
  CHECK(nat.is_sound());
}

TEST_CASE("domains may overlap inside and outside", "[pool][mapping][rfc4787-req7]") {
  pool_specification red = home_pool();
  red.domain = domain_id{1};
  red.external_domain = domain_id{1};
  pool_specification blue = home_pool();
  blue.domain = domain_id{2};
  blue.external_domain = domain_id{2};
  translator nat{{red, blue}};

  const auto in_red = nat.maps(protocol::tcp, alice, 4000, 0);
  const auto in_blue = nat.maps(protocol::tcp, alice, 4000, 1);

  REQUIRE(in_red);
  REQUIRE(in_blue);
  CHECK(nat.table.at(in_red.id).external_port == port{4000});
  CHECK(nat.table.at(in_blue.id).external_port == port{4000});
  CHECK(nat.is_sound());
}

TEST_CASE("a mapping costs 52 bytes, indices included", "[pool][mapping]") {
  const pool_set pools = pools_of({home_pool()});
  port_owner owner{pools};
  constexpr std::uint32_t mappings = 1'000'000;
  const mapping_table<ipv4> table{pools, owner, {mappings, mappings / 4}, {1, 2}};

  CHECK(static_cast<double>(table.bytes()) / mappings < 52.1);
}

/// What the table must do, written with plain maps. Knows neither hashes nor bitmaps.
class mapping_model {
 public:
  struct held {
    endpoint<ipv4> external{};
    int sessions = 0;
  };
  using host = std::pair<std::size_t, ipv4_address>;
  using inside = std::tuple<std::size_t, protocol, endpoint<ipv4>>;
  using outside = std::pair<port_space, endpoint<ipv4>>;

  bool is_free(protocol kind, endpoint<ipv4> external) const {
    return !by_external.contains({*space_of(kind), external});
  }
  void make(const inside& key, endpoint<ipv4> external) {
    by_internal[key] = {external, 1};
    by_external[{*space_of(std::get<1>(key)), external}] = key;
    ++hosts[{std::get<0>(key), std::get<2>(key).address}][external.address];
  }
  void release(const inside& key) {
    held& one = by_internal.at(key);
    if (--one.sessions != 0) return;
    auto& addresses = hosts.at({std::get<0>(key), std::get<2>(key).address});
    if (--addresses.at(one.external.address) == 0) addresses.erase(one.external.address);
    by_external.erase({*space_of(std::get<1>(key)), one.external});
    by_internal.erase(key);
  }

  std::map<inside, held> by_internal;
  std::map<outside, inside> by_external;
  std::map<host, std::map<ipv4_address, int>> hosts;
};

/// One external range of four addresses that two pools share, each with ports of its own and some
/// that both give; small, so that it is full often.
std::vector<pool_specification> shared_pools() {
  pool_specification one = home_pool();
  one.external = {block({203, 0, 113, 8}, 30)};
  one.ports = ports(1000, 1199);
  pool_specification other = one;
  other.internal = {block({10, 0, 0, 0}, 8)};
  other.ports = ports(1100, 1299);
  other.manners.paired = false;
  return {one, other};
}

/// Drives table and model with the same operations and compares what they say.
struct model_run {
  explicit model_run(std::uint64_t seed) : choice{{seed, 1}} {
    nat.random = seeded_random{{seed, 2}};
  }

  void step() {
    if (below(100, choice) < 50 || sessions.empty()) {
      open();
    } else {
      close();
    }
  }

  void open() {
    constexpr protocol kinds[] = {protocol::tcp, protocol::udp, protocol::icmp, protocol::sctp};
    const protocol kind = kinds[below(4, choice)];
    const std::size_t pool = below(2, choice);
    const auto last = static_cast<std::uint8_t>(below(40, choice));
    const ipv4_address host =
        pool == 0 ? ipv4_address{192, 168, 0, last} : ipv4_address{10, 0, 0, last};
    const endpoint<ipv4> from{host, port{static_cast<std::uint16_t>(1000 + below(300, choice))}};
    const mapping_model::inside key{pool, kind, from};
    const auto answer = nat.maps(kind, host, from.port.number(), pool);
    if (const auto known = model.by_internal.find(key); known != model.by_internal.end()) {
      REQUIRE(answer.outcome == mapping_outcome::found);
      REQUIRE(nat.table.outside(answer.id) == known->second.external);
      ++known->second.sessions;
      sessions.push_back(key);
      return;
    }
    if (answer) {
      made(key, nat.table.outside(answer.id));
    } else {
      refused(key, answer.outcome);
    }
  }

  void made(const mapping_model::inside& key, endpoint<ipv4> external) {
    const auto& [pool, kind, from] = key;
    REQUIRE(nat.pools.pools()[pool].is_external(external.address));
    REQUIRE(nat.pools.pools()[pool].numbers(*space_of(kind)).contains(external.port));
    REQUIRE(model.is_free(kind, external));
    if (kind == protocol::sctp) REQUIRE(external.port == from.port);
    const auto& worn = model.hosts[{pool, from.address}];
    if (pool == 0 && !worn.empty()) {
      REQUIRE(worn.contains(external.address));
      REQUIRE(worn.size() == 1);
    }
    model.make(key, external);
    sessions.push_back(key);
  }

  /// A refusal is right only if no free port could have been given.
  void refused(const mapping_model::inside& key, mapping_outcome outcome) {
    const auto& [pool, kind, from] = key;
    const auto& worn = model.hosts[{pool, from.address}];
    const bool paired = pool == 0 && !worn.empty();
    REQUIRE(outcome == (paired ? mapping_outcome::host_full : mapping_outcome::exhausted));
    ++refusals;
    for (std::uint8_t last = 8; last < 12; ++last) {
      const ipv4_address address{203, 0, 113, last};
      if (paired && !worn.contains(address)) continue;
      const port_range numbers = nat.pools.pools()[pool].numbers(*space_of(kind));
      for (std::uint32_t one = numbers.first().number(); one <= numbers.last().number(); ++one) {
        const port number{static_cast<std::uint16_t>(one)};
        if (kind == protocol::sctp && number != from.port) continue;
        REQUIRE_FALSE(model.is_free(kind, {address, number}));
      }
    }
  }

  void close() {
    const std::size_t place = below(static_cast<std::uint32_t>(sessions.size()), choice);
    const mapping_model::inside key = sessions[place];
    sessions[place] = sessions.back();
    sessions.pop_back();
    const auto& [pool, kind, from] = key;
    const endpoint<ipv4> external = model.by_internal.at(key).external;
    const auto id = nat.table.find(external_key{domain_id{}, kind, external});
    REQUIRE_FALSE(id.is_none());
    REQUIRE(nat.table.at(id).internal() == from);
    nat.table.release(id);
    model.release(key);
    const internal_key<ipv4> inside{pool_id{static_cast<std::uint16_t>(pool)}, domain_id{}, kind,
                                    from};
    REQUIRE(nat.table.find(inside).is_none() == !model.by_internal.contains(key));
  }

  translator nat{shared_pools(), {8192, 128}};
  mapping_model model;
  seeded_random choice;
  std::vector<mapping_model::inside> sessions;
  int refusals = 0;
};

TEST_CASE("mappings agree with plain maps over a million random operations",
          "[pool][mapping][model]") {
  const std::uint64_t seed = 20'261'121;
  CAPTURE(seed);
  model_run run{seed};

  for (int operation = 0; operation < weir::test::rounds(1'000'000); ++operation) {
    run.step();
    if (operation % 50'000 == 0) {
      REQUIRE(run.nat.is_sound());
      REQUIRE(run.nat.table.size() == run.model.by_internal.size());
    }
  }
  while (!run.sessions.empty()) run.close();

  CHECK(run.refusals > 0);
  CHECK(run.nat.table.size() == 0);
  CHECK(run.nat.table.hosts() == 0);
  CHECK(run.nat.table.entries() == 0);
  CHECK(run.nat.is_sound());
}

TEST_CASE("what is foreseen is what mappings wear", "[pool][mapping][forecast]") {
  const auto host_port = [](std::size_t i) {
    return endpoint<ipv4>{ipv4_address{192, 168, 1, static_cast<std::uint8_t>(1 + i)}, port{4000}};
  };
  const auto port_of_one = [](std::size_t i) {
    return endpoint<ipv4>{ipv4_address{192, 168, 1, 9}, port{static_cast<std::uint16_t>(500 + i)}};
  };

  SECTION("ports are kept") {
    translator nat{{home_pool()}};
    CHECK(count_right_forecasts(nat, 24, port_of_one) == 24);
    CHECK(count_right_forecasts(nat, 24, port_of_one) == 24);  // they are known by now
  }
  SECTION("ports are drawn") {
    auto raw = home_pool();
    raw.manners.preserve_port = false;
    raw.manners.preserve_parity = true;
    translator nat{{raw}};
    CHECK(count_right_forecasts(nat, 24, host_port) >= 23);
  }
  SECTION("addresses are drawn too") {
    auto raw = home_pool();
    raw.external = {block({203, 0, 113, 0}, 28)};
    raw.manners.preserve_port = false;
    raw.manners.paired = false;
    translator nat{{raw}};
    CHECK(count_right_forecasts(nat, 24, host_port) >= 23);
  }
  SECTION("nine ports of ten are taken") {
    auto raw = home_pool();
    raw.external = {block({203, 0, 113, 8}, 32)};
    raw.manners.preserve_port = false;
    translator nat{{raw}};
    for (std::uint32_t one = 1024; one < 65536; ++one) {
      if (one % 10 != 0) {
        nat.owner.try_take(external_id{0}, port_space::udp, port{static_cast<std::uint16_t>(one)});
      }
    }
    CHECK(count_right_forecasts(nat, 24, host_port) >= 23);
  }
  SECTION("the pool is deterministic") {
    auto raw = home_pool();
    raw.deterministic = true;
    translator nat{{raw}};
    CHECK(count_right_forecasts(nat, 24, host_port) == 24);
  }
}

TEST_CASE("a forecast that does not come true changes nothing", "[pool][mapping][forecast]") {
  auto raw = home_pool();
  raw.external = {block({203, 0, 113, 8}, 32)};
  translator nat{{raw}};
  const pool& from = nat.pools.pools()[0];
  const endpoint<ipv4> first{alice, port{4000}};
  mapping_forecast<ipv4> of_alice;
  nat.table.begin(of_alice, from, protocol::udp, first);
  nat.table.find_candidate(of_alice);
  seeded_random ahead = nat.random;
  nat.table.draw(of_alice, ahead);
  REQUIRE(nat.table.conclude(of_alice));
  REQUIRE(of_alice.worn.port == port{4000});

  const auto for_bob = nat.maps(protocol::udp, bob, 4000);
  const auto for_alice =
      nat.table.acquire(of_alice, nat.random, [](const endpoint<ipv4>&) noexcept {});

  REQUIRE(for_bob);
  REQUIRE(for_alice);
  CHECK(nat.table.at(for_bob.id).external_port == port{4000});
  CHECK(nat.table.at(for_alice.id).external_port != port{4000});
  CHECK(nat.is_sound());
  CHECK(nat.table.find(internal_key<ipv4>{from.id, from.domain, protocol::udp, first}) ==
        for_alice.id);
}

}  // namespace
}  // namespace weir
