#include "weir/session/timeout_profile.hpp"

#include "weir/session/session_phase.hpp"

#include "tests/support/catch.hpp"

#include <utility>

using namespace weir;

TEST_CASE("the default idle times are those the RFCs ask for",
          "[session][timeouts][rfc4787-req5][rfc5382-req5][rfc5508-req2][rfc7857-2.1]") {
  const session_timeouts timeouts;

  CHECK(timeouts.tcp_opening == duration::minutes(4));
  CHECK(timeouts.tcp_established == duration::minutes(124));
  CHECK(timeouts.tcp_half_closed == duration::minutes(124));
  CHECK(timeouts.tcp_closing == duration::minutes(4));
  CHECK(timeouts.tcp_reset == duration::minutes(4));
  CHECK(timeouts.udp == duration::minutes(5));
  CHECK(timeouts.udp_one_way == duration::minutes(2));
  CHECK(timeouts.dns == duration::minutes(2));
  CHECK(timeouts.icmp == duration::seconds(60));
  CHECK(timeouts.sctp == duration::minutes(124));
  CHECK(timeouts.gre == duration::minutes(5));
  CHECK(timeouts.esp == duration::minutes(5));
  CHECK(timeouts.other == duration::minutes(10));
}

TEST_CASE("an idle time is rounded up to ticks and at least one", "[session][timeouts]") {
  session_timeouts timeouts;
  timeouts.udp = duration::nanoseconds(1'000'001);
  timeouts.dns = duration{};

  const timeout_profile profile{timeouts};

  CHECK(profile.ticks({session_kind::udp, session_phase::two_way}) == 2);
  CHECK(profile.ticks({session_kind::dns, session_phase::two_way}) == 1);
  CHECK(profile.shortest() == 1);
}

TEST_CASE("a protocol and its destination port say what kind of session it is",
          "[session][phase]") {
  CHECK(kind_of(protocol::tcp, port{53}) == session_kind::tcp);
  CHECK(kind_of(protocol::udp, port{53}) == session_kind::dns);
  CHECK(kind_of(protocol::udp, port{54}) == session_kind::udp);
  CHECK(kind_of(protocol::udp_lite, port{53}) == session_kind::udp);
  CHECK(kind_of(protocol::icmp, port{8}) == session_kind::icmp);
  CHECK(kind_of(protocol::icmpv6, port{128}) == session_kind::icmp);
  CHECK(kind_of(protocol::sctp, port{1}) == session_kind::sctp);
  CHECK(kind_of(protocol::gre, port{0}) == session_kind::gre);
  CHECK(kind_of(protocol::esp, port{0}) == session_kind::esp);
  CHECK(kind_of(protocol::ah, port{0}) == session_kind::other);
}

TEST_CASE("kind and phase decide the class of the timeout", "[session][phase]") {
  using enum session_kind;
  using enum session_phase;
  const auto [kind, phase, expected] =
      GENERATE(table<session_kind, session_phase, duration session_timeouts::*>({
          {tcp, opening, &session_timeouts::tcp_opening},
          {tcp, answered, &session_timeouts::tcp_opening},
          {tcp, picked_up, &session_timeouts::tcp_opening},
          {tcp, established, &session_timeouts::tcp_established},
          {tcp, fin_original, &session_timeouts::tcp_half_closed},
          {tcp, fin_reply, &session_timeouts::tcp_half_closed},
          {tcp, closing, &session_timeouts::tcp_closing},
          {tcp, session_phase::reset, &session_timeouts::tcp_reset},
          {udp, one_way, &session_timeouts::udp_one_way},
          {udp, two_way, &session_timeouts::udp},
          {dns, one_way, &session_timeouts::dns},
          {dns, two_way, &session_timeouts::dns},
          {icmp, one_way, &session_timeouts::icmp},
          {icmp, two_way, &session_timeouts::icmp},
          {sctp, one_way, &session_timeouts::tcp_opening},
          {sctp, two_way, &session_timeouts::sctp},
          {gre, one_way, &session_timeouts::gre},
          {gre, two_way, &session_timeouts::gre},
          {esp, one_way, &session_timeouts::esp},
          {esp, two_way, &session_timeouts::esp},
          {other, one_way, &session_timeouts::other},
          {other, two_way, &session_timeouts::other},
      }));

  const session_status status{kind, phase};

  session_timeouts timeouts;
  timeouts.sctp = timeouts.*expected = duration::minutes(7777);
  CHECK(timeout_of(kind, phase) == expected);
  CHECK(timeout_profile{timeouts}.ticks(status) == 7777 * 60'000);
  CHECK(status.kind() == kind);
  CHECK(status.phase() == phase);
  CHECK_FALSE(status.is_none());
}

TEST_CASE("SCTP that nobody answered lives no longer than SCTP that somebody did",
          "[session][phase]") {
  session_timeouts timeouts;
  timeouts.sctp = duration::seconds(4);
  CHECK(timeout_profile{timeouts}.ticks({session_kind::sctp, session_phase::one_way}) == 4'000);
  timeouts.sctp = duration::minutes(124);
  CHECK(timeout_profile{timeouts}.ticks({session_kind::sctp, session_phase::one_way}) ==
        ticks_in(timeouts.tcp_opening));
}

TEST_CASE("no session has the status zero", "[session][phase]") {
  CHECK(session_status{}.is_none());
  CHECK(session_status::from_byte(0).phase() == session_phase::none);
}
