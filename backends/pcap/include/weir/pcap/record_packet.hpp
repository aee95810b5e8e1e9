#pragma once

#include "weir/base/contract.hpp"
#include "weir/packet/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::pcap {

/// Where a record's packet lies in a burst's arena.
struct record_slot {
  std::byte* memory = nullptr;
  std::uint32_t capacity = 0;
  std::uint32_t offset = 0;   ///< of the IP header
  std::uint32_t length = 0;   ///< captured, from the IP header on
  std::uint32_t missing = 0;  ///< bytes of the wire that the capture left out
};

/// The packet of a record: a handle to its slot, so that all copies see one length. Borrows.
class record_packet {
 public:
  constexpr explicit record_packet(record_slot& slot) noexcept : slot_{&slot} {}

  std::span<const std::byte> bytes() const noexcept {
    return {slot_->memory + slot_->offset, slot_->length};
  }
  std::span<std::byte> bytes() noexcept { return {slot_->memory + slot_->offset, slot_->length}; }
  std::size_t wire_size() const noexcept { return std::size_t{slot_->length} + slot_->missing; }

  bool try_grow_front(std::size_t count) noexcept {
    if (count > slot_->offset) return false;
    slot_->offset -= static_cast<std::uint32_t>(count);
    slot_->length += static_cast<std::uint32_t>(count);
    return true;
  }
  bool try_grow_back(std::size_t count) noexcept {
    const auto tailroom = slot_->capacity - slot_->offset - slot_->length;
    if (count > tailroom || slot_->missing != 0) return false;
    slot_->length += static_cast<std::uint32_t>(count);
    return true;
  }
  void shrink_front(std::size_t count) noexcept {
    expects(count <= slot_->length, "a packet shrinks by at most its length");
    slot_->offset += static_cast<std::uint32_t>(count);
    slot_->length -= static_cast<std::uint32_t>(count);
  }
  void shrink_back(std::size_t count) noexcept {
    expects(count <= slot_->length, "a packet shrinks by at most its length");
    slot_->length -= static_cast<std::uint32_t>(count);
  }

 private:
  record_slot* slot_;
};
static_assert(ResizablePacket<record_packet>);
static_assert(sizeof(record_packet) == sizeof(void*), "a packet is passed by value");

}  // namespace weir::pcap
