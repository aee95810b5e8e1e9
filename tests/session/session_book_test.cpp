#include "weir/session/session_book.hpp"

#include "tests/session/table_fixture.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <utility>
#include <vector>

using namespace weir;
using namespace weir::test;

namespace {

template <IpVersion V>
void answer(table_fixture<V>& box, const packed_flow<V>& key) {
  box.table.track(box.table.find(reversed(key), box.now), box.now);
}

}  // namespace

TEMPLATE_TEST_CASE("a source has as many sessions as it may and not one more",
                   "[session][limits][rfc6888-req4]", ipv4, ipv6) {
  using V = TestType;
  table_fixture<V> box{{.sessions_max = 100, .per_source_max = 10}};
  for (std::uint32_t number = 0; number < 9; ++number) box.create(udp_flow<V>(number));
  CHECK(box.create(udp_flow<V>(9)).created());

  CHECK(box.create(udp_flow<V>(10)).refusal == session_refusal::source_limit);
  CHECK(box.create(udp_flow<V>(10, 2)).created());
  box.table.end(box.table.find(udp_flow<V>(3), box.now).id());
  CHECK(box.create(udp_flow<V>(10)).created());
  CHECK(box.create(udp_flow<V>(11)).refusal == session_refusal::source_limit);
}

TEST_CASE("the same address in another domain is another source", "[session][limits]") {
  table_fixture<ipv4> box{{.sessions_max = 100, .per_source_max = 1}};
  flow_key<ipv4> elsewhere = unpack(udp_flow<ipv4>(1));
  elsewhere.domain = domain_id{2};
  box.create(udp_flow<ipv4>(1));

  CHECK(box.create(udp_flow<ipv4>(2)).refusal == session_refusal::source_limit);
  CHECK(box.create(pack(elsewhere)).created());
}

TEST_CASE("the dead do not count against their source, swept or not", "[session][limits][expiry]") {
  table_fixture<ipv4> box{{.sessions_max = 100, .per_source_max = 10}};
  for (std::uint32_t number = 0; number < 10; ++number) box.create(udp_flow<ipv4>(number));

  box.pass(2 * minute - 1);
  CHECK(box.create(udp_flow<ipv4>(10)).refusal == session_refusal::source_limit);
  box.pass(1);
  CHECK(box.create(udp_flow<ipv4>(10)).created());
}

TEST_CASE("a source has as many unanswered sessions as it may and not one more",
          "[session][limits]") {
  table_fixture<ipv4> box{{.sessions_max = 100, .embryonic_per_source_max = 3}};
  for (std::uint32_t number = 0; number < 3; ++number) box.create(udp_flow<ipv4>(number));

  CHECK(box.create(udp_flow<ipv4>(3)).refusal == session_refusal::embryonic_limit);
  answer(box, udp_flow<ipv4>(1));
  CHECK(box.create(udp_flow<ipv4>(3)).created());
  CHECK(box.create(udp_flow<ipv4>(4)).refusal == session_refusal::embryonic_limit);
  answer(box, udp_flow<ipv4>(1));
  CHECK(box.create(udp_flow<ipv4>(4)).refusal == session_refusal::embryonic_limit);
}

TEST_CASE("a TCP session is unanswered until the handshake is complete", "[session][limits][tcp]") {
  table_fixture<ipv4> box{{.sessions_max = 100, .embryonic_per_source_max = 1}};
  const auto key = tcp_flow<ipv4>(1);
  box.create(key);
  box.table.track(box.table.find(reversed(key), box.now), its_answer, box.now);
  CHECK(box.create(tcp_flow<ipv4>(2)).refusal == session_refusal::embryonic_limit);

  box.table.track(box.table.find(key, box.now), its_confirmation, box.now);

  CHECK(box.create(tcp_flow<ipv4>(2)).created());
}

TEST_CASE("a session that was refused stays unanswered", "[session][limits][tcp]") {
  table_fixture<ipv4> box{{.sessions_max = 100, .embryonic_per_source_max = 1}};
  const auto key = tcp_flow<ipv4>(1);
  box.create(key);
  const tcp_segment refusal{.acknowledgment = 1001, .flags = tcp_flag::rst | tcp_flag::ack};

  REQUIRE(box.table.track(box.table.find(reversed(key), box.now), refusal, box.now) ==
          tcp_outcome::pass);

  CHECK(box.create(tcp_flow<ipv4>(2)).refusal == session_refusal::embryonic_limit);
}

TEST_CASE("a full table ends who has waited longest for an answer", "[session][eviction]") {
  table_fixture<ipv4> box{{.sessions_max = 3, .when_full = full_policy::evict_embryonic}};
  const std::uint32_t first = box.create(udp_flow<ipv4>(1)).id;
  const std::uint32_t second = box.create(udp_flow<ipv4>(2)).id;
  box.create(udp_flow<ipv4>(3));
  answer(box, udp_flow<ipv4>(1));

  CHECK(box.create(udp_flow<ipv4>(4)).created());

  CHECK(box.ended == std::vector{std::pair{second, session_end::evicted}});
  CHECK(box.table.find(udp_flow<ipv4>(1), box.now).id() == first);
  CHECK_FALSE(box.is_live(udp_flow<ipv4>(2)));
}

TEST_CASE("a full table ends nobody who may not go, and asks no more than so many",
          "[session][eviction][rfc6888-req11]") {
  const auto policy = GENERATE(full_policy::evict_embryonic, full_policy::fair_share);
  constexpr std::uint32_t asked_max = session_book<ipv4, session_traits>::victims_asked_max;
  constexpr std::uint32_t held = asked_max + 2;
  table_fixture<ipv4> box{{.sessions_max = held, .when_full = policy}};
  for (std::uint32_t number = 0; number < held; ++number) box.create(udp_flow<ipv4>(number));
  const auto newcomer = udp_flow<ipv4>(0, 2);
  std::uint32_t asked = 0;
  const auto try_with_first = [&](std::uint32_t first_to_go) {
    asked = 0;
    return box.table
        .try_create({.original = newcomer, .reply = reversed(newcomer)}, box.now, box.on_end(),
                    [&](std::uint32_t) noexcept { return ++asked > first_to_go; })
        .created();
  };

  CHECK_FALSE(try_with_first(held));
  CHECK(asked == asked_max);
  CHECK(box.ended.empty());
  CHECK_FALSE(try_with_first(asked_max));
  CHECK(try_with_first(asked_max - 1));
  CHECK_FALSE(box.is_live(udp_flow<ipv4>(asked_max - 1)));
}

TEST_CASE("where no waiting session of the greatest holder may go, an answered one does",
          "[session][eviction]") {
  table_fixture<ipv4> box{{.sessions_max = 3, .when_full = full_policy::fair_share}};
  for (std::uint32_t number = 0; number < 3; ++number) box.create(udp_flow<ipv4>(number));
  const auto waiting = box.table.find(udp_flow<ipv4>(0), box.now).id();
  answer(box, udp_flow<ipv4>(1));
  answer(box, udp_flow<ipv4>(2));
  const auto newcomer = udp_flow<ipv4>(0, 2);

  const auto made =
      box.table.try_create({.original = newcomer, .reply = reversed(newcomer)}, box.now,
                           box.on_end(), [&](std::uint32_t id) noexcept { return id != waiting; });

  REQUIRE(made.created());
  CHECK(box.is_live(udp_flow<ipv4>(0)));
  CHECK_FALSE(box.is_live(udp_flow<ipv4>(2)));
}

TEST_CASE("a full table whose sessions are all answered refuses", "[session][eviction]") {
  table_fixture<ipv4> box{{.sessions_max = 2, .when_full = full_policy::evict_embryonic}};
  for (std::uint32_t number = 0; number < 2; ++number) {
    box.create(udp_flow<ipv4>(number));
    answer(box, udp_flow<ipv4>(number));
  }

  CHECK(box.create(udp_flow<ipv4>(2)).refusal == session_refusal::table_full);
  CHECK(box.ended.empty());
}

TEST_CASE("a full table is shared: the greatest holder loses to those with two less",
          "[session][eviction]") {
  table_fixture<ipv4> box{{.sessions_max = 5, .when_full = full_policy::fair_share}};
  for (std::uint32_t number = 0; number < 4; ++number) box.create(udp_flow<ipv4>(number, 1));
  box.create(udp_flow<ipv4>(0, 2));

  CHECK(box.create(udp_flow<ipv4>(9, 1)).refusal == session_refusal::table_full);
  CHECK(box.create(udp_flow<ipv4>(1, 2)).created());
  CHECK_FALSE(box.is_live(udp_flow<ipv4>(0, 1)));
  CHECK(box.create(udp_flow<ipv4>(2, 2)).refusal == session_refusal::table_full);
  CHECK(box.create(udp_flow<ipv4>(0, 3)).created());
  CHECK_FALSE(box.is_live(udp_flow<ipv4>(1, 1)));
  CHECK(box.create(udp_flow<ipv4>(0, 4)).created());
  CHECK(box.table.size() == 5);
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("of the greatest holder the longest unanswered session ends, else the last answered",
          "[session][eviction]") {
  table_fixture<ipv4> box{{.sessions_max = 3, .when_full = full_policy::fair_share}};
  for (std::uint32_t number = 0; number < 3; ++number) box.create(udp_flow<ipv4>(number));
  answer(box, udp_flow<ipv4>(2));
  answer(box, udp_flow<ipv4>(0));

  REQUIRE(box.create(udp_flow<ipv4>(0, 2)).created());
  CHECK_FALSE(box.is_live(udp_flow<ipv4>(1)));
  REQUIRE(box.create(udp_flow<ipv4>(0, 3)).created());
  CHECK_FALSE(box.is_live(udp_flow<ipv4>(0)));
  CHECK(box.is_live(udp_flow<ipv4>(2)));
}

TEST_CASE("shares follow sources that come and go", "[session][eviction]") {
  table_fixture<ipv4> box{{.sessions_max = 64, .when_full = full_policy::fair_share}};
  for (int round = 0; round < 50; ++round) {
    const auto source = static_cast<std::uint32_t>(round % 7);
    for (std::uint32_t number = 0; number < 20; ++number) {
      box.create(udp_flow<ipv4>(number, source));
    }
    box.pass(20'000);
    box.reclaim();
  }
  box.pass(2 * minute);
  box.reclaim();

  CHECK(box.table.size() == 0);
  CHECK(box.create(udp_flow<ipv4>(1)).created());
}

TEMPLATE_TEST_CASE("a session whose answer was not booked is found", "[session][verify]", ipv4,
                   ipv6) {
  const auto asked =
      GENERATE(session_table_options{.sessions_max = 8, .per_source_max = 9},
               session_table_options{.sessions_max = 8, .embryonic_per_source_max = 9},
               session_table_options{.sessions_max = 8, .when_full = full_policy::evict_embryonic},
               session_table_options{.sessions_max = 8, .when_full = full_policy::fair_share});
  table_fixture<TestType> box{asked};
  for (std::uint32_t from = 1; from <= 4; ++from) box.create(udp_flow<TestType>(from, from / 2));
  answer(box, udp_flow<TestType>(3, 1));
  REQUIRE_FALSE(box.table.verify());
  const auto first = box.table.find(udp_flow<TestType>(1, 0), box.now).id();

  box.table.hot(first).set(session_flag::unanswered, false);

  CHECK(box.table.verify() == "is not counted as its source's");
}

TEMPLATE_TEST_CASE("a session that is not reviewed, or twice, is found", "[session][verify]", ipv4,
                   ipv6) {
  table_fixture<TestType> box{{.sessions_max = 8}};
  const auto first = box.create(udp_flow<TestType>(1)).id;
  const auto second = box.create(udp_flow<TestType>(2)).id;
  box.table.end(second);
  REQUIRE_FALSE(box.table.verify());

  const bool is_held = GENERATE(true, false);
  box.table.hot(is_held ? first : second).set(session_flag::queued, false);

  CHECK(box.table.verify() == "never comes up for review, or does twice");
}

TEST_CASE("what nobody asks for is not kept", "[session][memory]") {
  const session_timeouts timeouts;
  session_table_options options{.sessions_max = 10'000, .timeouts = {&timeouts, 1}};
  const std::size_t plain = session_table<ipv4>{options}.bytes();
  options.per_source_max = 1;
  const std::size_t limited = session_table<ipv4>{options}.bytes();
  options.per_source_max = 0;
  options.when_full = full_policy::evict_embryonic;
  const std::size_t evicting = session_table<ipv4>{options}.bytes();

  CHECK(evicting == plain + 12 * 10'000);
  CHECK(limited > evicting);
  CHECK(limited < plain + 80 * 10'000);
}
