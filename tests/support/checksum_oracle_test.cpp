#include "tests/support/checksum_oracle.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/packet_builder.hpp"

#include <cstddef>
#include <span>

using namespace weir;
using test::checksum_verdict;
using test::wrong_with;

namespace {

constexpr protocol with_checksum[] = {protocol::tcp,      protocol::udp,  protocol::icmp,
                                      protocol::udp_lite, protocol::dccp, protocol::sctp};

}  // namespace

TEST_CASE("nothing is wrong with what the builder makes", "[support][oracle]") {
  for (const auto transport : with_checksum) {
    for (const std::size_t size : {0u, 1u, 64u, 1400u}) {
      const auto builder = test::datagram{transport}.payload_size(size);
      auto six = builder;
      six.from("2001:db8::5").extension(protocol::hop_by_hop);
      CAPTURE(name(transport), size);
      CHECK(wrong_with(builder.bytes()) == "");
      CHECK(test::judge_transport(builder.bytes()) == checksum_verdict::right);
      CHECK(wrong_with(six.bytes()) == "");
      CHECK(test::judge_transport(six.bytes()) == checksum_verdict::right);
    }
  }
}

TEST_CASE("the oracle notices every flipped bit behind the addresses", "[support][oracle]") {
  for (const auto transport : with_checksum) {
    const auto packet = test::datagram{transport}.payload_size(10).bytes();
    for (std::size_t bit = 12 * 8; bit < packet.size() * 8; ++bit) {
      auto flipped = packet;
      flipped[bit / 8] ^= static_cast<std::byte>(0x80 >> bit % 8);
      CAPTURE(name(transport), bit);
      CHECK(wrong_with(flipped) != "");
    }
  }
}

TEST_CASE("the oracle knows the published checks of its sums", "[support][oracle]") {
  // RFC 1071 section 3, and the check value that catalogues of CRCs give for "123456789".
  CHECK(test::reference_sum(test::hex("0001 f203 f4f5 f6f7")) == 0xDDF2);
  CHECK(test::reference_crc32c(test::text_bytes("123456789")) == 0xE3069283);
}

TEST_CASE("lengths that lie are wrong", "[support][oracle]") {
  CHECK(wrong_with(test::udp{}.total_length(29).bytes()) != "");
  CHECK(wrong_with(test::udp{}.total_length(19).bytes()) != "");
  CHECK(wrong_with(test::udp{}.udp_length(9).bytes()) != "");
  CHECK(wrong_with(test::udp{}.from("2001:db8::5").total_length(9).bytes()) != "");
  CHECK(wrong_with({}) != "");
}

TEST_CASE("a UDP checksum of zero is absent over IPv4 and wrong over IPv6", "[support][oracle]") {
  CHECK(test::judge_transport(test::udp{}.no_checksum().bytes()) == checksum_verdict::absent);
  CHECK(test::judge_transport(test::udp{}.from("2001:db8::5").no_checksum().bytes()) ==
        checksum_verdict::wrong);
}

TEST_CASE("pieces and cut packets are not judged", "[support][oracle]") {
  const auto packet = test::udp{}.payload_size(100).bytes();

  CHECK(test::judge_transport(test::udp{}.payload_size(100).fragments(64)[0]) ==
        checksum_verdict::unjudged);
  CHECK(wrong_with(std::span{packet}.first(60), packet.size()) == "");
}

TEST_CASE("what is wrong in a quote is told", "[support][oracle]") {
  const auto right = test::udp{}.payload_size(20).bytes();
  const auto wrong_header = test::udp{}.bad_ip_checksum().payload_size(20).bytes();
  const auto wrong_transport = test::udp{}.bad_checksum().payload_size(20).bytes();
  const auto about = [](const test::packet_bytes& quoted, std::size_t size) {
    return wrong_with(test::icmp{3, 1}.quote(quoted, size).bytes());
  };
  CHECK(about(right, 48) == "");
  CHECK(about(right, 28) == "");
  CHECK(about(wrong_header, 48) != "");
  CHECK(about(wrong_transport, 48) != "");
  CHECK(about(wrong_transport, 47) == "");  // not all of it is quoted
}
