#include "weir/session/tcp_window.hpp"

#include "tests/session/tcp_connection.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>

using namespace weir;
using enum weir::direction;
using weir::test::tcp_connection;

namespace {

constexpr auto established = session_phase::established;

/// An established connection that has sent `sent` bytes each way, begun at the given number.
tcp_connection sent_each_way(std::uint32_t sent, std::uint32_t isn) {
  tcp_connection made;
  made.isn[0] = isn;
  made.isn[1] = isn + 0x1234'5678;
  made.open();
  made.answer();
  made.confirm();
  made.flow.sequence_end[0] += sent;
  made.flow.sequence_end[1] += sent;
  return made;
}

/// Initial numbers whose connections wrap, cross the sign, or do neither.
std::uint32_t any_isn() { return GENERATE(1000u, 0xFFFF'FF00u, 0x7FFF'FF00u, 0u - 0x1234'5700u); }

}  // namespace

TEST_CASE("inequality I: a segment ends within the window of its receiver", "[session][tcp]") {
  tcp_connection connection = sent_each_way(200'000, any_isn());
  tcp_segment segment = connection.next(original);
  const std::uint32_t beyond = GENERATE(9'999u, 10'000u, 10'001u);

  segment.payload = beyond;

  CHECK(is_plausible(connection.flow, original, segment) == (beyond <= 10'000));
}

TEST_CASE("inequality II: a segment begins no further back than a window", "[session][tcp]") {
  tcp_connection connection = sent_each_way(200'000, any_isn());
  tcp_segment segment = connection.next(original);
  const std::uint32_t back = GENERATE(1u, 9'999u, 10'000u, 10'001u);

  segment.sequence -= back;

  CHECK(is_plausible(connection.flow, original, segment) == (back <= 10'000));
}

TEST_CASE("inequality III: nothing is confirmed that was not sent", "[session][tcp]") {
  tcp_connection connection = sent_each_way(200'000, any_isn());
  tcp_segment segment = connection.next(reply);
  const std::uint32_t ahead = GENERATE(0u, 1u, 10'000u, 1u << 30);

  segment.acknowledgment += ahead;

  CHECK(is_plausible(connection.flow, reply, segment) == (ahead == 0));
}

TEST_CASE("inequality IV: a confirmation is no older than a window or 66000 bytes",
          "[session][tcp][rfc5961]") {
  tcp_connection connection = sent_each_way(500'000, any_isn());
  const std::uint32_t window = GENERATE(10'000u, 66'000u, 66'001u, 400'000u);
  connection.flow.scale[0] = connection.flow.scale[1] = 3;
  connection.flow.window[0] = static_cast<std::uint16_t>((window + 7) / 8);
  const std::uint32_t bound = std::max((window + 7) / 8 * 8, 66'000u);
  tcp_segment segment = connection.next(original);
  const int off = GENERATE(-1, 0, 1);

  segment.acknowledgment -= bound + static_cast<std::uint32_t>(off);

  CAPTURE(window, off);
  CHECK(is_plausible(connection.flow, original, segment) == (off <= 0));
}

TEST_CASE("a keepalive one byte before the end is plausible", "[session][tcp]") {
  tcp_connection connection = sent_each_way(100, any_isn());
  connection.flow.window[1] = GENERATE(std::uint16_t{1}, std::uint16_t{10'000});
  tcp_segment keepalive = connection.next(original);
  keepalive.sequence -= 1;
  keepalive.payload = GENERATE(0u, 1u);

  CHECK(connection.take(original, keepalive) == tcp_outcome::pass);
  CHECK(connection.phase == established);
}

TEST_CASE("one byte probes a closed window", "[session][tcp]") {
  tcp_connection connection;
  connection.open();
  tcp_segment answer = connection.at(reply, 0, 1, tcp_flag::syn | tcp_flag::ack);
  answer.window = 0;
  connection.take(reply, answer);
  connection.confirm();

  tcp_segment probe = connection.next(original, tcp_flag::ack, 1);
  CHECK(is_plausible(connection.flow, original, probe));
  probe.payload = 2;
  CHECK_FALSE(is_plausible(connection.flow, original, probe));
}

TEST_CASE("a window that closes does not take back what was offered", "[session][tcp]") {
  tcp_connection connection = tcp_connection::in(established);
  tcp_segment closed = connection.next(reply);
  closed.window = 0;
  connection.take(reply, closed);

  const tcp_segment underway = connection.next(original, tcp_flag::ack, 10'000);

  CHECK(connection.take(original, underway) == tcp_outcome::pass);
}

TEST_CASE("window scales count only where both sides offer one", "[session][tcp][rfc7323]") {
  const bool original_offers = GENERATE(false, true);
  const bool reply_offers = GENERATE(false, true);
  tcp_connection connection;
  tcp_segment opening = connection.at(original, 0, 0, tcp_flag::syn);
  if (original_offers) opening.window_scale = 3;
  connection.phase = open_tcp(connection.flow, opening);
  tcp_segment answer = connection.at(reply, 0, 1, tcp_flag::syn | tcp_flag::ack);
  if (reply_offers) answer.window_scale = 7;
  connection.take(reply, answer);
  connection.confirm();

  const bool both = original_offers && reply_offers;
  CHECK(connection.flow.scale[0] == (both ? 3 : 0));
  CHECK(connection.flow.scale[1] == (both ? 7 : 0));
  CHECK(connection.flow.window_bytes(original) >= 10'000);

  tcp_segment offer = connection.next(reply);
  offer.window = 1000;
  connection.take(reply, offer);
  CHECK(connection.flow.window_bytes(reply) == (both ? 128'000u : 10'000u));
}

TEST_CASE("the window of a SYN is not scaled", "[session][tcp][rfc7323]") {
  tcp_connection connection;
  tcp_segment opening = connection.at(original, 0, 0, tcp_flag::syn);
  opening.window =
      GENERATE(std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{64'240}, std::uint16_t{0xFFFF});
  opening.window_scale = 14;
  connection.phase = open_tcp(connection.flow, opening);
  tcp_segment answer = connection.at(reply, 0, 1, tcp_flag::syn | tcp_flag::ack);
  answer.window_scale = 0;
  connection.take(reply, answer);

  const std::uint32_t offered = connection.flow.window_bytes(original);

  CHECK(offered >= opening.window);
  CHECK(offered < opening.window + 2 * (1u << 14));
}

TEST_CASE("the largest scaled window is a gigabyte and works on the circle", "[session][tcp]") {
  tcp_connection connection = sent_each_way(0, any_isn());
  connection.flow.scale[0] = connection.flow.scale[1] = 14;
  connection.flow.window[1] = 0xFFFF;
  const std::uint32_t window = 0xFFFFu << 14;
  tcp_segment segment = connection.next(original);

  segment.payload = window;
  CHECK(is_plausible(connection.flow, original, segment));
  segment.payload = window + 1;
  CHECK_FALSE(is_plausible(connection.flow, original, segment));
}

TEST_CASE("a transfer of ten gigabytes wraps its sequence numbers and stays plausible",
          "[session][tcp]") {
  tcp_connection connection = sent_each_way(0, any_isn());
  std::uint64_t sent = 0;
  std::uint32_t refused = 0;
  while (sent < 10'000'000'000) {
    const auto outcome = connection.take(original, connection.next(original, tcp_flag::ack, 9'000));
    refused += outcome == tcp_outcome::pass ? 0u : 1u;
    refused += connection.take(reply, connection.next(reply)) == tcp_outcome::pass ? 0u : 1u;
    sent += 9'000;
  }
  CHECK(refused == 0);
}

TEST_CASE("an ICMP error quotes plausibly what is under way", "[session][tcp][icmp][rfc5927]") {
  const tcp_connection connection = sent_each_way(200'000, any_isn());
  const std::uint32_t end = connection.flow.sequence_end[0];

  CHECK(is_quotable(connection.flow, original, end));
  CHECK_FALSE(is_quotable(connection.flow, original, end + 1));
  CHECK(is_quotable(connection.flow, original, end - 10'000));
  CHECK_FALSE(is_quotable(connection.flow, original, end - 10'001));
}

TEST_CASE("an ICMP error may not quote a side that has sent nothing",
          "[session][tcp][icmp][rfc5927]") {
  const tcp_connection connection = tcp_connection::in(session_phase::opening);

  CHECK_FALSE(is_quotable(connection.flow, reply, connection.flow.sequence_end[1]));
  CHECK_FALSE(is_quotable(connection.flow, reply, test::original_isn));
  CHECK_FALSE(is_quotable(connection.flow, reply, test::original_isn - 10));
  CHECK_FALSE(is_quotable(connection.flow, reply, 0));
}

TEST_CASE("an ICMP error may quote a SYN that nobody answered, and nothing else",
          "[session][tcp][icmp][rfc5927]") {
  const std::uint32_t payload = GENERATE(0u, 100u);
  tcp_connection connection;
  connection.isn[0] = any_isn();
  const tcp_segment opening = connection.at(original, 0, 0, tcp_flag::syn, payload);
  connection.phase = open_tcp(connection.flow, opening);
  if (GENERATE(false, true))
    connection.take(original, connection.at(original, 0, 0, tcp_flag::syn));

  CHECK(is_quotable(connection.flow, original, opening.sequence));
  CHECK(is_quotable(connection.flow, original, opening.end() - 1));
  CHECK_FALSE(is_quotable(connection.flow, original, opening.end()));
  CHECK_FALSE(is_quotable(connection.flow, original, opening.sequence - 1));
  CHECK_FALSE(is_quotable(connection.flow, original, opening.sequence - 66'000));
}

TEST_CASE("an ICMP error may quote the last number that an opener chose",
          "[session][tcp][icmp][rfc5927]") {
  tcp_connection connection = tcp_connection::in(session_phase::opening);
  connection.take(original, connection.at(original, 500, 0, tcp_flag::syn));

  CHECK(is_quotable(connection.flow, original, test::original_isn + 500));
  CHECK_FALSE(is_quotable(connection.flow, original, test::original_isn));
}
