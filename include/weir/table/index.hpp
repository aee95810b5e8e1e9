#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace weir {

/// What an index answers where it holds nothing for a key. No payload has this value.
inline constexpr std::uint32_t no_payload = 0xFFFF'FFFF;

namespace detail {

/// The shape of a question an index asks back: is this payload the key's?
struct payload_archetype {
  bool operator()(std::uint32_t) const noexcept { return false; }
};

}  // namespace detail

/// Satisfied by a bounded map from keys to 32-bit payloads that keeps the keys elsewhere.
///  - `hash` is always the same function of `key`; an index may ignore the key;
///  - `first_candidate` reads what `prefetch` fetched and nothing else: it answers a payload that
///    may be another key's, or `no_payload`, which may mean that only `find` can tell;
///  - `prefetch` may answer the place it asks for: who looks up many hashes at once hands it back;
///  - `find` answers the payload inserted for the key, or `no_payload`: `is_payload_of_key` says
///    whether a candidate is the one;
///  - `try_insert` fails where there is no room; the same key and payload are not inserted twice;
///  - `erase` says whether that entry was there; another one with the same hash fits in its place;
///  - `populate` has the platform give all memory now.
template <class I, class Key>
concept IndexFor = requires(I& index, const I& view, std::uint64_t hash, const Key& key,
                            std::uint32_t payload, detail::payload_archetype is_payload_of_key) {
  { view.prefetch(hash) } noexcept;
  { view.first_candidate(hash, key) } noexcept -> std::same_as<std::uint32_t>;
  { view.find(hash, key, is_payload_of_key) } noexcept -> std::same_as<std::uint32_t>;
  { index.try_insert(hash, key, payload) } noexcept -> std::same_as<bool>;
  { index.erase(hash, key, payload) } noexcept -> std::same_as<bool>;
  { index.populate() } noexcept;
  { view.size() } noexcept -> std::same_as<std::uint32_t>;
  { view.bytes() } noexcept -> std::same_as<std::size_t>;
};

}  // namespace weir
