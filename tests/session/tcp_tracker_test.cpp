#include "weir/session/tcp_tracker.hpp"

#include "tests/session/tcp_connection.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>

using namespace weir;
using namespace weir::test;
using enum weir::direction;

namespace {

constexpr std::uint8_t ack = tcp_flag::ack;
constexpr std::uint8_t syn = tcp_flag::syn;
constexpr std::uint8_t fin = tcp_flag::fin;
constexpr std::uint8_t rst = tcp_flag::rst;

}  // namespace

TEST_CASE("only a SYN opens a strict session, and a RST opens none", "[session][tcp]") {
  const auto mode = GENERATE(tcp_mode::strict, tcp_mode::loose, tcp_mode::off);
  const bool is_strict = mode == tcp_mode::strict;

  CHECK(may_open(mode, syn));
  CHECK(may_open(mode, syn | tcp_flag::ece | tcp_flag::cwr));
  CHECK(may_open(mode, syn | ack) == !is_strict);
  CHECK(may_open(mode, ack) == !is_strict);
  CHECK(may_open(mode, ack | fin) == !is_strict);
  CHECK_FALSE(may_open(mode, rst));
  CHECK_FALSE(may_open(mode, rst | ack));
}

TEST_CASE("what no connection says opens a session only where nothing is tracked",
          "[session][tcp][rfc9293]") {
  const auto mode = GENERATE(tcp_mode::strict, tcp_mode::loose, tcp_mode::off);
  const auto flags = GENERATE(std::uint8_t{0}, fin, tcp_flag::psh,
                              static_cast<std::uint8_t>(fin | tcp_flag::psh | tcp_flag::urg));

  CHECK(may_open(mode, flags) == (mode == tcp_mode::off));
}

TEST_CASE("a handshake, data both ways and two FINs lead to closing", "[session][tcp]") {
  tcp_connection connection;
  connection.open();
  CHECK(connection.phase == session_phase::opening);
  CHECK(connection.take(reply, connection.at(reply, 0, 1, syn | ack)) == pass);
  CHECK(connection.phase == session_phase::answered);
  CHECK(connection.take(original, connection.at(original, 1, 1)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(original, connection.at(original, 1, 1, ack, 500)) == pass);
  CHECK(connection.take(reply, connection.at(reply, 1, 501, ack, 9'000)) == pass);
  CHECK(connection.take(reply, connection.at(reply, 9'001, 501, ack | fin)) == pass);
  CHECK(connection.phase == session_phase::fin_reply);
  CHECK(connection.take(original, connection.at(original, 501, 9'002)) == pass);
  CHECK(connection.take(original, connection.at(original, 501, 9'002, ack | fin)) == pass);
  CHECK(connection.phase == session_phase::closing);
  CHECK(connection.take(reply, connection.at(reply, 9'002, 502)) == quiet);
  CHECK(connection.phase == session_phase::closing);
}

TEST_CASE("hosts that open towards each other get their connection",
          "[session][tcp][rfc5382-req2a]") {
  tcp_connection connection;
  connection.open();

  CHECK(connection.take(reply, connection.at(reply, 0, 0, syn)) == pass);
  CHECK(connection.phase == session_phase::answered);
  CHECK(connection.take(reply, connection.at(reply, 0, 1, syn | ack)) == pass);
  CHECK(connection.take(original, connection.at(original, 0, 1, syn | ack)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(reply, connection.at(reply, 1, 1, ack, 100)) == pass);
}

TEST_CASE("a forged SYN whose answer nobody confirms does not become established",
          "[session][tcp]") {
  tcp_connection connection;
  connection.open();
  connection.answer();

  CHECK(connection.take(reply, connection.at(reply, 1, 1, ack, 10)) == pass);
  CHECK(connection.phase == session_phase::answered);
  CHECK(timeout_of(session_kind::tcp, connection.phase) == &session_timeouts::tcp_opening);
}

TEST_CASE("a SYN may carry data, all of which its answer need not confirm",
          "[session][tcp][rfc7413]") {
  const std::uint32_t confirmed = GENERATE(0u, 1u, 51u, 101u, 102u);
  tcp_connection connection;
  connection.phase = open_tcp(connection.flow, connection.at(original, 0, 0, syn, 100));

  const auto outcome = connection.take(reply, connection.at(reply, 0, confirmed, syn | ack));

  const bool is_answer = confirmed >= 1 && confirmed <= 101;
  CHECK(outcome == (is_answer ? pass : quiet));
  CHECK(connection.phase == (is_answer ? session_phase::answered : session_phase::opening));
  if (is_answer) {
    CHECK(connection.take(original, connection.at(original, 1, 1, ack, 100)) == pass);
    CHECK(connection.phase == session_phase::established);
  }
}

TEST_CASE("a repeated SYN with and without its data is the same SYN", "[session][tcp][rfc7413]") {
  tcp_connection connection;
  connection.phase = open_tcp(connection.flow, connection.at(original, 0, 0, syn, 100));

  CHECK(connection.take(original, connection.at(original, 0, 0, syn)) == pass);

  CHECK(connection.flow.sequence_end[0] == test::original_isn + 101);
  CHECK(connection.take(reply, connection.at(reply, 0, 101, syn | ack)) == pass);
}

namespace {

/// The opener's SYN with another number.
tcp_segment syn_at(std::uint32_t number) {
  return {.sequence = number, .window = 10'000, .flags = syn};
}
/// The answer at `number` to such a SYN.
tcp_segment answer_to(const tcp_segment& asked, std::uint32_t number) {
  return {.sequence = number,
          .acknowledgment = asked.sequence + 1,
          .window = 10'000,
          .flags = syn | ack};
}
/// What the opener says who goes by these two.
tcp_segment confirming(const tcp_segment& asked, const tcp_segment& answered) {
  return {.sequence = asked.sequence + 1,
          .acknowledgment = answered.sequence + 1,
          .window = 10'000,
          .flags = ack};
}

}  // namespace

TEST_CASE("of two SYNs with different numbers either may be answered and confirmed",
          "[session][tcp][rfc9293-3.5][rfc5382-req2]") {
  const std::uint32_t number = GENERATE(200u, 3'000'000u);
  const bool takes_first = GENERATE(false, true);
  const tcp_segment first = syn_at(test::original_isn);
  const tcp_segment second = syn_at(number);
  const tcp_segment& taken = takes_first ? first : second;
  const tcp_segment answer = answer_to(taken, 90'000'000);
  tcp_connection connection = tcp_connection::in(session_phase::opening);
  CHECK(connection.take(original, second) == pass);

  CHECK(connection.take(reply, answer_to(syn_at(77), 90'000'000)) == quiet);
  CHECK(connection.phase == session_phase::opening);
  CHECK(connection.take(reply, answer) == pass);
  CHECK(connection.phase == session_phase::answered);
  CHECK(connection.take(original, confirming(taken, answer)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(reply, connection.next(reply, ack, 9'000)) == pass);
}

TEST_CASE("of two SYNs that are both answered the opener says which one it goes by",
          "[session][tcp][rfc9293-3.5][rfc5382-req2]") {
  const bool answers_first = GENERATE(false, true);
  const bool takes_first = GENERATE(false, true);
  tcp_segment syns[] = {syn_at(test::original_isn), syn_at(3'000'000)};
  syns[1].payload = GENERATE(0u, 100u);  // which its answer may leave out (RFC 7413)
  const tcp_segment answers[] = {answer_to(syns[0], 90'000'000), answer_to(syns[1], 70'000'000)};
  tcp_connection connection = tcp_connection::in(session_phase::opening);
  connection.take(original, syns[1]);

  CHECK(connection.take(reply, answers[answers_first ? 0 : 1]) == pass);
  CHECK(connection.take(reply, answers[answers_first ? 1 : 0]) == pass);

  const std::size_t taken = takes_first ? 0 : 1;
  CHECK(connection.take(original, confirming(syns[taken], answers[taken])) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(reply, connection.next(reply, ack, 9'000)) == pass);
}

TEST_CASE("whoever has confirmed an answer goes by no other one", "[session][tcp]") {
  const tcp_segment late = syn_at(3'000'000);
  tcp_connection connection = tcp_connection::in(session_phase::answered);
  connection.take(original, late);
  connection.confirm();

  CHECK(connection.take(reply, answer_to(late, 90'000'000)) == drop);
  CHECK(connection.take(original, connection.at(original, 1, 1, ack, 10)) == pass);
  CHECK(connection.phase == session_phase::established);
}

TEST_CASE("an opener that resets one answer may take the other one", "[session][tcp]") {
  const tcp_segment late = syn_at(3'000'000);
  tcp_connection connection = tcp_connection::in(session_phase::answered);
  connection.take(original, late);
  connection.take(reply, answer_to(late, 90'000'000));
  CHECK(connection.take(original, {.sequence = 3'000'001, .flags = rst}) == pass);
  REQUIRE(connection.phase == session_phase::reset);

  CHECK(connection.take(original, connection.at(original, 1, 1)) == pass);
  CHECK(connection.phase == session_phase::established);
}

TEST_CASE("a SYN over one that was answered and not confirmed may be answered too",
          "[session][tcp][rfc9293-3.10.7][rfc5382-req2]") {
  const tcp_segment second = syn_at(700'000'000);
  const tcp_segment answer = answer_to(second, 2'000'000'000);
  tcp_connection connection = tcp_connection::in(session_phase::answered);

  CHECK(connection.take(original, second) == quiet);
  CHECK(connection.take(reply, answer) == pass);
  CHECK(connection.take(original, confirming(second, answer)) == pass);
  CHECK(connection.phase == session_phase::established);
}

TEST_CASE("the answer to a SYN counts whose other answer was reset or closed",
          "[session][tcp][rfc9293-3.10.7.4]") {
  const auto from = GENERATE(session_phase::established, session_phase::fin_original);
  const bool is_reset = GENERATE(false, true);
  const tcp_segment second = syn_at(700'000'000);
  tcp_connection connection = tcp_connection::in(from);
  connection.take(original, second);
  if (is_reset) {
    connection.reset(reply);
  } else {
    connection.finish(original);
    connection.finish(reply);
  }
  REQUIRE(connection.phase == (is_reset ? session_phase::reset : session_phase::closing));

  CHECK(connection.take(reply, answer_to(syn_at(77), 2'000'000'000)) == drop);
  CHECK(connection.take(reply, answer_to(second, 2'000'000'000)) == pass);
  CHECK(connection.phase == session_phase::answered);
}

TEST_CASE("an answer that comes after its opener gave up passes to be reset", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::opening);
  connection.isn[1] = 900'000'000;
  connection.reset(original);
  REQUIRE(connection.phase == session_phase::reset);

  CHECK(connection.take(reply, connection.at(reply, 0, 1, syn | ack)) == quiet);
  CHECK(connection.take(reply, connection.at(reply, 0, 2, syn | ack)) == drop);
  CHECK(connection.take(original, connection.at(original, 1, 0, rst)) == quiet);
  CHECK(connection.phase == session_phase::reset);
}

TEST_CASE("ECN flags change nothing", "[session][tcp][rfc3168]") {
  constexpr std::uint8_t ecn = tcp_flag::ece | tcp_flag::cwr;
  tcp_connection connection;
  connection.phase = open_tcp(connection.flow, connection.at(original, 0, 0, syn | ecn));
  CHECK(connection.phase == session_phase::opening);
  CHECK(connection.take(reply, connection.at(reply, 0, 1, syn | ack | tcp_flag::ece)) == pass);
  CHECK(connection.take(original, connection.at(original, 1, 1, ack | ecn)) == pass);
  CHECK(connection.phase == session_phase::established);
}

TEST_CASE("a segment without ACK belongs to no connection", "[session][tcp][rfc9293]") {
  const std::uint8_t flags =
      GENERATE(std::uint8_t{fin}, std::uint8_t{tcp_flag::psh}, std::uint8_t{tcp_flag::urg});
  const auto mode = GENERATE(tcp_mode::strict, tcp_mode::loose);
  tcp_connection connection = tcp_connection::in(session_phase::established, mode);

  CHECK(connection.take(original, connection.next(original, flags)) == drop);
  CHECK(connection.phase == session_phase::established);
}

TEST_CASE("a RST closes only where it stands exactly at the sender's end",
          "[session][tcp][rfc5961][sd16]") {
  const auto way = GENERATE(original, reply);
  const int off = GENERATE(-10'001, -10'000, -1, 0, 1, 10'000, 10'001);
  tcp_connection connection = tcp_connection::in(session_phase::established);
  tcp_segment shot = connection.next(way, rst);
  shot.sequence += static_cast<std::uint32_t>(off);

  const auto outcome = connection.take(way, shot);

  CAPTURE(off);
  if (off == 0) {
    CHECK(outcome == pass);
    CHECK(connection.phase == session_phase::reset);
  } else {
    CHECK(outcome == (off >= -10'000 && off <= 10'000 ? quiet : drop));
    CHECK(connection.phase == session_phase::established);
  }
}

TEST_CASE("after a FIN a RST in the window closes", "[session][tcp]") {
  const auto from = GENERATE(session_phase::fin_original, session_phase::fin_reply);
  const int off = GENERATE(-10'001, -1, 10'000, 10'001);
  tcp_connection connection = tcp_connection::in(from);
  tcp_segment shot = connection.next(original, rst);
  shot.sequence += static_cast<std::uint32_t>(off);

  const auto outcome = connection.take(original, shot);

  const bool is_inside = off >= -10'000 && off <= 10'000;
  CHECK(outcome == (is_inside ? pass : drop));
  CHECK(connection.phase == (is_inside ? session_phase::reset : from));
}

TEST_CASE("a FIN behind a full window keeps nothing from being confirmed or sent again",
          "[session][tcp][rfc5382-req2]") {
  const auto way = GENERATE(original, reply);
  const auto mode = GENERATE(tcp_mode::strict, tcp_mode::loose);
  const std::uint32_t window = 300'000;
  tcp_connection connection = tcp_connection::in(session_phase::established, mode);
  connection.flow.scale[0] = connection.flow.scale[1] = 3;
  connection.flow.window[0] = connection.flow.window[1] = 37'500;
  const tcp_segment first = connection.next(way, ack, 1'000);
  tcp_segment again = connection.next(opposite(way), ack, GENERATE(0u, 500u));
  for (std::uint32_t sent = 0; sent < window; sent += 1'000) {
    connection.take(way, connection.next(way, ack, 1'000));
  }
  REQUIRE(connection.take(way, connection.next(way, ack | fin)) == pass);

  CHECK(connection.take(opposite(way), again) == pass);
  CHECK(connection.take(way, first) == quiet);
  if (GENERATE(false, true)) {
    again.flags |= fin;
    REQUIRE(connection.take(opposite(way), again) == pass);
    CHECK(connection.take(opposite(way), again) == quiet);
  }
  again.acknowledgment -= 1;
  CHECK(connection.take(opposite(way), again) == drop);
}

TEST_CASE("a segment that fills the window may carry a FIN", "[session][tcp][rfc5382-req2]") {
  const auto way = GENERATE(original, reply);
  const auto mode = GENERATE(tcp_mode::strict, tcp_mode::loose);
  tcp_connection connection = tcp_connection::in(session_phase::established, mode);
  const auto window = connection.flow.window_bytes(opposite(way));
  const tcp_segment last = connection.next(way, ack | fin, window);
  const tcp_segment beyond = connection.next(way, ack | fin, window + 1);

  CHECK(connection.take(way, beyond) == drop);
  CHECK(connection.take(way, last) == pass);
  CHECK(connection.phase ==
        (way == original ? session_phase::fin_original : session_phase::fin_reply));
  CHECK(connection.take(way, last) == quiet);  // sent again
}

TEST_CASE("without a FIN nothing is confirmed from behind a full window", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::established);
  connection.flow.sequence_end[0] += acknowledgment_window_min;
  tcp_segment again = connection.at(reply, 1, 1);

  CHECK(connection.take(reply, again) == pass);
  again.acknowledgment -= 1;
  CHECK(connection.take(reply, again) == drop);
}

TEST_CASE("data after a reset brings the session back", "[session][tcp][rfc7857-2.2]") {
  const auto way = GENERATE(original, reply);
  tcp_connection connection = tcp_connection::in(session_phase::reset);

  CHECK(connection.take(way, connection.next(way)) == pass);
  CHECK(connection.phase == session_phase::reset);
  CHECK(connection.take(way, connection.next(way, ack, 10)) == pass);
  CHECK(connection.phase == session_phase::established);
}

TEST_CASE("a refused SYN resets its session, a forged refusal does not",
          "[session][tcp][rfc9293]") {
  const std::uint32_t confirmed = GENERATE(0u, 1u, 2u);
  const bool has_ack = GENERATE(true, false);
  tcp_connection connection = tcp_connection::in(session_phase::opening);
  const std::uint8_t flags = has_ack ? rst | ack : rst;

  const auto outcome = connection.take(reply, connection.at(reply, 0, confirmed, flags));

  const bool counts = has_ack && confirmed == 1;
  CHECK(outcome == (counts ? pass : drop));
  CHECK(connection.phase == (counts ? session_phase::reset : session_phase::opening));
}

TEST_CASE("a SYN over an ending session asks for a new one", "[session][tcp][sd15]") {
  const auto from = GENERATE(session_phase::closing, session_phase::reset);
  const auto way = GENERATE(original, reply);
  tcp_connection connection = tcp_connection::in(from);

  CHECK(connection.take(way, connection.at(way, 123'456, 0, syn)) == tcp_outcome::reopen);
  CHECK(connection.phase == from);
}

TEST_CASE("an old answer passes to be reset by the opener, and the true one still counts",
          "[session][tcp][rfc9293]") {
  tcp_connection connection = tcp_connection::in(session_phase::opening);
  const std::uint32_t old_number = 643'160'523;
  tcp_segment old_answer = connection.at(reply, 145'824'453, 0, syn | ack);
  old_answer.acknowledgment = old_number;
  tcp_segment refusal = connection.at(original, 0, 0, rst);
  refusal.sequence = old_number;

  CHECK(connection.take(reply, old_answer) == quiet);
  CHECK(connection.phase == session_phase::opening);
  CHECK(connection.take(original, refusal) == quiet);
  CHECK(connection.phase == session_phase::opening);
  CHECK(connection.take(original, connection.at(original, 0, 0, syn)) == pass);
  CHECK(connection.take(reply, connection.at(reply, 0, 1, syn | ack)) == pass);
  CHECK(connection.take(original, connection.at(original, 1, 1)) == pass);
  CHECK(connection.phase == session_phase::established);
}

TEST_CASE("a SYN towards a host that knows an older connection is challenged, reset and repeated",
          "[session][tcp][rfc5961]") {
  tcp_connection connection = tcp_connection::in(session_phase::opening);
  const std::uint32_t older_number = 643'160'523;
  tcp_segment challenge = connection.at(reply, 145'824'453, 0);
  challenge.acknowledgment = older_number;
  tcp_segment refusal = connection.at(original, 0, 0, rst);
  refusal.sequence = older_number;

  CHECK(connection.take(reply, challenge) == quiet);
  CHECK(connection.take(original, refusal) == quiet);
  CHECK(connection.take(original, connection.at(original, 0, 0, syn)) == pass);
  CHECK(connection.take(reply, connection.at(reply, 0, 1, syn | ack)) == pass);
  CHECK(connection.phase == session_phase::answered);
}

TEST_CASE("a SYN in an open session is challenged, and the opener's reset makes way",
          "[session][tcp][rfc5961]") {
  tcp_connection connection = tcp_connection::in(session_phase::established);

  CHECK(connection.take(original, connection.at(original, 40'000'000, 0, syn)) == quiet);
  CHECK(connection.phase == session_phase::established);
  const tcp_segment challenge = connection.next(reply);
  CHECK(connection.take(reply, challenge) == pass);
  tcp_segment refusal = connection.at(original, 0, 0, rst);
  refusal.sequence = challenge.acknowledgment;
  CHECK(connection.take(original, refusal) == pass);
  CHECK(connection.phase == session_phase::reset);
  CHECK(connection.take(original, connection.at(original, 40'000'000, 0, syn)) ==
        tcp_outcome::reopen);
}

TEST_CASE("a SYN in an open session that its receiver answers begins it anew", "[session][tcp]") {
  const auto from =
      GENERATE(session_phase::established, session_phase::fin_original, session_phase::fin_reply);
  tcp_connection connection = tcp_connection::in(from);
  tcp_segment again = connection.at(original, 0, 0, syn);
  again.sequence = 40'000'000;
  again.window_scale = 4;
  tcp_segment answer = connection.at(reply, 0, 0, syn | ack);
  answer.sequence = 90'000'000;
  answer.acknowledgment = 40'000'001;
  answer.window_scale = 5;

  CHECK(connection.take(original, again) == quiet);
  CHECK(connection.take(reply, answer) == pass);
  CHECK(connection.phase == session_phase::answered);
  CHECK(connection.flow.scale[0] == 4);
  CHECK(connection.flow.scale[1] == 5);
  CHECK(connection.take(original, connection.next(original)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(reply, connection.next(reply, ack, 9'000)) == pass);
  connection.flow.sequence_end[0] += 1'000'000;
  CHECK(connection.take(reply, answer) == drop);
}

TEST_CASE("the refusal of a SYN in an open session ends it",
          "[session][tcp][rfc9293-3.10.7.3][rfc5382-req2]") {
  const auto mode = GENERATE(tcp_mode::strict, tcp_mode::loose);
  const auto from = GENERATE(session_phase::answered, session_phase::established,
                             session_phase::fin_original, session_phase::fin_reply);
  tcp_connection connection = tcp_connection::in(from, mode);
  const tcp_segment again{.sequence = 2'000'000'000, .flags = syn};
  const tcp_segment refusal{.acknowledgment = 2'000'000'001, .flags = rst | ack};

  CHECK(connection.take(original, again) == quiet);
  CHECK(connection.take(reply, refusal) == pass);
  CHECK(connection.phase == session_phase::reset);
  CHECK(connection.take(original, again) == tcp_outcome::reopen);
}

TEST_CASE("a RST that refuses no SYN of the open session is dropped", "[session][tcp][rfc5961]") {
  const auto from =
      GENERATE(session_phase::established, session_phase::fin_original, session_phase::fin_reply);
  tcp_connection connection = tcp_connection::in(from);
  const tcp_segment refusal{
      .sequence = 4'000'000'000, .acknowledgment = 2'000'000'001, .flags = rst | ack};
  const auto confirming = [&](std::uint32_t number) {
    auto shot = refusal;
    shot.acknowledgment = number;
    return shot;
  };
  CHECK(connection.take(reply, refusal) == drop);
  connection.take(original, {.sequence = 2'000'000'000, .flags = syn});
  auto bare = refusal;
  bare.flags = rst;

  CHECK(connection.take(reply, confirming(2'000'000'000)) == drop);
  CHECK(connection.take(reply, confirming(2'000'000'002)) == drop);
  for (unsigned bit = 0; bit < 27; ++bit) {
    CAPTURE(bit);
    CHECK(connection.take(reply, confirming(2'000'000'001 ^ 1u << bit)) == drop);
  }
  CHECK(connection.take(reply, bare) == drop);
  CHECK(connection.take(original, refusal) == drop);
  CHECK(connection.phase == from);
}

TEST_CASE("a SYN that was answered after all is refused by nobody any more",
          "[session][tcp][rfc5961]") {
  tcp_connection connection = tcp_connection::in(session_phase::established);
  const tcp_segment answer{.sequence = 90'000'000,
                           .acknowledgment = 2'000'000'001,
                           .window = 10'000,
                           .flags = syn | ack};
  connection.take(original, {.sequence = 2'000'000'000, .flags = syn});
  REQUIRE(connection.take(reply, answer) == pass);

  CHECK(connection.take(reply, {.acknowledgment = 2'000'000'001, .flags = rst | ack}) == drop);
}

TEST_CASE("an answer seen again takes nothing back", "[session][tcp][rfc7413]") {
  tcp_connection connection = tcp_connection::in(session_phase::answered);
  CHECK(connection.take(reply, connection.at(reply, 1, 1, ack, 10)) == pass);

  CHECK(connection.take(reply, connection.at(reply, 0, 1, syn | ack)) == pass);

  CHECK(connection.take(original, connection.at(original, 1, 11)) == pass);
}

TEST_CASE("an answer to a SYN that was never sent is dropped", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::established);
  tcp_segment again = connection.at(original, 0, 0, syn);
  again.sequence = 40'000'000;
  connection.take(original, again);
  tcp_segment answer = connection.at(reply, 0, 0, syn | ack);
  answer.sequence = 90'000'000;
  answer.acknowledgment = GENERATE(40'000'000u, 40'000'002u);

  CHECK(connection.take(reply, answer) == drop);
  CHECK(connection.phase == session_phase::established);
}

TEST_CASE("of two answers to one SYN the opener says which one it takes",
          "[session][tcp][rfc9293-3.10.7.3]") {
  const bool takes_first = GENERATE(false, true);
  tcp_connection connection = tcp_connection::in(session_phase::answered);
  connection.isn[1] = 700'000'000;
  CHECK(connection.take(reply, connection.at(reply, 0, 1, syn | ack)) == pass);
  if (takes_first) connection.isn[1] = test::reply_isn;

  CHECK(connection.take(original, connection.at(original, 1, 1)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(original, connection.at(original, 1, 1, ack, 5)) == pass);
  CHECK(connection.take(reply, connection.at(reply, 1, 6)) == pass);
  connection.isn[1] = takes_first ? 700'000'000 : test::reply_isn;
  CHECK(connection.take(reply, connection.at(reply, 1, 6)) == drop);
}

TEST_CASE("what confirms no answer that was seen is dropped", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::answered);
  connection.isn[1] = 700'000'000;
  connection.take(reply, connection.at(reply, 0, 1, syn | ack));
  const auto off = GENERATE(std::uint32_t{0}, std::uint32_t{2});
  connection.isn[1] = test::reply_isn;

  CHECK(connection.take(original, connection.at(original, 1, off)) == drop);
  CHECK(connection.phase == session_phase::answered);
}

TEST_CASE("where answers differ in their scale windows may have any", "[session][tcp][rfc7323]") {
  const bool is_other_answer = GENERATE(false, true);
  tcp_connection connection;
  tcp_segment opener = connection.at(original, 0, 0, syn);
  opener.window_scale = 7;
  connection.phase = open_tcp(connection.flow, opener);
  connection.answer();  // without a scale, as a cookie has none
  if (is_other_answer) connection.isn[1] = 700'000'000;
  tcp_segment scaled = connection.at(reply, 0, 1, syn | ack);
  scaled.window_scale = 7;

  CHECK(connection.take(reply, scaled) == pass);
  CHECK(connection.take(original, connection.at(original, 1, 1)) == pass);
  CHECK(connection.take(reply, connection.at(reply, 200'001, 1, ack, 1400)) == pass);
}

TEST_CASE("an answer of scale zero that is seen again changes no window",
          "[session][tcp][rfc7323]") {
  tcp_connection connection;
  tcp_segment opener = connection.at(original, 0, 0, syn);
  opener.window_scale = 0;
  connection.phase = open_tcp(connection.flow, opener);
  tcp_segment answer = connection.at(reply, 0, 1, syn | ack);
  answer.window_scale = 0;
  connection.take(reply, answer);

  CHECK(connection.take(reply, answer) == pass);

  CHECK(connection.flow.window_bytes(original) == 10'000);
  CHECK(connection.flow.window_bytes(reply) == 10'000);
}

TEST_CASE("the window counts of whoever takes an answer that was replaced", "[session][tcp]") {
  tcp_connection connection;
  tcp_segment opener = connection.at(original, 0, 0, syn);
  opener.window = 1000;
  connection.phase = open_tcp(connection.flow, opener);
  connection.answer();
  connection.isn[1] = 700'000'000;
  connection.answer();
  connection.isn[1] = test::reply_isn;

  CHECK(connection.take(original, connection.at(original, 1, 1)) == pass);
  CHECK(connection.take(reply, connection.at(reply, 1, 1, ack, 5000)) == pass);
}

TEST_CASE("an open connection comes back whose late SYN was answered", "[session][tcp]") {
  const tcp_segment late = syn_at(3'000'000);
  tcp_connection connection = tcp_connection::in(session_phase::established);
  connection.take(original, late);
  CHECK(connection.take(reply, answer_to(late, 90'000'000)) == pass);

  CHECK(connection.take(original, connection.at(original, 1, 1)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(original, connection.at(original, 1, 1, ack, 10)) == pass);
}

TEST_CASE("a SYN that is sent again without its scale keeps it", "[session][tcp][rfc7323]") {
  tcp_connection connection;
  tcp_segment opener = connection.at(original, 0, 0, syn);
  opener.window_scale = 7;
  connection.phase = open_tcp(connection.flow, opener);
  CHECK(connection.take(original, connection.at(original, 0, 0, syn)) == pass);
  tcp_segment answer = connection.at(reply, 0, 1, syn | ack);
  answer.window_scale = 5;

  CHECK(connection.take(reply, answer) == pass);

  CHECK(connection.flow.scale[0] == 7);
  CHECK(connection.flow.scale[1] == 5);
}

TEST_CASE("what was confirmed and is sent again after lost confirmations passes",
          "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::established);
  for (std::uint32_t sent = 0; sent < 9'000; sent += 1'000) {
    connection.take(original, connection.next(original, ack, 1'000));
    connection.take(reply, connection.next(reply));
  }

  CHECK(connection.take(original, connection.at(original, 1, 1, ack, 1'000)) == pass);
}

TEST_CASE("what a receiver threw away keeps nothing from being sent again", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::established);
  // A damaged segment that ends where the window does, while half a window is under way.
  for (std::uint32_t sent = 0; sent < 5'000; sent += 1'000) {
    connection.take(reply, connection.next(reply, ack, 1'000));
  }
  REQUIRE(connection.take(reply, connection.at(reply, 15'000, 1, ack, 1)) == pass);
  const flow_state before = connection.flow;

  CHECK(connection.take(reply, connection.at(reply, 1, 1, ack, 1'000)) == quiet);
  CHECK(connection.flow.sequence_end[1] == before.sequence_end[1]);
  CHECK(connection.take(original, connection.at(original, 1, 1'001)) == pass);
}

TEST_CASE("what lies two windows back, or confirms what was not sent, is dropped",
          "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::established);
  connection.flow.sequence_end[1] += 500'000;
  const std::uint32_t back = 20'000;
  const auto belated = [&](std::uint32_t distance) {
    auto segment = connection.next(reply, ack, 10);
    segment.sequence -= distance;
    return segment;
  };

  CHECK(connection.take(reply, belated(back)) == quiet);
  CHECK(connection.take(reply, belated(back + 1)) == drop);
  auto segment = belated(back);
  segment.acknowledgment += 1;
  CHECK(connection.take(reply, segment) == drop);
  segment.acknowledgment -= 1 + acknowledgment_window_min;
  CHECK(connection.take(reply, segment) == quiet);
  segment.acknowledgment -= 1;
  CHECK(connection.take(reply, segment) == drop);
}

TEST_CASE("a loose session begins in the middle and learns both sides", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::picked_up, tcp_mode::loose);
  CHECK(timeout_of(session_kind::tcp, connection.phase) == &session_timeouts::tcp_opening);

  CHECK(connection.take(original, connection.at(original, 1, 2'000'000, ack, 100)) == pass);
  CHECK(connection.take(reply, connection.at(reply, 1'990'000, 1, ack, 1'000)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(original, connection.at(original, 101, 2'000'500)) == pass);
  CHECK(connection.take(original, connection.at(original, 101, 2'000'500 + 2'000'000'000)) == drop);
}

TEST_CASE("a loose session lives on one direction alone", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::opening, tcp_mode::loose);

  CHECK(connection.take(original, connection.at(original, 1, 1)) == pass);
  for (std::uint32_t sent = 1; sent < 1'000'000; sent += 1'000) {
    REQUIRE(connection.take(original, connection.at(original, sent, sent * 3, ack, 1'000)) == pass);
  }
  CHECK(connection.phase == session_phase::picked_up);
  CHECK(connection.take(original, connection.next(original, ack | fin)) == pass);
}

TEST_CASE("a loose session whose answer took another path is established by the next segment",
          "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::opening, tcp_mode::loose);

  CHECK(connection.take(reply, connection.at(reply, 1, 1, ack, 500)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(original, connection.at(original, 1, 501)) == pass);
}

TEST_CASE("where no SYN was seen windows may have any scale", "[session][tcp][rfc7323]") {
  const auto begun = GENERATE(session_phase::picked_up, session_phase::opening);
  tcp_connection connection = tcp_connection::in(begun, tcp_mode::loose);
  connection.take(reply, connection.at(reply, 1, 1, ack, 500));
  REQUIRE(connection.phase == session_phase::established);

  CHECK(connection.take(reply, connection.next(reply, ack, 10'000 << 14)) == pass);
  CHECK(connection.take(original, connection.next(original, ack, 10'000 << 14)) == pass);
}

TEST_CASE("a loose session may confirm what took another path, within a window", "[session][tcp]") {
  const std::uint32_t ahead = GENERATE(0u, 66'000u, 66'001u);
  tcp_connection connection = tcp_connection::in(session_phase::established, tcp_mode::loose);

  const auto outcome = connection.take(original, connection.at(original, 1, 1 + ahead));

  CHECK(outcome == (ahead <= 66'000 ? pass : drop));
}

TEST_CASE("with tracking off anything opens and flags alone decide", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(session_phase::opening, tcp_mode::off);

  CHECK(connection.take(reply, connection.at(reply, 7'777'777, 8'888'888, ack, 9)) == pass);
  CHECK(connection.phase == session_phase::established);
  CHECK(connection.take(original, connection.at(original, 5'555'555, 1, ack, 9)) == pass);
  CHECK(connection.take(original, connection.at(original, 99, 1, rst)) == pass);
  CHECK(connection.phase == session_phase::reset);
}

TEST_CASE("an answer over what was reset opens a session where its SYN took another path",
          "[session][tcp][sd15]") {
  const auto mode = GENERATE(tcp_mode::strict, tcp_mode::loose);
  tcp_connection connection = tcp_connection::in(session_phase::reset, mode);
  const tcp_segment answer = answer_to(syn_at(2'000'000'000), 700'000'000);
  REQUIRE(may_open(mode, answer.flags) == (mode == tcp_mode::loose));

  CHECK(connection.take(original, answer) ==
        (mode == tcp_mode::loose ? tcp_outcome::reopen : drop));
  CHECK(connection.take(reply, answer) == drop);
}
