#include "weir/session/tcp_table.hpp"

#include "tests/session/tcp_connection.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>

using namespace weir;
using namespace weir::test;
using enum weir::direction;

namespace {

constexpr auto reopen = tcp_outcome::reopen;
constexpr auto ended = session_phase::reset;

/// A segment of the given kind that a well-behaved host could send in that connection.
tcp_segment legal_segment(const tcp_connection& connection, direction way, tcp_event event) {
  switch (event) {
    case tcp_event::syn:
      return connection.at(way, 77'000'000, 0, tcp_flag::syn);
    case tcp_event::syn_ack: {
      tcp_segment again = connection.next(way, tcp_flag::syn | tcp_flag::ack);
      again.sequence = connection.isn[index_of(way)];
      return again;
    }
    case tcp_event::segment:
      return connection.next(way, tcp_flag::ack | tcp_flag::psh, 1);
    case tcp_event::fin:
      return connection.next(way, tcp_flag::ack | tcp_flag::fin);
    case tcp_event::rst:
      break;
  }
  return connection.next(way, tcp_flag::ack | tcp_flag::rst);
}

/// A segment of a phase, moved so far from where the connection is.
struct forgery {
  session_phase from;
  direction way;
  tcp_event event;
  std::uint32_t away;
};

/// Each of all there are, one a run.
forgery any_forgery() {
  using enum session_phase;
  return {
      .from =
          GENERATE(answered, established, fin_original, fin_reply, closing, session_phase::reset),
      .way = GENERATE(direction::original, direction::reply),
      .event = GENERATE(tcp_event::segment, tcp_event::fin, tcp_event::rst),
      .away = GENERATE(20'000u, 1u << 30, 3u << 30, 0u - 30'000u),
  };
}

bool same(const flow_state& left, const flow_state& right) {
  return left.sequence_end[0] == right.sequence_end[0] &&
         left.sequence_end[1] == right.sequence_end[1] && left.window[0] == right.window[0] &&
         left.window[1] == right.window[1] && std::ranges::equal(left.scale, right.scale);
}

}  // namespace

TEST_CASE("every edge of the TCP state machine leads where RFC 6146 and RFC 5961 say",
          "[session][tcp][rfc5382-req2][rfc7857-2][rfc5961]") {
  using enum session_phase;
  using enum tcp_event;
  const auto [from, way, event, outcome, to] =
      GENERATE(table<session_phase, direction, tcp_event, tcp_outcome, session_phase>({
          {opening, original, syn, pass, opening},
          {opening, original, syn_ack, drop, opening},
          {opening, original, segment, drop, opening},
          {opening, original, fin, drop, opening},
          {opening, original, rst, pass, ended},
          {opening, reply, syn, pass, answered},
          {opening, reply, syn_ack, pass, answered},
          {opening, reply, segment, drop, opening},
          {opening, reply, fin, drop, opening},
          {opening, reply, rst, pass, ended},
          {answered, original, syn, quiet, answered},
          {answered, original, syn_ack, pass, established},
          {answered, original, segment, pass, established},
          {answered, original, fin, pass, fin_original},
          {answered, original, rst, pass, ended},
          {answered, reply, syn, quiet, answered},
          {answered, reply, syn_ack, pass, answered},
          {answered, reply, segment, pass, answered},
          {answered, reply, fin, pass, fin_reply},
          {answered, reply, rst, pass, ended},
          {picked_up, original, syn, reopen, picked_up},
          {picked_up, original, syn_ack, pass, picked_up},
          {picked_up, original, segment, pass, picked_up},
          {picked_up, original, fin, pass, picked_up},
          {picked_up, original, rst, pass, ended},
          {picked_up, reply, syn, reopen, picked_up},
          {picked_up, reply, syn_ack, pass, established},
          {picked_up, reply, segment, pass, established},
          {picked_up, reply, fin, pass, fin_reply},
          {picked_up, reply, rst, pass, ended},
          {established, original, syn, quiet, established},
          {established, original, syn_ack, quiet, established},
          {established, original, segment, pass, established},
          {established, original, fin, pass, fin_original},
          {established, original, rst, pass, ended},
          {established, reply, syn, quiet, established},
          {established, reply, syn_ack, quiet, established},
          {established, reply, segment, pass, established},
          {established, reply, fin, pass, fin_reply},
          {established, reply, rst, pass, ended},
          {fin_original, original, syn, quiet, fin_original},
          {fin_original, original, syn_ack, quiet, fin_original},
          {fin_original, original, segment, pass, fin_original},
          {fin_original, original, fin, pass, fin_original},
          {fin_original, original, rst, pass, ended},
          {fin_original, reply, syn, quiet, fin_original},
          {fin_original, reply, syn_ack, quiet, fin_original},
          {fin_original, reply, segment, pass, fin_original},
          {fin_original, reply, fin, pass, closing},
          {fin_original, reply, rst, pass, ended},
          {fin_reply, original, syn, quiet, fin_reply},
          {fin_reply, original, syn_ack, quiet, fin_reply},
          {fin_reply, original, segment, pass, fin_reply},
          {fin_reply, original, fin, pass, closing},
          {fin_reply, original, rst, pass, ended},
          {fin_reply, reply, syn, quiet, fin_reply},
          {fin_reply, reply, syn_ack, quiet, fin_reply},
          {fin_reply, reply, segment, pass, fin_reply},
          {fin_reply, reply, fin, pass, fin_reply},
          {fin_reply, reply, rst, pass, ended},
          {closing, original, syn, reopen, closing},
          {closing, original, syn_ack, quiet, closing},
          {closing, original, segment, quiet, closing},
          {closing, original, fin, quiet, closing},
          {closing, original, rst, quiet, closing},
          {closing, reply, syn, reopen, closing},
          {closing, reply, syn_ack, quiet, closing},
          {closing, reply, segment, quiet, closing},
          {closing, reply, fin, quiet, closing},
          {closing, reply, rst, quiet, closing},
          {ended, original, syn, reopen, ended},
          {ended, original, syn_ack, quiet, ended},
          {ended, original, segment, pass, established},
          {ended, original, fin, pass, ended},
          {ended, original, rst, quiet, ended},
          {ended, reply, syn, reopen, ended},
          {ended, reply, syn_ack, quiet, ended},
          {ended, reply, segment, pass, established},
          {ended, reply, fin, pass, ended},
          {ended, reply, rst, quiet, ended},
      }));
  tcp_connection connection =
      tcp_connection::in(from, from == picked_up ? tcp_mode::loose : tcp_mode::strict);
  REQUIRE(connection.phase == from);
  const tcp_segment told = legal_segment(connection, way, event);
  CAPTURE(int(from), int(way), int(event));
  REQUIRE(event_of(told.flags) == event);

  const tcp_outcome got = connection.take(way, told);

  CHECK(got == outcome);
  CHECK(connection.phase == to);
}

TEST_CASE("an implausible segment is dropped in every phase and changes nothing",
          "[session][tcp][sd16]") {
  const auto [from, way, event, away] = any_forgery();
  tcp_connection connection = tcp_connection::in(from);
  tcp_segment forged = legal_segment(connection, way, event);
  forged.sequence += away;
  const tcp_connection before = connection;
  CAPTURE(int(from), int(way), int(event), away);

  const tcp_outcome got = connection.take(way, forged);

  CHECK(got == tcp_outcome::out_of_window);
  CHECK(connection.phase == from);
  CHECK(same(connection.flow, before.flow));
}

TEST_CASE("with tracking off the same segments pass", "[session][tcp]") {
  const auto [from, way, event, away] = any_forgery();
  tcp_connection plausible = tcp_connection::in(from, tcp_mode::off);
  tcp_connection connection = plausible;
  tcp_segment forged = legal_segment(connection, way, event);
  plausible.take(way, forged);
  forged.sequence += away;
  CAPTURE(int(from), int(way), int(event), away);

  const tcp_outcome got = connection.take(way, forged);

  CHECK((got == tcp_outcome::pass || got == tcp_outcome::pass_no_refresh));
  CHECK(connection.phase == plausible.phase);
}

TEST_CASE("a reset counts before a SYN and a SYN before a FIN", "[session][tcp]") {
  CHECK(event_of(tcp_flag::rst | tcp_flag::syn) == tcp_event::rst);
  CHECK(event_of(tcp_flag::syn | tcp_flag::fin) == tcp_event::syn);
  CHECK(event_of(tcp_flag::syn | tcp_flag::ack) == tcp_event::syn_ack);
  CHECK(event_of(tcp_flag::fin | tcp_flag::ack) == tcp_event::fin);
  CHECK(event_of(tcp_flag::ack) == tcp_event::segment);
  CHECK(event_of(tcp_flag::syn | tcp_flag::ece | tcp_flag::cwr) == tcp_event::syn);
}
