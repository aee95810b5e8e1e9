#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <utility>
#include <vector>

namespace weir::test {
namespace {

std::string text(const flow_facts& flow) {
  return std::string{name(flow.protocol)} + " " + to_text(flow.source) + " " +
         std::to_string(flow.source_port.number()) + " > " + to_text(flow.destination) + " " +
         std::to_string(flow.destination_port.number());
}
std::string text(const session_facts& session) {
  return text(session.original) + ", " + text(session.reply) + ", " +
         std::to_string(session.packets[0]) + "/" + std::to_string(session.packets[1]) +
         " packets, " + std::to_string(session.bytes[0]) + "/" + std::to_string(session.bytes[1]) +
         " bytes";
}

/// Writes down what it hears, in words.
class writer {
 public:
  void matched(ip_family family, std::uint32_t id, direction way) noexcept {
    said.push_back("matched " + std::string{family == ip_family::ipv4 ? "four " : "six "} +
                   std::to_string(id) + (way == direction::original ? " original" : " reply"));
  }
  void unmatched() noexcept { said.push_back("unmatched"); }
  void destination_translated(translation_kind, const flow_facts& flow) noexcept {
    said.push_back("for " + text(flow));
  }
  void routed(next_hop_id) noexcept { said.push_back("routed"); }
  void judged(const judgement& what) noexcept {
    said.push_back("judged " + std::string{name(action{what.action})});
  }
  void source_translated(translation_kind kind, const flow_facts& flow) noexcept {
    said.push_back((kind == translation_kind::pool ? "from a pool " : "from ") + text(flow));
  }
  void created(const session_facts& session) noexcept {
    said.push_back("created " + text(session));
  }
  void ended(const session_facts& session, session_end why) noexcept {
    constexpr const char* fates[] = {"expired ", "evicted ", "ended "};
    said.push_back(fates[static_cast<std::size_t>(why)] + text(session));
  }
  void decided(const verdict& answer) noexcept {
    said.push_back(answer.forwarded() ? "forward" : answer.dropped() ? "drop" : "deliver");
  }

  std::vector<std::string> said{};
};

struct written_traits : default_traits {
  using observer = writer;
};
struct thorough_traits : written_traits {
  static constexpr bool has_plain_path = false;
};
using events = std::vector<std::string>;

template <class Box>
events heard(Box& box) {
  return std::exchange(box.worker().observer().said, {});
}

TEMPLATE_TEST_CASE("an observer hears of a session behind NAT from its beginning to its end",
                   "[engine][observer]", written_traits, thorough_traits) {
  basic_gateway<TestType> box{home_gateway()};

  box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 999).payload_size(12));
  CHECK(heard(box) ==
        events{"unmatched", "routed", "judged permit-stateful-nat",
               "from a pool udp 203.0.113.1 4000 > 192.0.2.1 999",
               "created udp 10.0.0.5 4000 > 192.0.2.1 999, udp 192.0.2.1 999 > 203.0.113.1 4000, "
               "0/0 packets, 0/0 bytes",
               "forward"});
  for (int time = 0; time < 2; ++time) {
    box.sends("wan", udp{}.from("192.0.2.1", 999).to("203.0.113.1", 4000).payload_size(72));
    CHECK(heard(box) == events{"matched four 0 reply", "forward"});
  }
  box.advance(duration::hours(1));
  box.worker().expire(instant::from_epoch(duration::seconds(1'003'600)));
  CHECK(heard(box) == events{"expired udp 10.0.0.5 4000 > 192.0.2.1 999, "
                             "udp 192.0.2.1 999 > 203.0.113.1 4000, 1/2 packets, 40/200 bytes"});
}

TEST_CASE("an observer hears why sessions end, and of which family they are",
          "[engine][observer]") {
  auto raw = two_zones();
  raw.sessions.max = 1;
  raw.sessions.full = full_policy::evict_embryonic;
  raw.sessions.dns_reply_closes = true;
  basic_gateway<written_traits> box{raw};

  box.sends("lan", udp{}.from("2001:db8:1::5", 4000).to("2001:db8:9::1", 53));
  heard(box);
  box.sends("lan", udp{}.from("10.0.0.5", 4001).to("192.0.2.1", 53));
  const auto evicted = heard(box);
  REQUIRE(evicted.size() == 6);
  CHECK(evicted[3].starts_with("evicted udp 2001:db8:1::5 4000 > 2001:db8:9::1 53"));
  CHECK(evicted[4].starts_with("created udp 10.0.0.5 4001 > 192.0.2.1 53"));
  box.sends("wan", udp{}.from("192.0.2.1", 53).to("10.0.0.5", 4001));
  const auto ended = heard(box);
  REQUIRE(ended.size() == 3);
  CHECK(ended[0] == "matched four 0 reply");
  CHECK(ended[1].starts_with("ended udp 10.0.0.5 4001 > 192.0.2.1 53"));
  CHECK(ended[1].find(" 1/1 packets") != std::string::npos);
  CHECK(ended[2] == "forward");
}

TEST_CASE("an observer hears whose flow an ICMP error is about", "[engine][observer][icmp]") {
  basic_gateway<written_traits> box{home_gateway()};
  const auto out = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 999));
  heard(box);

  box.sends("wan", test::icmp{3, 3}.from("192.0.2.1").to("203.0.113.1").quote(out.bytes));

  CHECK(heard(box) == events{"unmatched", "matched four 0 reply", "forward"});
}

TEST_CASE("a worker lists the live sessions of both families", "[engine][observer]") {
  gateway box{home_gateway()};
  box.sends("lan", tcp{}.syn().from("10.0.0.5", 4000).to("192.0.2.1", 80));
  box.sends("lan", udp{}.from("2001:db8:1::5", 4000).to("2001:db8:9::1", 999));
  box.sends("lan", datagram{protocol::esp}.from("10.0.0.6").to("192.0.2.1"));
  box.advance(duration::seconds(1));
  box.sends("lan", udp{}.from("10.0.0.99", 1).to("10.0.0.1", 9));  // moves the time

  events all;
  std::vector<duration> left;
  box.worker().for_each_session([&](const session_account& one) {
    all.push_back(std::string{name(one.phase)} + " " + text(one.facts.original) + ", " +
                  text(one.facts.reply));
    left.push_back(one.left);
  });

  CHECK(all ==
        events{"opening tcp 10.0.0.5 4000 > 192.0.2.1 80, tcp 192.0.2.1 80 > 203.0.113.1 4000",
               "unanswered esp 10.0.0.6 49374 > 192.0.2.1 1, esp 192.0.2.1 0 > 203.0.113.1 0",
               "unanswered udp 2001:db8:1::5 4000 > 2001:db8:9::1 999, "
               "udp 2001:db8:9::1 999 > 2001:db8:1::5 4000"});
  REQUIRE(left.size() == 3);
  CHECK(left[0] ==
        box.worker().config().raw().sessions.timeouts.tcp_opening - duration::seconds(1));
}

}  // namespace
}  // namespace weir::test
