#include "weir/policy/tree_builder.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

namespace {

using weir::ipv4;
using weir::detail::box_meaning;
using weir::detail::node_at;
using weir::detail::place_at;
using weir::detail::rule_box;
using weir::detail::tree_builder;
using weir::detail::tree_grove;
using weir::detail::tree_node;
using weir::detail::tree_place;
using weir::detail::whole_space;

constexpr std::size_t source_port = 2;
constexpr std::size_t destination_port = 3;
constexpr std::size_t replication = 32;

/// How many nodes the longest search below a node meets, itself included.
std::size_t depth(const std::byte* forest, tree_node at) {
  std::size_t deepest = 0;
  for (std::uint32_t slice = 0; slice < at.cut.slices(); ++slice) {
    const auto place =
        place_at(forest, static_cast<std::uint32_t>(at.first + slice * sizeof(tree_place)));
    if (place.is_node()) {
      deepest = std::max(deepest, depth(forest, node_at(forest, place)));
    }
  }
  return deepest + 1;
}

std::size_t depth(const std::vector<rule_box<ipv4>>& boxes) {
  tree_builder<ipv4> builder{replication};
  const tree_node root = builder.build(boxes);
  return depth(builder.forest().data(), root);
}

}  // namespace

TEST_CASE("no search meets more nodes than packets have bits", "[policy][rules][limits]") {
  weir::test::seeded random;
  CAPTURE(random.seed());
  constexpr std::size_t bits = 2 * 32 + 2 * 16;
  for (int round = 0; round < 20; ++round) {
    // Ranges of ports that overlap: however they are cut, some reach into many slices.
    std::vector<rule_box<ipv4>> boxes;
    const std::size_t count = random.between(5, 400);
    for (std::uint32_t rule = 0; rule < count; ++rule) {
      auto box = whole_space<ipv4>();
      for (const auto side : {source_port, destination_port}) {
        const auto one = std::uint32_t{random.word()};
        const auto other = std::uint32_t{random.word()};
        box.sides[side] = {std::min(one, other), std::max(one, other)};
      }
      box.rule = rule;
      box.meaning = box_meaning::match;
      boxes.push_back(box);
    }
    CAPTURE(round, count);

    CHECK(depth(boxes) <= bits);
  }
}

TEST_CASE("a rule that matches every packet needs no tree", "[policy][rules]") {
  auto all = whole_space<ipv4>();
  all.rule = 0;
  all.meaning = box_meaning::match;

  tree_builder<ipv4> builder{replication};
  const tree_grove grove = builder.plant({all});

  tree_grove::starts begun;
  grove.enter(begun, weir::detail::rule_point<ipv4>{1, 2, 0, 3});
  CHECK(tree_grove::otherwise(begun).match() == weir::rule_match{0, weir::rule_answer::yes});
  const auto forest = builder.forest();
  for (std::size_t tree = 0; tree < tree_grove::trees_max; ++tree) {
    const auto leaf = place_at(forest.data(), begun[tree]);
    CHECK_FALSE(leaf.is_node());
    CHECK_FALSE(leaf.has_more());
    CHECK_FALSE(weir::detail::group_at<ipv4>(forest.data(), leaf.begin()).is_full());
  }
}

TEST_CASE("boxes that are alone in their leaves share groups", "[policy][rules]") {
  std::vector<rule_box<ipv4>> boxes;
  for (std::uint32_t rule = 0; rule < 64; ++rule) {
    auto box = whole_space<ipv4>();
    box.sides[destination_port] = {rule << 10, rule << 10 | 0x3FF};
    box.rule = rule;
    box.meaning = box_meaning::match;
    boxes.push_back(box);
  }
  tree_builder<ipv4> builder{replication};
  const auto root = builder.build(boxes);
  const auto forest = builder.forest();

  std::set<std::uint32_t> groups;
  for (std::uint32_t slice = 0; slice < root.cut.slices(); ++slice) {
    groups.insert(
        place_at(forest.data(), static_cast<std::uint32_t>(root.first + slice * sizeof(tree_place)))
            .begin());
  }
  CHECK(root.cut.slices() == 64);
  CHECK(groups.size() == 32);
}
