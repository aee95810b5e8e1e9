#include "weir/engine/verify.hpp"

#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace weir::test {
namespace {

constexpr endpoint<ipv4> name_server{{192, 0, 2, 1}, port{53}};

/// The tables of a box that translates, for who damages them.
struct tables {
  static std::shared_ptr<const snapshot> translating() {
    auto raw = home_gateway();
    raw.sessions.max = 8;
    return compiled(raw);
  }

  /// Makes a session, which may hold a mapping.
  template <IpVersion V>
  void enters(const flow_key<V>& original, const flow_key<V>& reply,
              std::uint32_t mapping = cold_record::no_mapping) {
    auto& sessions = state.template sessions<V>();
    const auto made = sessions.try_create({.original = pack(original),
                                           .reply = pack(reply),
                                           .is_translated = reply != reversed(original)},
                                          tick{}, state.template on_end<V>());
    REQUIRE(made.created());
    sessions.cold(made.id).mapping = mapping;
    state.lives.created.add();
    REQUIRE(said() == "sound");
  }
  /// Makes a session that nothing translates.
  template <IpVersion V>
  void opens_plain(std::uint16_t from) {
    flow_key<V> original{domain_id{}, protocol::udp, {{}, port{from}}, {{}, port{53}}};
    if constexpr (V::number == 4) {
      original.source.address = {10, 0, 0, 5};
      original.destination.address = name_server.address;
    } else {
      original.source.address = parse_ip_address("2001:db8:1::5")->v6();
      original.destination.address = parse_ip_address("2001:db8:9::1")->v6();
    }
    enters(original, reversed(original));
  }
  /// Makes a session whose host wears a mapping; where `to` is one that another host wears, that
  /// one answers.
  void opens(std::uint16_t from, endpoint<ipv4> to = name_server) {
    const endpoint<ipv4> host{{10, 0, 0, 5}, port{from}};
    const auto worn =
        state.mappings.acquire(state.config->pools().pools()[0], protocol::udp, host, state.random);
    REQUIRE(worn);
    endpoint<ipv4> answering = to;
    const auto reached = state.mappings.find(external_key{domain_id{}, protocol::udp, to});
    if (!reached.is_none()) {
      state.mappings.hold(reached);
      answering = state.mappings.at(reached).internal();
    }
    enters<ipv4>({domain_id{}, protocol::udp, host, to},
                 {domain_id{}, protocol::udp, answering, state.mappings.outside(worn.id)},
                 worn.id.number());
  }
  std::string said() { return weir::detail::verify(state).value_or("sound"); }

  weir::detail::shard<default_traits> state{translating(), {}};
};

/// Another key for a direction of a session, which keeps what the old one was annotated with.
template <IpVersion V>
void rekey(hot_record<V>& record, direction way, const packed_flow<V>& key) {
  auto& there = record.key[index_of(way)];
  const auto annotation = there.annotation();
  there = key;
  there.set_annotation(annotation);
}

template <IpVersion V>
std::string lost_session() {
  return "an IPv" + std::to_string(V::number) +
         " session is not found by its keys, or something else is";
}

TEMPLATE_TEST_CASE("a session whose key changed is found", "[engine][verify]", ipv4, ipv6) {
  const auto way = GENERATE(direction::original, direction::reply);
  tables box;
  box.opens_plain<TestType>(4000);
  auto& record = box.state.template sessions<TestType>().hot(0);

  rekey(record, way, wildcard(record.key[index_of(way)]));

  CHECK(box.said() == lost_session<TestType>());
}

TEMPLATE_TEST_CASE("a session with the key of another one is found", "[engine][verify]", ipv4,
                   ipv6) {
  tables box;
  box.opens_plain<TestType>(4000);
  box.opens_plain<TestType>(4001);
  auto& sessions = box.state.template sessions<TestType>();

  rekey(sessions.hot(1), direction::original, sessions.hot(0).key[0]);

  CHECK(box.said() == lost_session<TestType>());
}

TEMPLATE_TEST_CASE("a session that is there and says it is not is found", "[engine][verify]", ipv4,
                   ipv6) {
  tables box;
  box.opens_plain<TestType>(4000);

  box.state.template sessions<TestType>().hot(0).set_status({});

  CHECK(box.said() == lost_session<TestType>());
}

TEMPLATE_TEST_CASE("a key that is left behind by its session is found", "[engine][verify]", ipv4,
                   ipv6) {
  tables box;
  box.opens_plain<TestType>(4000);
  auto& record = box.state.template sessions<TestType>().hot(0);

  rekey(record, direction::original, wildcard(record.key[0]));
  box.state.template end<TestType>(0);

  CHECK(box.said() == lost_session<TestType>());
}

TEMPLATE_TEST_CASE("a session that ended twice is found", "[engine][verify]", ipv4, ipv6) {
  tables box;
  box.opens_plain<TestType>(4000);
  box.opens_plain<TestType>(4001);
  auto& sessions = box.state.template sessions<TestType>();
  const auto status = sessions.hot(0).status();
  box.state.template end<TestType>(0);
  REQUIRE(box.said() == "sound");

  sessions.hot(0).set_status(status);
  sessions.end(0);

  CHECK(box.said() == lost_session<TestType>());
}

TEST_CASE("a port that is taken and belongs to no mapping is found", "[engine][verify]") {
  tables box;

  REQUIRE(box.state.owner.try_take(external_id{0}, port_space::tcp, port{2000}));

  CHECK(box.said() == "external address 0 counts 1 ports in use, not 0");
}

TEST_CASE("a mapping that is held once too often is found", "[engine][verify]") {
  tables box;
  box.opens(4000);

  box.state.mappings.hold(mapping_id{0});

  CHECK(box.said() == "mapping 0 counts 2 sessions, and 1 hold it");
}

TEST_CASE("a mapping that is released once too often is found", "[engine][verify]") {
  tables box;
  box.opens(4000, name_server);
  box.opens(4000, {{192, 0, 2, 2}, port{53}});

  box.state.mappings.release(mapping_id{0});

  CHECK(box.said() == "mapping 0 counts 1 sessions, and 2 hold it");
}

TEST_CASE("a session whose mapping has ended is found", "[engine][verify]") {
  tables box;
  box.opens(4000);

  box.state.mappings.release(mapping_id{0});

  CHECK(box.said() == "mapping 0 is not there, and 1 sessions hold it");
}

TEST_CASE("a session that holds a mapping beyond the last one is found", "[engine][verify]") {
  const auto beyond = GENERATE(8u, 1'000'000u);
  tables box;
  box.opens_plain<ipv4>(4000);

  box.state.sessions4.cold(0).mapping = beyond;

  CHECK(box.said() == "mapping 8 is not there, and 1 sessions hold it");
}

TEST_CASE("a session that forgets its mapping is found", "[engine][verify]") {
  tables box;
  box.opens(4000);

  box.state.sessions4.cold(0).mapping = cold_record::no_mapping;

  CHECK(box.said() == "mapping 0 counts 1 sessions, and 0 hold it");
}

TEST_CASE("a session that forgets the mapping it was opened towards is found", "[engine][verify]") {
  tables box;
  box.opens(4000);
  box.opens(4001, box.state.mappings.outside(mapping_id{0}));
  REQUIRE(box.state.mappings.at(mapping_id{0}).sessions == 2);

  box.state.sessions4.hot(1).set(session_flag::translated, false);

  CHECK(box.said() == "mapping 0 counts 2 sessions, and 1 hold it");
}

TEST_CASE("a stranger that is not counted is found", "[engine][verify]") {
  tables box;
  box.opens(4000);
  box.opens(4001, box.state.mappings.outside(mapping_id{0}));
  REQUIRE(box.said() == "sound");

  box.state.sessions4.hot(1).set(session_flag::original_does_not_refresh, true);

  CHECK(box.said() == "mapping 0 counts 0 strangers, and 1 hold it");
}

TEST_CASE("a life that no session had is found", "[engine][verify]") {
  const auto count = GENERATE(&session_counters::created, &session_counters::expired,
                              &session_counters::ended, &session_counters::evicted);
  tables box;
  box.opens_plain<ipv4>(4000);
  box.opens_plain<ipv6>(4000);

  (box.state.lives.*count).add();

  CHECK(box.said() == "sessions created and not ended are not as many as there are");
}

TEST_CASE("a packet that nothing became of is found", "[engine][verify]") {
  tables box;

  box.state.packets.in.add();

  CHECK(box.said() == "packets that came in are not all accounted for once");
}

TEST_CASE("a packet that is dropped for no reason is found", "[engine][verify]") {
  tables box;

  box.state.packets.in.add();
  box.state.packets.dropped.add();

  CHECK(box.said() == "packets that came in are not all accounted for once");
}

}  // namespace
}  // namespace weir::test
