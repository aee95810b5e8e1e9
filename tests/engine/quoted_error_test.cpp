#include "tests/engine/gateway.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

namespace weir::test {
namespace {

/// What the packet that left was, as a router further on quotes it.
builder about(const fate& sent, unsigned type = 3, unsigned code = 4, std::size_t size = 548) {
  return icmp{type, code}
      .rest(1280)
      .from("198.51.100.77")
      .to(sent.flow().source)
      .quote(sent.bytes, size);
}

std::string quoted_source(const fate& error) {
  return to_text(unpack(walk_quote<ipv4>(quoted(error.bytes), {}).key).source.address);
}

TEST_CASE("an error from a router outside reaches the host whose packet it quotes",
          "[engine][quoted_error][rfc5508-req4][sr11]") {
  gateway box{pool_gateway()};
  const auto packet = udp{}.from("10.0.0.5", 4000).payload("hello");
  const auto sent = box.sends("lan", packet);

  const auto error = box.sends("wan", about(sent));

  REQUIRE(error.text() == "forward");
  CHECK(error.source() == "198.51.100.77");
  CHECK(error.destination() == "10.0.0.5");
  CHECK(icmp_of(error.bytes) == "3/4");
  const auto inner = unpack(walk<ipv4>(quoted(error.bytes), 1500, {}).key);
  CHECK(inner.source.address == ipv4_address{10, 0, 0, 5});
  CHECK(inner.source.port == port{4000});
}

TEST_CASE("every type of error passes with its code",
          "[engine][quoted_error][rfc5508-req10][rfc4787-req12]") {
  gateway box{pool_gateway()};
  const auto sent = box.sends("lan", udp{});
  const auto type = GENERATE(3u, 11u, 12u);

  const auto error = box.sends("wan", about(sent, type, 1));

  REQUIRE(error.text() == "forward");
  CHECK(icmp_of(error.bytes) == std::to_string(type) + "/1");
  CHECK(box.worker().sessions4().size() == 1);
}

TEST_CASE("an error about a query's reply finds the query",
          "[engine][quoted_error][rfc5508-req4]") {
  gateway box{pool_gateway()};
  box.sends("lan", echo{}.from("10.0.0.6").identifier(7));
  const auto sent = box.sends("lan", echo{}.from("10.0.0.5").identifier(7));

  const auto error = box.sends("wan", about(sent, 11, 0));

  REQUIRE(error.text() == "forward");
  CHECK(error.destination() == "10.0.0.5");
  CHECK(word_at(quoted(error.bytes), 24) == 7);
}

TEST_CASE("an error about a query that nobody sent finds no other one's session",
          "[engine][quoted_error][rfc5508-req4]") {
  gateway box{two_zones()};
  const auto sent = box.sends("lan", echo{}.identifier(8));
  const auto error = [&](unsigned type) {
    const auto quoted = echo{}.type(type).from(sent.source()).to("192.0.2.1").identifier(8);
    return icmp{3, 1}.from("198.51.100.77").to(sent.source()).quote(quoted.bytes());
  };

  CHECK(box.sends("wan", error(0)).text() == "drop icmp_error_unmatched");
  CHECK(box.sends("wan", error(8)).text() == "forward");
}

TEST_CASE("an error from a router inside hides it behind the external address",
          "[engine][quoted_error][rfc5508-req5]") {
  gateway box{pool_gateway()};
  const auto sent = box.sends("lan", udp{}.from("10.0.0.5", 4000));
  const auto reply = box.sends("wan", answer_to(udp{}, sent));
  REQUIRE(reply.text() == "forward");

  const auto error =
      box.sends("lan", icmp{3, 1}.from("10.0.0.99").to("192.0.2.1").quote(reply.bytes));

  REQUIRE(error.text() == "forward");
  CHECK(error.source() == sent.source());
  const auto inner = unpack(walk<ipv4>(quoted(error.bytes), 1500, {}).key);
  CHECK(inner.destination == sent.flow().source);
}

TEST_CASE("an error from an inside host with a 1:1 mapping wears his own",
          "[engine][quoted_error][rfc5508-req5]") {
  const auto permit = GENERATE(action::permit_stateful, action::permit);
  auto raw = two_zones(permit);
  raw.nat.statics = {one_to_one("203.0.113.20", "10.0.0.20"),
                     one_to_one("203.0.113.21", "10.0.0.21")};
  add_policy(raw, "outside", "inside", permit);
  gateway box{raw};
  const auto sent = box.sends("wan", udp{}.from("192.0.2.1", 4000).to("203.0.113.20", 33'434));
  REQUIRE(sent.destination() == "10.0.0.20");
  const auto late = [&](const char* from) {
    return box.sends("lan", icmp{11, 0}.from(from).to("192.0.2.1").quote(sent.bytes));
  };

  CHECK(late("10.0.0.21").source() == "203.0.113.21");
  CHECK(late("10.0.0.20").source() == "203.0.113.20");
  CHECK(late("10.0.0.99").source() == "203.0.113.20");
}

TEST_CASE("errors that may be fragmented do not share identifications behind one address",
          "[engine][quoted_error][rfc6864]") {
  gateway box{pool_gateway("203.0.113.8/32")};
  std::set<unsigned> ids;
  for (const auto* host : {"10.0.0.5", "10.0.0.6"}) {
    const auto sent = box.sends("lan", udp{}.from(host, 4000));
    const auto reply = box.sends("wan", answer_to(udp{}, sent));
    const auto error = icmp{3, 3}.from(host).to("192.0.2.1").quote(reply.bytes).id(1);
    for (int i = 0; i < 4; ++i) ids.insert(word_at(box.sends("lan", error).bytes, 4));

    const auto atomic = box.sends("lan", builder{error}.dont_fragment());
    CHECK(word_at(atomic.bytes, 4) == 1);
    CHECK(word_at(box.sends("wan", about(sent).id(1)).bytes, 4) == 1);
  }

  CHECK(ids.size() == 8);
}

TEST_CASE("an error passes without translation too", "[engine][quoted_error]") {
  gateway box{two_zones()};
  const auto sent = box.sends("lan", udp{});

  const auto error = box.sends("wan", about(sent));

  REQUIRE(error.text() == "forward");
  CHECK(error.destination() == "10.0.0.5");
  CHECK(byte_at(error.bytes, 8) == 63);
}

TEST_CASE("an error in a hairpin reaches the host that caused it",
          "[engine][quoted_error][rfc5508-req7]") {
  auto raw = pool_gateway();
  add_policy(raw, "inside", "inside", action::permit_stateful);
  gateway box{raw};
  const auto server = box.sends("lan", udp{}.from("10.0.0.6", 5000)).flow().source;
  const auto there = box.sends("lan", udp{}.from("10.0.0.5", 4000).to(server));
  REQUIRE(there.text() == "forward");

  const auto error =
      box.sends("lan", icmp{3, 3}.from("10.0.0.6").to(there.flow().source).quote(there.bytes));

  REQUIRE(error.text() == "forward");
  CHECK(error.destination() == "10.0.0.5");
  CHECK(error.flow().source.address == server.address);
}

TEST_CASE("an error with a wrong checksum is dropped", "[engine][quoted_error][rfc5508-req3]") {
  gateway box{pool_gateway()};
  const auto sent = box.sends("lan", udp{});

  CHECK(box.sends("wan", about(sent).bad_checksum()).text() == "drop bad_icmp_checksum");
}

TEST_CASE("an error that quotes a wrong header checksum is dropped",
          "[engine][quoted_error][rfc5508-req3]") {
  gateway box{pool_gateway()};
  const auto sent = box.sends("lan", udp{});
  auto corrupt = sent.bytes;
  corrupt[10] ^= std::byte{1};

  CHECK(box.sends("wan", about(sent).quote(corrupt)).text() == "drop bad_quote");
}

TEST_CASE("the transport checksum of a quote is not judged",
          "[engine][quoted_error][rfc5508-req3]") {
  gateway box{pool_gateway()};
  const auto sent = box.sends("lan", udp{}.payload("hello").bad_checksum());

  CHECK(box.sends("wan", about(sent)).text() == "forward");
}

TEST_CASE("a quote of eight bytes behind its header is enough",
          "[engine][quoted_error][rfc5508-req3]") {
  gateway box{pool_gateway()};
  const auto sent = box.sends("lan", tcp{}.syn().from("10.0.0.5", 4000).sequence(1000));

  const auto error = box.sends("wan", about(sent, 3, 4, 28));
  const auto cut = box.sends("wan", about(sent, 3, 4, 27));

  REQUIRE(error.text() == "forward");
  CHECK(word_at(quoted(error.bytes), 20) == 4000);
  CHECK(cut.text() == "drop bad_quote");
}

TEST_CASE("an error about a datagram of fewer bytes reaches the host whose packet it quotes",
          "[engine][quoted_error][rfc792]") {
  const bool translated = GENERATE(false, true);
  const auto packet = GENERATE(builder{datagram{protocol::gre}.payload(octets({0, 0, 8, 0}))},
                               builder{datagram{protocol{89}}});
  CAPTURE(translated);
  gateway box{translated ? pool_gateway() : two_zones()};
  const auto sent = box.sends("lan", builder{packet}.from("10.0.0.5"));
  REQUIRE(sent.text() == "forward");

  const auto error = box.sends("wan", about(sent));

  REQUIRE(error.text() == "forward");
  CHECK(error.destination() == "10.0.0.5");
  CHECK(quoted_source(error) == "10.0.0.5");
  CHECK(box.sends("wan", about(sent, 3, 4, sent.bytes.size() - 1)).text() == "drop bad_quote");
}

TEST_CASE("options in the quoted header are stepped over", "[engine][quoted_error][rfc5508-req3]") {
  gateway box{pool_gateway()};
  const auto sent =
      box.sends("lan", udp{}.from("10.0.0.5", 4000).ip_options(packet_bytes(40, std::byte{1})));
  REQUIRE(sent.text() == "forward");

  const auto error = box.sends("wan", about(sent));

  REQUIRE(error.text() == "forward");
  CHECK(word_at(quoted(error.bytes), 60) == 4000);
}

TEST_CASE("what RFC 4884 appends to a quote is left alone", "[engine][quoted_error][rfc4884]") {
  gateway box{pool_gateway()};
  const auto sent = box.sends("lan", udp{}.payload_size(100));
  auto body = sent.bytes;
  body.resize(128);
  append(body, octets({0x20, 0, 0xDF, 0xFF, 0, 8, 1, 1, 1, 2, 3, 4}));

  const auto error = box.sends(
      "wan",
      icmp{11, 0}.rest(32u << 16).from("198.51.100.77").to(sent.flow().source).payload(body));

  REQUIRE(error.text() == "forward");
  const auto left = quoted(error.bytes);
  CHECK(packet_bytes(left.begin() + 128, left.end()) ==
        packet_bytes(body.begin() + 128, body.end()));
}

TEST_CASE("an error from where nothing goes of what it quotes is no answer to it",
          "[engine][quoted_error]") {
  const bool translated = GENERATE(false, true);
  gateway box{translated ? pool_gateway() : two_zones()};
  const auto sent = box.sends("lan", udp{}.from("10.0.0.5", 4000).to("192.0.2.1", 53));
  REQUIRE(sent.text() == "forward");
  const auto answer = udp{}.from("192.0.2.1", 53).to("10.0.0.5", 4000).bytes();
  const auto error = icmp{3, 3}.from("198.51.100.77").to("192.0.2.1").quote(answer);

  CHECK(box.sends("wan", error).text() == "drop icmp_error_unmatched");
  CHECK(box.sends("lan", builder{error}.from("10.0.0.5")).text() == "forward");
}

TEST_CASE("an ICMPv6 error from where nothing goes of what it quotes is no answer to it",
          "[engine][quoted_error]") {
  gateway box{two_zones()};
  REQUIRE(box.sends("lan", udp{}.from("2001:db8:1::5", 4000).to("2001:db8:9::1", 53)).text() ==
          "forward");
  const auto answer = udp{}.from("2001:db8:9::1", 53).to("2001:db8:1::5", 4000).bytes();
  const auto error = icmp{1, 4}.from("2001:db8:7::1").to("2001:db8:9::1").quote(answer);

  CHECK(box.sends("wan", error).text() == "drop icmp_error_unmatched");
  CHECK(box.sends("lan", builder{error}.from("2001:db8:1::5")).text() == "forward");
}

TEST_CASE("an error about nothing known is dropped", "[engine][quoted_error][rfc5508-req4]") {
  auto raw = pool_gateway();
  add_policy(raw, "outside", "inside", action::permit_stateful);
  gateway box{raw};
  const auto strange = udp{}.from("10.0.0.5", 4000).to("192.0.2.1").bytes();

  CHECK(box.sends("wan", icmp{3, 4}.from("198.51.100.77").to("10.0.0.5").quote(strange)).text() ==
        "drop icmp_error_unmatched");
}

TEST_CASE("an error that stands for itself is dropped for what stops it",
          "[engine][quoted_error][sr12]") {
  const auto said_of = [](action of_errors, builder error = icmp{3, 3}) {
    auto raw = two_zones(action::permit);
    raw.interfaces[0].mtu = 1280;
    add_policy(raw, "outside", "inside", of_errors);
    gateway box{raw};
    const auto about = udp{}.from("10.0.0.5", 4000).to("192.0.2.1").payload_size(1300).bytes();
    const auto fate = box.sends("wan", error.from("192.0.2.1").to("10.0.0.5").quote(about, 1400));
    CHECK(fate.answers.empty());
    return fate.text();
  };
  CHECK(said_of(action::deny) == "drop policy_denied");
  CHECK(said_of(action::reject) == "drop policy_rejected");
  CHECK(said_of(action::permit) == "drop too_big");
  CHECK(said_of(action::permit, icmp{3, 3}.ttl(1)) == "drop ttl_expired");
  CHECK(said_of(action::permit_stateful) == "drop icmp_error_unmatched");
}

TEST_CASE("an error to somebody else than whom it quotes is dropped", "[engine][quoted_error]") {
  gateway box{two_zones()};
  const auto sent = box.sends("lan", udp{});

  CHECK(box.sends("wan", about(sent).to("10.0.0.6")).text() == "drop bad_quote");
}

TEST_CASE("an error about an error is dropped", "[engine][quoted_error]") {
  gateway box{two_zones()};
  const auto inner = icmp{3, 3}.from("10.0.0.5").to("192.0.2.1").quote(udp{}.bytes()).bytes();

  CHECK(box.sends("wan", icmp{11, 0}.from("198.51.100.77").to("10.0.0.5").quote(inner)).text() ==
        "drop icmp_error_unmatched");
}

TEST_CASE("a quoted sequence that is not under way is not believed",
          "[engine][quoted_error][rfc5927]") {
  gateway box{two_zones()};
  const auto syn = tcp{}.syn().from("10.0.0.5", 4000).to("192.0.2.1", 80).sequence(1000);
  const auto sent = box.sends("lan", syn);
  REQUIRE(box.sends("wan", tcp{}
                               .syn_ack()
                               .from("192.0.2.1", 80)
                               .to("10.0.0.5", 4000)
                               .sequence(5000)
                               .acknowledgment(1001)
                               .window(1000))
              .text() == "forward");
  auto forged = sent;

  put(forged.bytes, 24, 900'000, 4);
  CHECK(box.sends("wan", about(forged)).text() == "drop icmp_error_implausible");
  put(forged.bytes, 24, 1001, 4);
  CHECK(box.sends("wan", about(forged)).text() == "forward");
}

TEST_CASE("an error about a connection that nobody answered cannot quote the answerer",
          "[engine][quoted_error][rfc5927]") {
  gateway box{two_zones()};
  const auto syn = tcp{}.syn().from("10.0.0.5", 4000).to("192.0.2.1", 80).sequence(1000);
  REQUIRE(box.sends("lan", syn).text() == "forward");
  const auto about_answer = [&](std::uint32_t sequence) {
    const auto answer = tcp{}.from("192.0.2.1", 80).to("10.0.0.5", 4000).sequence(sequence);
    return icmp{3, 3}.from("10.0.0.5").to("192.0.2.1").quote(answer.bytes(), 28);
  };

  CHECK(box.sends("lan", about_answer(1001)).text() == "drop icmp_error_implausible");
  CHECK(box.sends("lan", about_answer(990)).text() == "drop icmp_error_implausible");
}

TEST_CASE("an error neither lengthens nor ends a session",
          "[engine][quoted_error][rfc5508-req6][rfc5382-req10]") {
  gateway box{two_zones()};
  const auto sent = box.sends("lan", udp{}.to("192.0.2.1", 99));
  box.advance(duration::milliseconds(119'999));
  REQUIRE(box.sends("wan", about(sent)).text() == "forward");
  CHECK(box.sends("wan", about(sent)).text() == "forward");

  box.advance(duration::milliseconds(1));

  CHECK(box.sends("wan", about(sent)).text() == "drop icmp_error_unmatched");
}

TEST_CASE("an error in pieces is dropped", "[engine][quoted_error][rfc5508-req3]") {
  gateway box{two_zones()};
  const auto sent = box.sends("lan", udp{}.payload_size(64));

  CHECK(box.sends("wan", about(sent).fragments(48)[0]).text() == "drop fragment_unsupported");
}

TEST_CASE("an error passes a 1:1 mapping without a session, inside and out",
          "[engine][quoted_error][rfc5508-req4][rfc5508-req5]") {
  auto raw = two_zones(action::permit);
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.10")};
  add_policy(raw, "outside", "inside", action::permit);
  gateway box{raw};
  const auto sent = box.sends("lan", udp{}.from("10.0.0.10", 4000));

  const auto in = box.sends("wan", about(sent));
  REQUIRE(in.text() == "forward");
  CHECK(in.destination() == "10.0.0.10");
  CHECK(unpack(walk<ipv4>(quoted(in.bytes), 1500, {}).key).source.address ==
        ipv4_address{10, 0, 0, 10});

  const auto request = box.sends("wan", udp{}.from("192.0.2.9", 99).to("203.0.113.2", 22));
  const auto out =
      box.sends("lan", icmp{3, 3}.from("10.0.0.10").to("192.0.2.9").quote(request.bytes));
  REQUIRE(out.text() == "forward");
  CHECK(out.source() == "203.0.113.2");
  CHECK(unpack(walk<ipv4>(quoted(out.bytes), 1500, {}).key).destination.address ==
        ipv4_address{203, 0, 113, 2});
}

/// A host with an address of its own outside, where nothing is tracked.
configuration stateless_host() {
  auto raw = two_zones(action::permit);
  raw.nat.statics = {one_to_one("203.0.113.2", "10.0.0.10")};
  add_policy(raw, "outside", "inside", action::permit);
  return raw;
}
std::string quoted_destination(const fate& error) {
  return to_text(unpack(walk<ipv4>(quoted(error.bytes), 1500, {}).key).destination.address);
}

TEST_CASE("without a session an error about a host of a 1:1 mapping wears its external address",
          "[engine][quoted_error][rfc5508-req5]") {
  auto raw = stateless_host();
  const bool is_of_udp = GENERATE(false, true);
  if (is_of_udp) raw.nat.statics[0].protocol = protocol::udp;
  const auto* from = GENERATE("10.0.0.10", "10.0.0.77");
  CAPTURE(from, is_of_udp);
  gateway box{raw};
  const auto request = box.sends("wan", udp{}.from("192.0.2.9", 99).to("203.0.113.2", 22));
  REQUIRE(request.text() == "forward");

  const auto error = box.sends("lan", icmp{11, 0}.from(from).to("192.0.2.9").quote(request.bytes));

  REQUIRE(error.text() == "forward");
  CHECK(error.source() == "203.0.113.2");
  CHECK(quoted_destination(error) == "203.0.113.2");
}

TEST_CASE("without a session an error from a host of a 1:1 mapping wears its address about others",
          "[engine][quoted_error][rfc5508-req5]") {
  gateway box{stateless_host()};
  const auto request = box.sends("wan", udp{}.from("192.0.2.9", 99).to("10.0.0.5", 22));
  REQUIRE(request.text() == "forward");
  const auto error = icmp{11, 0}.to("192.0.2.9").quote(request.bytes);

  const auto mapped = box.sends("lan", builder{error}.from("10.0.0.10"));
  const auto plain = box.sends("lan", builder{error}.from("10.0.0.77"));
  const auto astray = box.sends("lan", builder{error}.from("10.0.0.10").to("192.0.2.8"));

  REQUIRE(mapped.text() == "forward");
  CHECK(mapped.source() == "203.0.113.2");
  CHECK(quoted_destination(mapped) == "10.0.0.5");
  REQUIRE(plain.text() == "forward");
  CHECK(plain.source() == "10.0.0.77");
  CHECK(byte_at(plain.bytes, 8) == 63);
  CHECK_FALSE(astray.forwarded());
}

TEST_CASE("without a session an error about what stays inside keeps both addresses",
          "[engine][quoted_error][sd8]") {
  auto raw = stateless_host();
  raw.interfaces[0].addresses.push_back(own("10.0.1.1/24"));
  raw.nat.statics.push_back(one_to_one("203.0.113.3", "10.0.1.9"));
  add_policy(raw, "inside", "inside", action::permit);
  const auto* from = GENERATE("10.0.1.9", "10.0.1.77");
  CAPTURE(from);
  gateway box{raw};
  const auto request = box.sends("lan", udp{}.from("10.0.0.10", 99).to("10.0.1.9", 22));
  REQUIRE(request.text() == "forward");
  CHECK(request.source() == "10.0.0.10");

  const auto error = box.sends("lan", icmp{11, 0}.from(from).to("10.0.0.10").quote(request.bytes));

  REQUIRE(error.text() == "forward");
  CHECK(error.source() == from);
  CHECK(quoted_destination(error) == "10.0.1.9");
}

TEST_CASE("an error about a later fragment passes where rules let it", "[engine][quoted_error]") {
  const auto piece = udp{}.from("10.0.0.10", 4000).payload_size(64).fragments(32)[1];
  const auto sent_by = [&](gateway& box) {
    auto sent = box.sends("lan", piece);
    REQUIRE(sent.text() == "forward");
    return sent;
  };
  auto raw = two_zones(action::permit);
  add_policy(raw, "outside", "inside", action::permit);
  gateway plain{raw};
  gateway hiding{stateless_host()};
  raw.policies[1].default_action = action::permit_stateful;
  gateway tracking{raw};

  CHECK(plain.sends("wan", about(sent_by(plain), 11, 1)).text() == "forward");
  const auto error = hiding.sends("wan", about(sent_by(hiding), 11, 1));
  REQUIRE(error.text() == "forward");
  CHECK(error.destination() == "10.0.0.10");
  CHECK(quoted_source(error) == "10.0.0.10");
  CHECK(tracking.sends("wan", about(sent_by(tracking), 11, 1)).text() ==
        "drop icmp_error_unmatched");
}

builder too_big6() {
  const auto packet = udp{}.from("2001:db8:1::5", 4000).to("2001:db8:9::1", 99).payload("hello");
  return icmp{2, 0}.rest(1280).from("2001:db8:77::1").to("2001:db8:1::5").quote(packet.bytes());
}

TEST_CASE("ICMPv6 errors about a session pass unless policy judges them",
          "[engine][quoted_error][rfc4890]") {
  auto raw = two_zones();
  gateway box{raw};
  raw.policies[0].implicit_icmpv6 = false;
  gateway judging{raw};
  add_policy(raw, "outside", "inside", action::deny).rules = {
      rule_for(protocol::icmpv6, action::permit_stateful)};
  gateway permitting{raw};
  raw.policies[0].implicit_icmpv6 = true;
  raw.policies[1].implicit_icmpv6 = false;
  raw.policies[1].rules.clear();
  gateway objecting{raw};
  for (auto* one : {&box, &judging, &permitting, &objecting}) {
    one->sends("lan", udp{}.from("2001:db8:1::5", 4000).to("2001:db8:9::1", 99));
  }

  CHECK(box.sends("wan", too_big6()).text() == "forward");
  CHECK(judging.sends("wan", too_big6()).text() == "drop no_policy");
  CHECK(permitting.sends("wan", too_big6()).text() == "forward");
  CHECK(objecting.sends("wan", too_big6()).text() == "drop policy_denied");
}

TEST_CASE("an inbound ICMPv6 echo is a rule like any other", "[engine][quoted_error][sr7]") {
  gateway box{two_zones()};

  CHECK(box.sends("wan", echo{}.from("2001:db8:9::1").to("2001:db8:1::5")).text() ==
        "drop no_policy");
}

TEST_CASE("an error about the box's own packet is delivered", "[engine][quoted_error]") {
  auto raw = two_zones();
  add_policy(raw, "local", "outside", action::permit_stateful);
  gateway box{raw};
  const auto sent = box.sends("local", udp{}.from("203.0.113.1").to("192.0.2.1"));

  CHECK(box.sends("wan", about(sent)).text() == "deliver");
}

TEST_CASE("an error in a broadcast or multicast frame goes nowhere, whoever it is for",
          "[engine][quoted_error][rfc1812]") {
  auto raw = two_zones();
  add_policy(raw, "local", "outside", action::permit_stateful);
  gateway box{raw};
  packet_meta meta;
  meta.cast = GENERATE(link_cast::broadcast, link_cast::multicast);
  const auto four = box.sends("lan", udp{}.from("10.0.0.5", 4000));
  const auto own = box.sends("local", udp{}.from("203.0.113.1").to("192.0.2.1"));
  box.sends("lan", udp{}.from("2001:db8:1::5", 4000).to("2001:db8:9::1", 99).payload("hello"));

  CHECK(box.sends("wan", about(four), meta).text() == "drop link_broadcast");
  CHECK(box.sends("wan", about(own), meta).text() == "drop link_broadcast");
  CHECK(box.sends("wan", too_big6(), meta).text() == "drop link_broadcast");
  CHECK(box.sends("wan", about(four)).text() == "forward");
  CHECK(box.sends("wan", about(own)).text() == "deliver");
  CHECK(box.sends("wan", too_big6()).text() == "forward");
}

TEST_CASE("an error about ESP or GRE with a key reaches the host whose packet it quotes",
          "[engine][quoted_error][rfc5508-req4][sd20]") {
  const auto kind = GENERATE(protocol::esp, protocol::gre);
  const bool translated = GENERATE(false, true);
  const std::size_t size = GENERATE(28u, 548u);
  CAPTURE(number(kind), translated, size);
  gateway box{translated ? pool_gateway() : two_zones()};
  const auto sent = box.sends("lan", identified(kind, 7).from("10.0.0.5"));
  REQUIRE(sent.text() == "forward");
  auto other = packet_bytes{sent.bytes};
  other[kind == protocol::esp ? 23 : 27] = std::byte{8};

  const auto error = box.sends("wan", about(sent, 3, 4, size));

  REQUIRE(error.text() == "forward");
  CHECK(error.destination() == "10.0.0.5");
  CHECK(error.source() == "198.51.100.77");
  const auto inner = quoted(error.bytes);
  CHECK(unpack(walk<ipv4>(inner, 1500, {}).key).source.address == ipv4_address{10, 0, 0, 5});
  CHECK(std::equal(inner.begin() + 20, inner.begin() + 28, sent.bytes.begin() + 20));
  CHECK_FALSE(
      box.sends("wan", icmp{3, 4}.from("198.51.100.77").to(sent.flow().source).quote(other, size))
          .forwarded());
}

TEST_CASE("an error about ESP or GRE with a key finds its session behind the answer too",
          "[engine][quoted_error][rfc5508-req4][sd20]") {
  const auto kind = GENERATE(protocol::esp, protocol::gre);
  const auto answered = GENERATE(7u, 99u);
  const bool translated = GENERATE(false, true);
  CAPTURE(number(kind), answered, translated);
  gateway box{translated ? pool_gateway() : two_zones()};
  const auto sent = box.sends("lan", identified(kind, 7).from("10.0.0.5"));
  const auto reply = box.sends("wan", answer_to(identified(kind, answered), sent));
  REQUIRE(reply.text() == "forward");
  auto other = packet_bytes{sent.bytes};
  other[kind == protocol::esp ? 23 : 27] = std::byte{8};

  CHECK(box.sends("wan", about(sent)).destination() == "10.0.0.5");
  const auto back = icmp{3, 4}.rest(1280).from("10.0.0.5").to("192.0.2.1").quote(reply.bytes);
  CHECK(box.sends("lan", back).source() == sent.source());
  CHECK_FALSE(box.sends("wan", icmp{3, 4}.from("198.51.100.77").to(sent.flow().source).quote(other))
                  .forwarded());
}

TEST_CASE("an ICMPv6 error about ESP finds its session", "[engine][quoted_error][rfc4890]") {
  gateway box{two_zones()};
  const auto sent =
      box.sends("lan", identified(protocol::esp, 7).from("2001:db8:1::5").to("2001:db8:9::1"));
  REQUIRE(sent.text() == "forward");

  const auto error = box.sends(
      "wan",
      icmp{2, 0}.rest(1280).from("2001:db8:7::1").to("2001:db8:1::5").quote(sent.bytes, 1232));

  CHECK(error.text() == "forward");
}

TEST_CASE("no translation makes an error that comes from where it goes", "[engine][quoted_error]") {
  gateway tracked{pool_gateway()};
  gateway stateless{stateless_host()};
  const auto by_pool = tracked.sends("lan", udp{}.from("10.0.0.5", 4000));
  const auto by_mapping = stateless.sends("lan", udp{}.from("10.0.0.10", 4000));

  CHECK(tracked.sends("wan", about(by_pool).from("10.0.0.5")).text() == "drop martian_source");
  CHECK(stateless.sends("wan", about(by_mapping).from("10.0.0.10")).text() ==
        "drop martian_source");
}

}  // namespace
}  // namespace weir::test
