#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace weir {

/// A packet whose leading bytes can be read.
///  - `bytes()` starts at the IP header and is contiguous through the transport header, and in an
///    ICMP error through the packet it quotes.
///  - `wire_size()` counts from the IP header to the end of what was on the wire; it is at least
///    `bytes().size()`, and more where the payload lies elsewhere or a capture cut it off.
template <class P>
concept ReadablePacket = requires(const P& packet) {
  { packet.bytes() } noexcept -> std::same_as<std::span<const std::byte>>;
  { packet.wire_size() } noexcept -> std::same_as<std::size_t>;
};

/// The most bytes of a handle: what a packet says of itself beside its bytes, which lie elsewhere.
inline constexpr std::size_t packet_handle_max = 4 * sizeof(void*);

/// A packet that can be rewritten in place, at the same length.
///  - Copies see the same bytes: a packet is a handle, never their owner. An owner is refused where
///    it can be told from one: by what it takes to copy it, and by its size.
template <class P>
concept Packet = ReadablePacket<P> && std::copyable<P> && std::is_trivially_copyable_v<P> &&
                 sizeof(P) <= packet_handle_max && requires(P& packet) {
                   { packet.bytes() } noexcept -> std::same_as<std::span<std::byte>>;
                 };

/// A packet whose ends can move.
///  - A failed growth changes nothing; what a growth adds has no particular value.
///  - Shrinking takes at most `bytes().size()`.
///  - The back moves only where the bytes are all there: `bytes().size() == wire_size()`.
template <class P>
concept ResizablePacket = Packet<P> && requires(P& packet, std::size_t count) {
  { packet.try_grow_front(count) } noexcept -> std::same_as<bool>;
  { packet.try_grow_back(count) } noexcept -> std::same_as<bool>;
  { packet.shrink_front(count) } noexcept -> std::same_as<void>;
  { packet.shrink_back(count) } noexcept -> std::same_as<void>;
};

}  // namespace weir
