#include "weir/base/verdict.hpp"

#include "tests/support/catch.hpp"

using namespace weir;

TEST_CASE("a forward says where to and through whom", "[base][verdict]") {
  const auto answer = verdict::forward(interface_id{3}, next_hop_id{9});

  CHECK(answer.forwarded());
  CHECK_FALSE(answer.dropped());
  CHECK_FALSE(answer.delivered());
  CHECK(answer.egress() == interface_id{3});
  CHECK(answer.next_hop() == next_hop_id{9});
}

TEST_CASE("a drop says why", "[base][verdict]") {
  const auto answer = verdict::drop(drop_reason::no_route);

  CHECK(answer.dropped());
  CHECK_FALSE(answer.forwarded());
  CHECK(answer.reason() == drop_reason::no_route);
}

TEST_CASE("deliver and consume are different answers", "[base][verdict]") {
  CHECK(verdict::deliver().delivered());
  CHECK(verdict::consume().kind() == verdict_kind::consume);
  CHECK_FALSE(verdict::deliver() == verdict::consume());
  CHECK(verdict::drop(drop_reason::no_zone) != verdict::drop(drop_reason::no_policy));
}

TEST_CASE("interface zero is the box itself", "[base][interface_id]") {
  CHECK(interface_id::local().is_local());
  CHECK(interface_id{} == interface_id::local());
  CHECK_FALSE(interface_id{1}.is_local());
  CHECK(interface_id{1} < interface_id{2});
}
