#pragma once

// Overview. A trie that is looked up six address bits at a time below a direct root. A node is
// two 64-bit maps: which of its slots lead to a further node, and at which slots a new value
// begins; counting bits below a slot gives the place in the node's block of children or values.
// So equal neighbours cost nothing, and a node is 24 bytes. The root takes 6, 12 or 18 bits,
// by the number of prefixes: a few hundred bytes for a home, a megabyte for the whole Internet.

#include "weir/base/contract.hpp"
#include "weir/base/ordered_places.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/prefix.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace weir {

/// What a longest-prefix match answers where no prefix contains the address.
inline constexpr std::uint32_t no_value = 0xFFFF'FFFF;

/// A prefix with what its addresses are mapped to; the value is less than `no_value`.
template <IpVersion V>
struct lpm_entry {
  prefix<V> block{};
  std::uint32_t value = 0;
};

/// Which of a fixed set of prefixes is the longest that contains an address. Made once.
template <IpVersion V>
class lpm {
 public:
  /// Contains nothing.
  lpm() : lpm{std::span<const lpm_entry<V>>{}} {}

  /// Where a prefix is given twice, the later value counts.
  explicit lpm(std::span<const lpm_entry<V>> entries) : root_bits_{root_bits_for(entries.size())} {
    build(sorted(entries));
  }

  /// The value of the longest prefix that contains the address, or `no_value`.
  std::uint32_t find(typename V::address address) const noexcept {
    address_bits rest{address};
    const node* here = &nodes_[root_[rest.take(root_bits_)]];
    while (true) {
      const std::uint32_t slot = rest.take(stride);
      const std::uint64_t up_to_slot = ~std::uint64_t{0} >> (stride_slots - 1 - slot);
      if ((here->children >> slot & 1) == 0) {
        return values_[here->values_first + rank(here->value_starts & up_to_slot) - 1];
      }
      here = &nodes_[here->children_first + rank(here->children & up_to_slot) - 1];
    }
  }

  std::size_t bytes() const noexcept {
    return root_.size() * sizeof(std::uint32_t) + nodes_.size() * sizeof(node) +
           values_.size() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t stride = 6;
  static constexpr std::uint32_t stride_slots = 1u << stride;
  struct node {
    std::uint64_t children = 0;
    std::uint64_t value_starts = 0;
    std::uint32_t children_first = 0;
    std::uint32_t values_first = 0;
  };

  /// The bits of an address from the front; zeros follow the last one.
  class address_bits {
   public:
    explicit address_bits(ipv4_address address) noexcept
        : high_{std::uint64_t{address.bits()} << 32} {}
    explicit address_bits(ipv6_address address) noexcept
        : high_{address.high()}, low_{address.low()} {}

    /// The next `count` bits, 1 to 63 of them.
    std::uint32_t take(std::uint32_t count) noexcept {
      const auto taken = static_cast<std::uint32_t>(high_ >> (64 - count));
      high_ <<= count;
      if constexpr (V::address_bits > 64) {
        high_ |= low_ >> (64 - count);
        low_ <<= count;
      }
      return taken;
    }

   private:
    std::uint64_t high_;
    std::uint64_t low_ = 0;
  };

  /// A node to be made: the entries inside it, sorted, and what holds where none of them does.
  struct task {
    std::span<const lpm_entry<V>> inside;
    std::uint32_t place;
    std::uint32_t bits_before;
    std::uint32_t inherited;
  };

  /// What becomes of the slots of a node: a value each, and the longer entries inside each.
  struct dealt_slots {
    std::vector<std::uint32_t> values;
    std::vector<std::span<const lpm_entry<V>>> inside;
  };

  static constexpr std::uint32_t root_bits_for(std::size_t entries) noexcept {
    if (entries < 256) {
      return stride;
    }
    return entries < 16384 ? 2 * stride : 3 * stride;
  }
  static std::uint32_t rank(std::uint64_t bits) noexcept {
    return static_cast<std::uint32_t>(std::popcount(bits));
  }

  /// By address and then by length; equal prefixes in the order they were given.
  static std::vector<lpm_entry<V>> sorted(std::span<const lpm_entry<V>> entries) {
    std::vector<lpm_entry<V>> result;
    result.reserve(entries.size());
    const auto block = [&](std::size_t place) -> const auto& { return entries[place].block; };
    for (const std::size_t place : ordered_places(entries.size(), block)) {
      expects(entries[place].value < no_value, "a value of a prefix is below no_value");
      result.push_back(entries[place]);
    }
    return result;
  }

  /// Shorter entries sort before the longer ones inside them, so writing over is right.
  static dealt_slots deal(std::span<const lpm_entry<V>> inside, std::uint32_t bits_before,
                          std::uint32_t width, std::uint32_t inherited) {
    dealt_slots dealt{std::vector<std::uint32_t>(std::size_t{1} << width, inherited),
                      std::vector<std::span<const lpm_entry<V>>>(std::size_t{1} << width)};
    for (const auto& entry : inside) {
      address_bits bits{entry.block.address()};
      skip(bits, bits_before);
      const std::uint32_t slot = bits.take(width);
      const std::uint32_t length = entry.block.length() - bits_before;
      if (length <= width) {
        std::fill_n(dealt.values.data() + slot, std::size_t{1} << (width - length), entry.value);
        continue;
      }
      auto& longer = dealt.inside[slot];
      longer = longer.empty() ? std::span{&entry, 1} : std::span{longer.data(), longer.size() + 1};
    }
    return dealt;
  }

  static void skip(address_bits& bits, std::uint32_t count) noexcept {
    for (; count > stride; count -= stride) {
      bits.take(stride);
    }
    if (count != 0) {
      bits.take(count);
    }
  }

  void build(const std::vector<lpm_entry<V>>& entries) {
    std::vector<task> tasks;
    const dealt_slots dealt = deal(entries, 0, root_bits_, no_value);
    // A slot with one value leads to a node with one value, shared by all such slots: a search
    // that takes the same way every time is faster than one that may end early.
    std::map<std::uint32_t, std::uint32_t> node_of_value;
    for (std::size_t slot = 0; slot < dealt.values.size(); ++slot) {
      const std::uint32_t value = dealt.values[slot];
      if (!dealt.inside[slot].empty()) {
        root_.push_back(node_place());
        tasks.push_back({dealt.inside[slot], root_.back(), root_bits_, value});
        continue;
      }
      const auto [known, is_new] = node_of_value.try_emplace(value, 0);
      if (is_new) {
        known->second = node_place();
        tasks.push_back({{}, known->second, root_bits_, value});
      }
      root_.push_back(known->second);
    }
    while (!tasks.empty()) {
      const task next = tasks.back();
      tasks.pop_back();
      make_node(next, tasks);
    }
  }

  std::uint32_t node_place() {
    nodes_.emplace_back();
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }

  void make_node(const task& made, std::vector<task>& tasks) {
    const dealt_slots dealt = deal(made.inside, made.bits_before, stride, made.inherited);
    node result;
    result.values_first = static_cast<std::uint32_t>(values_.size());
    result.children_first = static_cast<std::uint32_t>(nodes_.size());
    for (std::uint32_t slot = 0; slot < stride_slots; ++slot) {
      const std::uint64_t here = std::uint64_t{1} << slot;
      if (!dealt.inside[slot].empty()) {
        result.children |= here;
        tasks.push_back(
            {dealt.inside[slot], node_place(), made.bits_before + stride, dealt.values[slot]});
      } else if (result.value_starts == 0 || values_.back() != dealt.values[slot]) {
        result.value_starts |= here;
        values_.push_back(dealt.values[slot]);
      }
    }
    nodes_[made.place] = result;
  }

  std::uint32_t root_bits_;
  /// The node for the first bits of an address.
  std::vector<std::uint32_t> root_;
  std::vector<node> nodes_;
  std::vector<std::uint32_t> values_;
};

}  // namespace weir
