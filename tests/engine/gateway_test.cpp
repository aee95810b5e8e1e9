#include "tests/engine/gateway.hpp"

#include "tests/support/catch.hpp"

namespace weir {

template class basic_worker<default_traits>;

namespace test {

template class basic_gateway<default_traits>;

namespace {

TEST_CASE("the gateway refuses a configuration that does not check", "[engine]") {
  auto raw = two_zones();
  raw.routes[0].interface = "nowhere";

  CHECK_THROWS_AS(gateway{raw}, std::runtime_error);
}

TEST_CASE("the gateway passes a corrupt packet on as corrupt as it came", "[engine]") {
  gateway box{home_gateway()};

  const auto out = box.sends("lan", udp{}.payload("hello").bad_checksum());

  REQUIRE(out.forwarded());
  CHECK(judge_transport(out.bytes) == checksum_verdict::wrong);
}

}  // namespace
}  // namespace test
}  // namespace weir
