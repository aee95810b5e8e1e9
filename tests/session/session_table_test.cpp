#include "weir/session/session_table.hpp"

#include "tests/session/table_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/ending.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <vector>

using namespace weir;
using namespace weir::test;

namespace {

/// A table with one session, and both directions of it.
struct one_session : table_fixture<ipv4> {
  explicit one_session(const packed_flow<ipv4>& original, session_timeouts idle = {})
      : table_fixture{{.sessions_max = 4}, idle}, key{original} {}

  packed_flow<ipv4> key;
  std::uint32_t id = create(key).id;
  session_ref out = table.find(key, now);
  session_ref back = table.find(reversed(key), now);
};

/// ESP of two flows between two hosts, and an answer to either.
const auto first_tunnel = flow_of<ipv4>(protocol::esp, 1, 1, 1);
const auto second_tunnel = flow_of<ipv4>(protocol::esp, 2, 1, 2);
const auto tunnel_answer = reversed(flow_of<ipv4>(protocol::esp, 3, 1, 3));

session_totals totals_of(const table_fixture<ipv4>& box, std::uint32_t id) {
  return totals(box.table.hot(id), box.table.cold(id));
}

}  // namespace

TEMPLATE_TEST_CASE("a session is found by both keys, each in its direction", "[session][table]",
                   ipv4, ipv6) {
  table_fixture<TestType> box{{.sessions_max = 4}};
  const auto key = udp_flow<TestType>(1);

  const auto created = box.create(key);

  REQUIRE(created.created());
  const session_ref out = box.table.find(key, box.now);
  const session_ref back = box.table.find(reversed(key), box.now);
  REQUIRE(out.found());
  REQUIRE(back.found());
  CHECK(out.id() == created.id);
  CHECK(out.way() == direction::original);
  CHECK(back.id() == created.id);
  CHECK(back.way() == direction::reply);
  CHECK_FALSE(box.is_live(udp_flow<TestType>(2)));
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("a table for more sessions than its index can name is not made", "[session][table]") {
  const session_timeouts timeouts[1]{};
  const auto made = [&](std::uint32_t sessions_max) {
    session_table<ipv4>{{.sessions_max = sessions_max, .timeouts = timeouts}};
  };

  CHECK(ending_of([&] { made((1u << 27) - 1); }).said ==
        "weir: broken precondition: ids fit the index\n");
}

TEMPLATE_TEST_CASE("three steps find what one step finds", "[session][table]", ipv4, ipv6) {
  table_fixture<TestType> box{{.sessions_max = 1000}};
  for (std::uint32_t number = 0; number < 1000; ++number) box.create(udp_flow<TestType>(number));

  for (std::uint32_t number = 0; number < 2000; ++number) {
    const auto key = udp_flow<TestType>(number);
    const std::uint64_t hash = box.table.hash(key);
    box.table.prefetch(hash);
    const session_ref candidate = box.table.candidate(hash, key);
    box.table.prefetch_candidate(candidate);
    const session_ref found = box.table.find(key, hash, candidate, box.now);
    REQUIRE(found == box.table.find(key, box.now));
    REQUIRE(found.found() == (number < 1000));
  }
}

TEST_CASE("a candidate that ended meanwhile is not found", "[session][table]") {
  one_session box{udp_flow<ipv4>(1)};
  const std::uint64_t hash = box.table.hash(box.key);
  const session_ref candidate = box.table.candidate(hash, box.key);

  box.table.end(box.id);

  CHECK_FALSE(box.table.find(box.key, hash, candidate, box.now).found());
  box.create(udp_flow<ipv4>(2));
  CHECK_FALSE(box.table.find(box.key, hash, candidate, box.now).found());
}

TEST_CASE("a second packet of a new flow in a burst finds the session of the first",
          "[session][table][sd1]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const auto key = udp_flow<ipv4>(1);
  const std::uint64_t hash = box.table.hash(key);
  const session_ref first = box.table.candidate(hash, key);
  const session_ref second = box.table.candidate(hash, key);
  REQUIRE_FALSE(box.table.find(key, hash, first, box.now).found());
  const std::uint32_t id = box.create(key).id;

  const session_ref found = box.table.find(key, hash, second, box.now);

  CHECK(found.found());
  CHECK(found.id() == id);
  CHECK(box.create(key).refusal == session_refusal::key_taken);
  CHECK(box.table.size() == 1);
}

TEST_CASE("what a packet wears when it leaves is the other key reversed", "[session][record]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const flow_key<ipv4> inside{domain_id{1},
                              protocol::udp,
                              {ipv4_address{10, 0, 0, 1}, port{1000}},
                              {ipv4_address{198, 51, 100, 1}, port{53}}};
  const flow_key<ipv4> outside{domain_id{1},
                               protocol::udp,
                               {ipv4_address{203, 0, 113, 1}, port{2000}},
                               {ipv4_address{198, 51, 100, 1}, port{53}}};

  const std::uint32_t id = box.create_translated(pack(inside), reversed(pack(outside))).id;

  const auto& record = box.table.hot(id);
  CHECK(unpack(record.outgoing(direction::original)) == outside);
  CHECK(unpack(record.outgoing(direction::reply)) == reversed(inside));
  CHECK(record.has(session_flag::translated));
}

TEST_CASE("a session that is answered is steady both ways, unless the box is a side of it",
          "[session][record]") {
  const bool is_forwarded = GENERATE(true, false);
  CAPTURE(is_forwarded);
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const std::uint32_t id = box.create(udp_flow<ipv4>(1)).id;
  auto& record = box.table.hot(id);
  CHECK_FALSE(record.state.is_steady(direction::original));
  record.set_hops(next_hop_id{1}, is_forwarded ? next_hop_id{2} : local_hop);

  box.table.track(session_ref{id << 1}, box.now);
  CHECK(record.state.is_steady(direction::original) == is_forwarded);
  CHECK_FALSE(record.state.is_steady(direction::reply));
  box.table.track(session_ref{id, direction::reply}, box.now);
  CHECK(record.state.is_steady(direction::original) == is_forwarded);
  CHECK(record.state.is_steady(direction::reply) == is_forwarded);
}

TEST_CASE("open TCP is steady, UDP in the directions that were seen, and no reply of DNS",
          "[session][record]") {
  for (unsigned kind = 0; kind <= static_cast<unsigned>(session_kind::other); ++kind) {
    for (unsigned phase = 0; phase < session_phase_count; ++phase) {
      const session_status status{session_kind(kind), session_phase(phase)};
      const bool is_open_tcp =
          status.kind() == session_kind::tcp && (status.phase() == session_phase::established ||
                                                 status.phase() == session_phase::fin_original ||
                                                 status.phase() == session_phase::fin_reply);
      const bool is_answered_udp =
          status == session_status{session_kind::udp, session_phase::two_way};
      const bool is_udp = status.kind() == session_kind::udp || status.kind() == session_kind::dns;
      const bool is_asked = is_udp && status.phase() != session_phase::none;

      CAPTURE(kind, phase);
      CHECK((steady_ways(status) & 1) == (is_open_tcp || is_asked));
      CHECK(steady_ways(status) >> 1 == (is_open_tcp || is_answered_udp));
    }
  }
}

TEST_CASE("an untranslated session says so", "[session][record]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};

  const auto& record = box.table.hot(box.create(udp_flow<ipv4>(1)).id);

  CHECK_FALSE(record.has(session_flag::translated));
}

TEST_CASE("a record keeps mode, flags and status apart", "[session][record]") {
  const auto mode = GENERATE(tcp_mode::strict, tcp_mode::loose, tcp_mode::off);
  hot_record<ipv4> record{};
  record.key[0] = udp_flow<ipv4>(1);
  record.key[1] = reversed(record.key[0]);

  record.key[1].set_annotation(session_flag::of(mode));
  record.set(session_flag::translated, true);
  record.set(session_flag::unanswered, true);
  record.set(session_flag::unanswered, false);
  record.set_status({session_kind::dns, session_phase::two_way});

  CHECK(record.mode() == mode);
  CHECK(record.has(session_flag::translated));
  CHECK_FALSE(record.has(session_flag::unanswered));
  CHECK(record.status() == session_status{session_kind::dns, session_phase::two_way});
  CHECK(same_flow(record.key[0], udp_flow<ipv4>(1)));
  CHECK(same_flow(record.key[1], reversed(udp_flow<ipv4>(1))));
}

TEST_CASE("keys are filed both or neither", "[session][table]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const auto first = udp_flow<ipv4>(1);
  const auto second = udp_flow<ipv4>(2);
  box.create(first);

  const auto same_reply = box.create_translated(second, reversed(first));
  const auto crossed = box.create_translated(reversed(first), udp_flow<ipv4>(3));
  const auto to_itself = box.create_translated(second, second);

  CHECK(same_reply.refusal == session_refusal::key_taken);
  CHECK(crossed.refusal == session_refusal::key_taken);
  CHECK(to_itself.refusal == session_refusal::key_taken);
  CHECK_FALSE(box.is_live(second));
  CHECK(box.table.size() == 1);
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("a session is alive one tick before its deadline and dead at it",
          "[session][expiry][rfc4787-req5]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const auto key = udp_flow<ipv4>(1);
  box.create(key);

  box.pass(2 * minute - 1);
  CHECK(box.is_live(key));
  CHECK(box.is_live(reversed(key)));
  box.pass(1);
  CHECK_FALSE(box.is_live(key));
  CHECK_FALSE(box.is_live(reversed(key)));
}

TEST_CASE("each protocol has its idle times, before an answer and after it",
          "[session][expiry][rfc4787-req5][rfc5508-req2]") {
  const auto [transport, to, one_way, two_way] =
      GENERATE(table<protocol, std::uint16_t, std::uint32_t, std::uint32_t>({
          {protocol::udp, 4000, 2 * minute, 5 * minute},
          {protocol::udp, 53, 2 * minute, 2 * minute},
          {protocol::icmp, 8, 1 * minute, 1 * minute},
          {protocol::sctp, 4000, 4 * minute, 124 * minute},
          {protocol::gre, 4000, 5 * minute, 5 * minute},
          {protocol::esp, 4000, 5 * minute, 5 * minute},
          {protocol::ah, 0, 10 * minute, 10 * minute},
      }));
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const auto key = flow_of<ipv4>(transport, 7, 1, to);
  box.create(key);

  box.pass(one_way - 1);
  REQUIRE(box.is_live(key));
  box.table.track(box.table.find(reversed(key), box.now), box.now);
  box.pass(two_way - 1);
  CHECK(box.is_live(key));
  box.pass(1);
  CHECK_FALSE(box.is_live(key));
  box.create(key);
  box.pass(one_way);
  CHECK_FALSE(box.is_live(key));
}

TEST_CASE("what nobody swept is dead all the same, and makes way", "[session][expiry]") {
  one_session box{udp_flow<ipv4>(1)};
  box.pass(2 * minute);
  REQUIRE(box.table.size() == 1);

  const auto again = box.create(box.key);

  CHECK(again.created());
  CHECK(box.ended == std::vector{std::pair{box.id, session_end::expired}});
  CHECK(box.table.size() == 1);
  CHECK(box.is_live(box.key));
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("reclaim ends a session at its deadline and not before", "[session][expiry]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const std::uint32_t id = box.create(udp_flow<ipv4>(1)).id;

  box.pass(2 * minute - 1);
  CHECK(box.reclaim() == 0);
  box.pass(1);
  CHECK(box.reclaim() == 1);
  CHECK(box.ended == std::vector{std::pair{id, session_end::expired}});
  CHECK(box.table.size() == 0);
}

TEST_CASE("every packet of either direction lengthens a session's life", "[session][expiry]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const auto key = udp_flow<ipv4>(1);
  box.create(key);

  box.pass(2 * minute - 1);
  box.table.track(box.table.find(reversed(key), box.now), box.now);
  box.pass(5 * minute - 1);
  CHECK(box.is_live(key));
  box.table.track(box.table.find(key, box.now), box.now);
  box.pass(5 * minute - 1);
  CHECK(box.is_live(key));
  box.pass(1);
  CHECK_FALSE(box.is_live(key));
  CHECK(box.reclaim() == 1);
}

TEST_CASE("a direction that may not refresh does not, but can shorten",
          "[session][expiry][rfc4787-req6][rfc7857-7]") {
  one_session box{tcp_flow<ipv4>(1)};
  box.table.hot(box.id).set(session_flag::reply_does_not_refresh, true);
  box.table.track(box.back, its_answer, box.now);
  box.table.track(box.out, its_confirmation, box.now);

  box.pass(124 * minute - 1);
  tcp_segment data = its_answer;
  data.sequence += 1;
  data.flags = tcp_flag::ack;
  CHECK(box.table.track(box.back, data, box.now) == tcp_outcome::pass);
  CHECK(box.table.hot(box.id).state.deadline_low == (box.now + 1).low());

  box.table.track(box.out, its_confirmation, box.now);
  tcp_segment last = data;
  last.flags = tcp_flag::rst;
  CHECK(box.table.track(box.back, last, box.now) == tcp_outcome::pass);
  CHECK(box.table.hot(box.id).state.deadline_low == (box.now + 4 * minute).low());
}

TEST_CASE("an answer that may not refresh leaves the time of two ways from the last refresh",
          "[session][expiry][rfc4787-req5][rfc4787-req6]") {
  one_session box{udp_flow<ipv4>(1)};
  box.table.hot(box.id).set(session_flag::reply_does_not_refresh, true);
  const auto opened = box.now;

  box.pass(2 * minute - 1);
  box.table.track(box.back, box.now);
  CHECK(box.table.hot(box.id).state.deadline_low == (opened + 5 * minute).low());

  box.pass(minute);
  box.table.track(box.back, box.now);
  CHECK(box.table.hot(box.id).state.deadline_low == (opened + 5 * minute).low());
  box.table.track(box.out, box.now);
  CHECK(box.table.hot(box.id).state.deadline_low == (box.now + 5 * minute).low());
}

TEST_CASE("an answer that may not refresh shortens a session of two ways that live less long",
          "[session][expiry][rfc4787-req6]") {
  session_timeouts timeouts;
  timeouts.udp = duration::seconds(10);
  one_session box{udp_flow<ipv4>(1), timeouts};
  box.table.hot(box.id).set(session_flag::reply_does_not_refresh, true);

  box.pass(minute);
  box.table.track(box.back, box.now);

  CHECK(box.table.hot(box.id).state.deadline_low == (box.now + 10'000).low());
}

TEST_CASE("each phase of a TCP session has its idle time", "[session][tcp][rfc5382-req5]") {
  one_session box{tcp_flow<ipv4>(1)};
  const auto ticks_left = [&] { return box.table.hot(box.id).state.deadline_low - box.now.low(); };
  const auto then = [](tcp_segment segment, std::uint32_t ahead, std::uint8_t flags) {
    segment.sequence += ahead;
    segment.flags = flags;
    return segment;
  };
  CHECK(ticks_left() == 4 * minute);

  box.pass(1000);
  box.table.track(box.back, its_answer, box.now);
  CHECK(ticks_left() == 4 * minute);
  box.table.track(box.out, its_confirmation, box.now);
  CHECK(ticks_left() == 124 * minute);
  box.table.track(box.back, then(its_answer, 1, tcp_flag::fin | tcp_flag::ack), box.now);
  CHECK(ticks_left() == 124 * minute);
  tcp_segment finish = then(its_confirmation, 0, tcp_flag::fin | tcp_flag::ack);
  finish.acknowledgment += 1;
  box.table.track(box.out, finish, box.now);
  CHECK(ticks_left() == 4 * minute);
  box.pass(1000);
  box.table.track(box.back, then(its_answer, 2, tcp_flag::ack), box.now);
  CHECK(ticks_left() == 4 * minute - 1000);
}

TEST_CASE("a forged RST neither closes nor shortens a session", "[session][tcp][sd16][rfc5961]") {
  one_session box{tcp_flow<ipv4>(1)};
  box.table.track(box.back, its_answer, box.now);
  box.table.track(box.out, its_confirmation, box.now);
  const std::uint32_t deadline = box.table.hot(box.id).state.deadline_low;
  box.pass(1000);
  tcp_segment forged = its_answer;
  forged.flags = tcp_flag::rst;
  forged.sequence += GENERATE(2u, 5'000u, 1'000'000u);

  box.table.track(box.back, forged, box.now);

  CHECK(box.table.hot(box.id).state.deadline_low == deadline);
  CHECK(box.table.hot(box.id).status().phase() == session_phase::established);
}

TEST_CASE("a SYN over a closing session opens a session that lives on", "[session][tcp][sd15]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const auto key = tcp_flow<ipv4>(1);
  const std::uint32_t old_id = box.create(key).id;
  const session_ref back = box.table.find(reversed(key), box.now);
  const tcp_segment refusal{.acknowledgment = 1001, .flags = tcp_flag::rst | tcp_flag::ack};
  box.table.track(back, refusal, box.now);
  box.pass(3000);

  const auto outcome = box.table.track(box.table.find(key, box.now), first_syn, box.now);
  REQUIRE(outcome == tcp_outcome::reopen);
  box.table.end(old_id);
  REQUIRE(box.create(key).created());
  box.table.track(box.table.find(reversed(key), box.now), its_answer, box.now);
  box.table.track(box.table.find(key, box.now), its_confirmation, box.now);

  box.pass(60 * minute);
  box.reclaim();
  CHECK(box.is_live(key));
}

TEST_CASE("an idle worker's sessions end by reclaim alone", "[session][expiry][sr4]") {
  table_fixture<ipv4> box{{.sessions_max = 1000}};
  for (std::uint32_t number = 0; number < 240; ++number) {
    box.create(flow_of<ipv4>(protocol::udp, number, 1, 53));
  }

  box.pass(2 * minute);
  std::uint32_t ended = 0;
  for (int call = 0; call < 240; ++call) ended += box.reclaim(8);

  CHECK(ended == 240);
  CHECK(box.table.size() == 0);
}

TEST_CASE("sessions that end together are named beforehand, in the order of their ends",
          "[session][expiry]") {
  struct listener {
    std::vector<std::uint32_t>* foretold;
    std::vector<std::uint32_t>* ended;
    bool* is_foretold;

    void prefetch(std::span<const std::uint32_t> ids) const {
      foretold->insert(foretold->end(), ids.begin(), ids.end());
    }
    void operator()(std::uint32_t id, session_end) const {
      ended->push_back(id);
      *is_foretold = *is_foretold && foretold->size() >= ended->size();
    }
  };
  table_fixture<ipv4> box{{.sessions_max = 1000}};
  for (std::uint32_t number = 0; number < 100; ++number) box.create(udp_flow<ipv4>(number));
  box.pass(minute);
  for (std::uint32_t number = 0; number < 100; number += 3) {
    box.table.track(box.table.find(udp_flow<ipv4>(number), box.now), box.now);
  }
  box.pass(minute);

  std::vector<std::uint32_t> foretold;
  std::vector<std::uint32_t> ended;
  bool is_foretold = true;
  box.table.reclaim(box.now, 0xFFFF'FFFF, listener{&foretold, &ended, &is_foretold});

  CHECK(ended.size() == 66);
  CHECK(foretold == ended);
  CHECK(is_foretold);
}

TEST_CASE("a session that is refreshed does not keep others from ending",
          "[session][expiry][sr5]") {
  table_fixture<ipv4> box{{.sessions_max = 1000}};
  const auto busy = udp_flow<ipv4>(0);
  for (std::uint32_t number = 0; number < 69; ++number) box.create(udp_flow<ipv4>(number));

  for (std::uint32_t second = 0; second < 2000; ++second) {
    box.pass(1000);
    box.table.track(box.table.find(busy, box.now), box.now);
    box.reclaim(4);
  }

  CHECK(box.ended.size() == 68);
  CHECK(box.is_live(busy));
}

TEST_CASE("a jump of days or years ends everything and brings nothing back", "[session][expiry]") {
  const std::uint64_t jump =
      GENERATE(std::uint64_t{timeout_ticks_max - 1}, timeout_ticks_max, stored_ticks_max,
               (1ull << 32) - 1, 1ull << 32, (1ull << 32) + 60'000, 40ull * 365 * 86'400'000);
  table_fixture<ipv4> box{{.sessions_max = 100}};
  for (std::uint32_t number = 0; number < 100; ++number) box.create(udp_flow<ipv4>(number));

  CAPTURE(jump);
  box.pass(jump);
  box.reclaim(0);

  CHECK(box.table.size() == 0);
  CHECK(box.ended.size() == 100);
  CHECK(box.create(udp_flow<ipv4>(1)).created());
  CHECK(box.is_live(udp_flow<ipv4>(1)));
}

TEST_CASE("a creation notices a jump of years by itself", "[session][expiry]") {
  table_fixture<ipv4> box{{.sessions_max = 100}};
  for (std::uint32_t number = 0; number < 50; ++number) box.create(udp_flow<ipv4>(number));

  box.pass(std::uint64_t{1} << 32);
  CHECK(box.create(udp_flow<ipv4>(99)).created());

  CHECK(box.ended.size() == 50);
  CHECK(box.table.size() == 1);
}

TEST_CASE("the dead stay dead for months without a budget", "[session][expiry]") {
  table_fixture<ipv4> box{{.sessions_max = 100}};
  for (std::uint32_t number = 0; number < 100; ++number) box.create(udp_flow<ipv4>(number));
  box.pass(2 * minute);

  bool was_seen = false;
  for (int hour = 0; hour < 24 * 90; ++hour) {
    box.pass(60 * minute);
    box.reclaim(0);
    for (std::uint32_t number = 0; number < 100; ++number) {
      was_seen = was_seen || box.is_live(udp_flow<ipv4>(number));
    }
  }
  CHECK_FALSE(was_seen);
}

TEST_CASE("a full table refuses one session more, and takes it when one ends",
          "[session][limits]") {
  table_fixture<ipv4> box{{.sessions_max = 100}};
  for (std::uint32_t number = 0; number < 99; ++number) box.create(udp_flow<ipv4>(number));
  CHECK(box.create(udp_flow<ipv4>(99)).created());

  CHECK(box.create(udp_flow<ipv4>(100)).refusal == session_refusal::table_full);
  CHECK(box.table.size() == 100);
  box.table.end(box.table.find(udp_flow<ipv4>(7), box.now).id());
  CHECK(box.create(udp_flow<ipv4>(100)).created());
  CHECK(box.create(udp_flow<ipv4>(101)).refusal == session_refusal::table_full);
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("a full table of dead sessions refuses nobody", "[session][limits][expiry]") {
  table_fixture<ipv4> box{{.sessions_max = 5000}};
  for (std::uint32_t number = 0; number < 5000; ++number) {
    REQUIRE(box.create(udp_flow<ipv4>(number)).created());
  }

  box.pass(2 * minute - 1);
  CHECK(box.create(udp_flow<ipv4>(9999)).refusal == session_refusal::table_full);
  box.pass(1);
  std::uint32_t refused = 0;
  for (std::uint32_t number = 10'000; number < 15'000; ++number) {
    refused += box.create(udp_flow<ipv4>(number)).created() ? 0u : 1u;
  }
  CHECK(refused == 0);
  CHECK(box.ended.size() == 5000);
  CHECK(box.create(udp_flow<ipv4>(9999)).refusal == session_refusal::table_full);
}

TEST_CASE("a table for no session refuses all", "[session][limits]") {
  table_fixture<ipv4> box{{.sessions_max = 0}};

  CHECK(box.create(udp_flow<ipv4>(1)).refusal == session_refusal::table_full);
  CHECK_FALSE(box.is_live(udp_flow<ipv4>(1)));
}

TEST_CASE("tables that share a room hold no more than it together", "[session][limits]") {
  const std::uint32_t of_ipv4 = GENERATE(0u, 1u, 5u, 10u);
  session_room room{.sessions_max = 10};
  table_fixture<ipv4> four{{.sessions_max = 10, .room = &room}};
  table_fixture<ipv6> six{{.sessions_max = 10, .room = &room}};
  for (std::uint32_t number = 0; number < of_ipv4; ++number) four.create(udp_flow<ipv4>(number));
  for (std::uint32_t number = of_ipv4; number < 10; ++number) six.create(udp_flow<ipv6>(number));
  REQUIRE(room.sessions == 10);

  CHECK(four.create(udp_flow<ipv4>(100)).refusal == session_refusal::table_full);
  CHECK(six.create(udp_flow<ipv6>(100)).refusal == session_refusal::table_full);
  four.pass(2 * minute);
  CHECK(four.reclaim() == of_ipv4);
  CHECK(six.create(udp_flow<ipv6>(100)).created() == (of_ipv4 > 0));
}

TEST_CASE("packets and bytes are exact over all carries", "[session][counters]") {
  one_session box{udp_flow<ipv4>(1)};
  const std::uint32_t packets = GENERATE(0u, 1u, 254u, 255u, 256u, 100'000u);

  for (std::uint32_t packet = 0; packet < packets; ++packet) {
    box.table.count(box.out, packet_counter::packet_bytes_max);
    if (packet % 2 == 0) box.table.count(box.back, 40);
  }

  const session_totals sums = totals_of(box, box.id);
  CHECK(sums.packets[0] == packets);
  CHECK(sums.bytes[0] == std::uint64_t{packets} * packet_counter::packet_bytes_max);
  CHECK(sums.packets[1] == (packets + 1) / 2);
  CHECK(sums.bytes[1] == (packets + 1) / 2 * 40);
}

TEST_CASE("the packet count goes on past 32 bits", "[session][counters]") {
  hot_record<ipv4> hot{};
  cold_record cold{};
  cold.packets_low[1] = 0xFFFF'FFFF - 254;
  for (int packet = 0; packet < 600; ++packet) count(hot, cold, direction::reply, 1);

  CHECK(totals(hot, cold).packets[1] == 0xFFFF'FFFFull - 254 + 600);
}

TEST_CASE("an ESP reply claims its session, whatever its SPI", "[session][esp][sd20]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const auto out = flow_of<ipv4>(protocol::esp, 0x1234, 1, 0x5678);
  const auto back = reversed(flow_of<ipv4>(protocol::esp, 0x0BAD, 1, 0xCAFE));
  REQUIRE(has_unknown_reply(out));
  const std::uint32_t id = box.create_unclaimed(out).id;
  CHECK_FALSE(box.is_live(back));
  CHECK(box.table.find(wildcard(back), box.now).id() == id);
  CHECK_FALSE(box.table.hot(id).has(session_flag::translated));

  CHECK(box.table.try_claim(id, back, box.now, box.on_end()));

  CHECK(box.table.find(back, box.now) == session_ref{id, direction::reply});
  CHECK_FALSE(box.is_live(wildcard(back)));
  CHECK(box.is_live(out));
  CHECK_FALSE(box.table.verify());
  box.table.end(id);
  CHECK_FALSE(box.is_live(back));
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("one flow to a remote waits for its identifier at a time", "[session][esp][sd20]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const std::uint32_t id = box.create_unclaimed(first_tunnel).id;

  CHECK(box.create_unclaimed(second_tunnel).refusal == session_refusal::reply_unclaimed);
  REQUIRE(box.table.try_claim(id, tunnel_answer, box.now, box.on_end()));
  CHECK(box.create_unclaimed(second_tunnel).created());
}

TEST_CASE("a claim cannot take another session's key", "[session][esp]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const std::uint32_t first_id = box.create_unclaimed(first_tunnel).id;
  REQUIRE(box.table.try_claim(first_id, tunnel_answer, box.now, box.on_end()));
  const std::uint32_t second_id = box.create_unclaimed(second_tunnel).id;

  CHECK_FALSE(box.table.try_claim(second_id, tunnel_answer, box.now, box.on_end()));
  CHECK(box.table.hot(second_id).has(session_flag::unclaimed));
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("a translated session is found by what its packets leave with, too", "[session][esp]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const auto worn = reversed(flow_of<ipv4>(protocol::esp, 9, 1, 0));  // of the answers, but the SPI
  const auto answer = mirror(flow_of<ipv4>(protocol::esp, 0, 1, 77), worn);
  const std::uint32_t id = box.create_unclaimed(first_tunnel, worn).id;
  const auto sent = mirror(first_tunnel, worn);
  const auto answered = mirror(answer, first_tunnel);
  CHECK(box.table.find_wearer(sent, box.now) == session_ref{id, direction::reply});
  CHECK(box.create_unclaimed(first_tunnel, worn).refusal == session_refusal::key_taken);

  REQUIRE(box.table.try_claim(id, answer, box.now, box.on_end()));

  CHECK(box.table.find_wearer(sent, box.now) == session_ref{id, direction::reply});
  CHECK(box.table.find_wearer(answered, box.now) == session_ref{id, direction::original});
  CHECK_FALSE(box.is_live(sent));
  CHECK_FALSE(box.is_live(answered));
  CHECK_FALSE(box.table.verify());
  const auto same_spi = mirror(first_tunnel, second_tunnel);
  CHECK(box.create_unclaimed(same_spi, worn).refusal == session_refusal::key_taken);
  box.table.end(id);
  CHECK_FALSE(box.table.find_wearer(sent, box.now).found());
  CHECK_FALSE(box.table.find_wearer(answered, box.now).found());
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("sessions with four keys fill a table before it has all its sessions",
          "[session][esp][table]") {
  constexpr std::uint32_t sessions = 256;
  table_fixture<ipv4> box{{.sessions_max = sessions, .when_full = full_policy::evict_embryonic}};
  std::uint32_t claimed = 0;
  bool is_refused = false;
  for (std::uint16_t number = 0; number < sessions; ++number) {
    const auto out = flow_of<ipv4>(protocol::esp, number, 1, number);
    const auto worn = reversed(flow_of<ipv4>(protocol::esp, 1000, 1, 0));
    const auto made = box.create_unclaimed(out, worn);
    if (!made.created()) break;
    const auto answer =
        mirror(flow_of<ipv4>(protocol::esp, 0, 1, std::uint16_t(5000 + number)), worn);
    if (!box.table.try_claim(made.id, answer, box.now, box.on_end())) {
      is_refused = true;
      CHECK(box.table.hot(made.id).has(session_flag::unclaimed));
      CHECK(box.table.find(wildcard(answer), box.now).id() == made.id);
      break;
    }
    ++claimed;
  }
  INFO(claimed);
  CHECK(is_refused);
  CHECK(claimed >= sessions / 2);
  CHECK(claimed < sessions);
  CHECK_FALSE(box.table.verify());

  CHECK(box.create(udp_flow<ipv4>(1)).created());  // in the place of what waits
  CHECK_FALSE(box.table.verify());
}

TEST_CASE("GRE without a key is its own reply, with a key it is not", "[session][gre]") {
  CHECK_FALSE(has_unknown_reply(flow_of<ipv4>(protocol::gre, 0, 1, 0)));
  CHECK(has_unknown_reply(flow_of<ipv4>(protocol::gre, 0, 1, 7)));
  CHECK_FALSE(has_unknown_reply(flow_of<ipv4>(protocol::udp, 1, 1, 7)));
}

TEMPLATE_TEST_CASE("a reply that is not known yet has the key of no packet", "[session][gre][esp]",
                   ipv4, ipv6) {
  const auto kind = GENERATE(protocol::gre, protocol::esp);
  const auto waiting = wildcard(flow_of<TestType>(kind, 1, 1, 7));

  // Only protocols with ports, identifiers or queries have anything where ports are.
  CHECK(waiting.protocol() == protocol{255});
  CHECK(waiting.ports_bits() != 0);
  CHECK(same_flow(waiting, wildcard(flow_of<TestType>(kind, 1, 1, 8))));
  CHECK_FALSE(same_flow(wildcard(flow_of<TestType>(protocol::gre, 1)),
                        wildcard(flow_of<TestType>(protocol::esp, 1))));
}

TEST_CASE("a walk visits every live session once and no dead one", "[session][table]") {
  table_fixture<ipv4> box{{.sessions_max = 100}};
  std::set<std::uint32_t> live;
  for (std::uint32_t number = 0; number < 60; ++number) box.create(udp_flow<ipv4>(number));
  box.pass(2 * minute);
  for (std::uint32_t number = 60; number < 90; ++number) {
    live.insert(box.create(udp_flow<ipv4>(number)).id);
  }

  std::multiset<std::uint32_t> visited;
  box.table.for_each(box.now, [&](std::uint32_t id) { visited.insert(id); });

  CHECK(visited == std::multiset<std::uint32_t>(live.begin(), live.end()));
}

TEST_CASE("a session costs no more than its budget", "[session][memory]") {
  const session_timeouts timeouts;
  constexpr std::uint32_t sessions = 1'000'000;
  const session_table<ipv4> four{{.sessions_max = sessions, .timeouts = {&timeouts, 1}}};
  const session_table<ipv6> six{{.sessions_max = sessions, .timeouts = {&timeouts, 1}}};

  INFO("IPv4: " << static_cast<double>(four.bytes()) / sessions
                << ", IPv6: " << static_cast<double>(six.bytes()) / sessions);
  CHECK(four.bytes() <= std::size_t{144} * sessions);
  CHECK(six.bytes() <= std::size_t{208} * sessions);
}

TEST_CASE("creation and claims keep record and index in step when a key had expired",
          "[session][table][expiry]") {
  table_fixture<ipv4> box{{.sessions_max = 4}};
  const std::uint32_t first_id = box.create_unclaimed(first_tunnel).id;
  REQUIRE(box.table.try_claim(first_id, tunnel_answer, box.now, box.on_end()));
  box.pass(4 * minute);
  const std::uint32_t second_id = box.create_unclaimed(second_tunnel).id;
  box.pass(1 * minute);

  CHECK(box.table.try_claim(second_id, tunnel_answer, box.now, box.on_end()));
  CHECK(box.ended == std::vector{std::pair{first_id, session_end::expired}});
  CHECK(box.table.find(tunnel_answer, box.now).id() == second_id);
  CHECK_FALSE(box.table.verify());
}
