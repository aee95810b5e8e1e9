#include "weir/session/timeouts.hpp"

#include "weir/session/session_phase.hpp"

#include "tests/support/catch.hpp"

#include <utility>

using namespace weir;

TEST_CASE("the default idle times are those the RFCs ask for",
          "[session][timeouts][rfc4787-req5][rfc5382-req5][rfc5508-req2][rfc7857-2.1]") {
  const timeout_profile profile;

  CHECK(profile.ticks(timeout_class::tcp_opening) == 4 * 60'000);
  CHECK(profile.ticks(timeout_class::tcp_established) == 124 * 60'000);
  CHECK(profile.ticks(timeout_class::tcp_half_closed) == 124 * 60'000);
  CHECK(profile.ticks(timeout_class::tcp_closing) == 4 * 60'000);
  CHECK(profile.ticks(timeout_class::tcp_reset) == 4 * 60'000);
  CHECK(profile.ticks(timeout_class::udp) == 5 * 60'000);
  CHECK(profile.ticks(timeout_class::udp_one_way) == 2 * 60'000);
  CHECK(profile.ticks(timeout_class::dns) == 2 * 60'000);
  CHECK(profile.ticks(timeout_class::icmp) == 60'000);
  CHECK(profile.ticks(timeout_class::sctp) == 124 * 60'000);
  CHECK(profile.ticks(timeout_class::gre) == 5 * 60'000);
  CHECK(profile.ticks(timeout_class::esp) == 5 * 60'000);
  CHECK(profile.ticks(timeout_class::other) == 10 * 60'000);
}

TEST_CASE("an idle time is rounded up to ticks and at least one", "[session][timeouts]") {
  session_timeouts timeouts;
  timeouts.udp = duration::nanoseconds(1'000'001);
  timeouts.dns = duration{};

  const timeout_profile profile{timeouts};

  CHECK(profile.ticks(timeout_class::udp) == 2);
  CHECK(profile.ticks(timeout_class::dns) == 1);
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
  const auto [kind, phase, expected] = GENERATE(table<session_kind, session_phase, timeout_class>({
      {tcp, opening, timeout_class::tcp_opening},
      {tcp, answered, timeout_class::tcp_opening},
      {tcp, picked_up, timeout_class::tcp_opening},
      {tcp, established, timeout_class::tcp_established},
      {tcp, fin_original, timeout_class::tcp_half_closed},
      {tcp, fin_reply, timeout_class::tcp_half_closed},
      {tcp, closing, timeout_class::tcp_closing},
      {tcp, session_phase::reset, timeout_class::tcp_reset},
      {udp, one_way, timeout_class::udp_one_way},
      {udp, two_way, timeout_class::udp},
      {dns, one_way, timeout_class::dns},
      {dns, two_way, timeout_class::dns},
      {icmp, one_way, timeout_class::icmp},
      {icmp, two_way, timeout_class::icmp},
      {sctp, one_way, timeout_class::tcp_opening},
      {sctp, two_way, timeout_class::sctp},
      {gre, one_way, timeout_class::gre},
      {gre, two_way, timeout_class::gre},
      {esp, one_way, timeout_class::esp},
      {esp, two_way, timeout_class::esp},
      {other, one_way, timeout_class::other},
      {other, two_way, timeout_class::other},
  }));

  const session_status status{kind, phase};

  CHECK(status.timeout() == expected);
  CHECK(status.kind() == kind);
  CHECK(status.phase() == phase);
  CHECK_FALSE(status.is_none());
}

TEST_CASE("no session has the status zero", "[session][phase]") {
  CHECK(session_status{}.is_none());
  CHECK(session_status::from_byte(0).phase() == session_phase::none);
}
