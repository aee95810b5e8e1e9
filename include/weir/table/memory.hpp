#pragma once

#include "weir/base/contract.hpp"
#include "weir/table/simd.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace weir {

/// A fixed number of elements, all bits zero at first, for tables that never grow.
///
/// Large arrays start at a large page and ask for such pages; memory that was never written is
/// never given by the platform. What grows with sessions and addresses is allocated here; throws
/// `std::bad_alloc` where there is none. Moving leaves the source empty.
template <class T>
class huge_array {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  huge_array() noexcept = default;
  explicit huge_array(std::size_t size) : size_{size} {
    if (size == 0) {
      return;
    }
    const bool is_large = bytes() >= huge_page_bytes;
    const std::size_t alignment = is_large ? huge_page_bytes : line_bytes;
    expects(size <= (~std::size_t{0} - alignment) / sizeof(T), "an array fits in memory");
    owned_.reset(std::calloc(bytes() + alignment, 1));
    if (!owned_) {
      // `operator new` calls its handler or throws, in programs built without exceptions as well;
      // compilers leave out one whose memory nobody sees.
      void* volatile seen = ::operator new(bytes() + alignment);
      ::operator delete(seen);
      owned_.reset(std::calloc(bytes() + alignment, 1));
      expects(owned_ != nullptr, "calloc finds the memory that operator new has found");
    }
    void* first = owned_.get();
    std::size_t space = bytes() + alignment;
    first_ = static_cast<T*>(std::align(alignment, bytes(), first, space));
    if (is_large) {
      prefer_huge_pages(first_, bytes() / huge_page_bytes * huge_page_bytes);
    }
  }

  huge_array(huge_array&& other) noexcept
      : owned_{std::move(other.owned_)},
        first_{std::exchange(other.first_, nullptr)},
        size_{std::exchange(other.size_, 0)} {}
  huge_array& operator=(huge_array&& other) noexcept {
    owned_ = std::move(other.owned_);
    first_ = std::exchange(other.first_, nullptr);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  T* data() noexcept { return first_; }
  const T* data() const noexcept { return first_; }
  T& operator[](std::size_t place) noexcept { return first_[place]; }
  const T& operator[](std::size_t place) const noexcept { return first_[place]; }
  std::size_t size() const noexcept { return size_; }
  /// Has the platform give all memory now, and not when an element is first written.
  void populate() noexcept { populate_pages(first_, bytes()); }
  /// What the elements take, whether the platform has given all of it or not.
  std::size_t bytes() const noexcept { return size_ * sizeof(T); }

 private:
  struct give_back {
    void operator()(void* owned) const noexcept { std::free(owned); }
  };

  std::unique_ptr<void, give_back> owned_;
  T* first_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace weir
