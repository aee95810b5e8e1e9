#pragma once

#include "weir/packet/packet.hpp"
#include "weir/packet/packet_meta.hpp"

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace weir {

/// The type of the packets in a burst.
template <class B>
using packet_of = std::remove_cvref_t<decltype(std::declval<const B&>()[std::size_t{}])>;

namespace detail {

/// A packet by value, or one to copy.
template <class T, class P>
concept HandleOf = std::same_as<T, P> || std::same_as<T, const P&>;

}  // namespace detail

/// Packets that arrived together, each with its metadata.
///  - `burst[i]` and `burst.meta(i)` are for `i < burst.size()`, cheap, and may be asked twice.
///  - `burst[i]` is a handle, made on the way past or kept by the burst: two of them see the same
///    bytes.
template <class B>
concept PacketBurst = requires(const B& burst, std::size_t index) {
  { burst.size() } noexcept -> std::same_as<std::size_t>;
  { burst[index] } noexcept -> detail::HandleOf<packet_of<B>>;
  { burst.meta(index) } noexcept -> std::same_as<packet_meta>;
} && Packet<packet_of<B>>;

}  // namespace weir
