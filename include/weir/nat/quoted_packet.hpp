#pragma once

#include "weir/net/domain.hpp"
#include "weir/net/ip_version.hpp"
#include "weir/net/port.hpp"
#include "weir/net/protocol.hpp"
#include "weir/wire/bytes.hpp"
#include "weir/wire/gre_header.hpp"
#include "weir/wire/icmp_header.hpp"
#include "weir/wire/ipv4_header.hpp"
#include "weir/wire/packed_flow.hpp"
#include "weir/wire/packet_facts.hpp"
#include "weir/wire/tcp_header.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// The packet that an ICMP error quotes: its IPv4 header and the first bytes behind it, as many as
/// the error holds and no more than both length fields allow.
class quoted_packet {
 public:
  /// RFC 792: a quote is the header and at least 64 bits of what follows.
  static constexpr std::size_t transport_size_min = 8;

  /// Reads the quote of an ICMP error; `message` begins at the ICMP header and ends with the
  /// datagram, or where a capture cut it. Nothing if the quote names no flow: it is cut before the
  /// ports, is no IPv4, a later fragment of a protocol with ports, or an ICMP message that is no
  /// query.
  static std::optional<quoted_packet> parse(std::span<const std::byte> message,
                                            domain_id domain) noexcept {
    const auto error = icmp_header<ipv4>::parse(message);
    if (!error || !error->is_error()) {
      return std::nullopt;
    }
    // RFC 4884 section 4.5: what follows the quote is extensions, and no part of it.
    auto quote = message.subspan(icmp_header<ipv4>::size);
    if (error->quote_size() != 0) {
      quote = quote.first(std::min(quote.size(), error->quote_size()));
    }
    const auto header = ipv4_header::parse(quote);
    if (!header) {
      return std::nullopt;
    }
    // RFC 5508 REQ-3d: padding behind the quoted datagram is no part of it.
    quote = quote.first(std::min<std::size_t>(quote.size(), header->total_length()));
    const auto found = transport_of(*header, quote.subspan(header->size()));
    if (!found) {
      return std::nullopt;
    }
    quoted_packet made;
    made.size_ = quote.size();
    made.header_size_ = header->size();
    made.message_ = found->message;
    made.checksum_is_right_ = header->checksum_is_right();
    made.key_ = {domain, header->protocol(),
                 load_raw<std::uint32_t>(quote.data() + ipv4_field::source),
                 load_raw<std::uint32_t>(quote.data() + ipv4_field::destination), found->ports};
    if (made.message_ == message_kind::tcp) {
      made.sequence_ = tcp_sequence(quote.subspan(made.header_size_));
    }
    return made;
  }

  /// The key of the quoted packet, in the direction in which that packet went.
  const packed_flow<ipv4>& key() const noexcept { return key_; }
  message_kind message() const noexcept { return message_; }
  /// Of what is quoted, the IPv4 header included.
  std::size_t size() const noexcept { return size_; }
  std::size_t header_size() const noexcept { return header_size_; }
  /// Whether the quoted IPv4 header adds up (RFC 5508 REQ-3a). What is behind it is not judged.
  bool header_checksum_is_right() const noexcept { return checksum_is_right_; }
  /// The sequence number of a quoted TCP segment (RFC 5927 section 4.1); zero of any other packet.
  std::uint32_t sequence() const noexcept { return sequence_; }

 private:
  struct transport {
    message_kind message{};
    std::uint32_t ports = 0;  ///< as they would lie in the packet
  };

  static std::optional<transport> transport_of(const ipv4_header& header,
                                               std::span<const std::byte> bytes) noexcept {
    const protocol kind = header.protocol();
    const bool has_key =
        has_ports(kind) || kind == protocol::icmp || kind == protocol::esp || kind == protocol::gre;
    if (!has_key) {
      return transport{message_kind::portless, 0};
    }
    if (header.fragment_offset() != 0 || bytes.size() < transport_size_min) {
      return std::nullopt;
    }
    if (kind == protocol::icmp) {
      return query_of(bytes);
    }
    if (kind == protocol::gre) {
      const auto gre = gre_header::parse(bytes);
      if (!gre) return std::nullopt;
      return transport{message_kind::gre, network_order(gre->key())};
    }
    const auto ports = load_raw<std::uint32_t>(bytes.data());
    if (kind == protocol::esp) return transport{message_kind::spi, ports};
    if (kind == protocol::tcp) return transport{message_kind::tcp, ports};
    if (kind == protocol::udp) return transport{message_kind::udp, ports};
    return transport{message_kind::ports, ports};
  }

  static std::optional<transport> query_of(std::span<const std::byte> bytes) noexcept {
    const auto query = icmp_header<ipv4>::parse(bytes);
    const auto request = icmp_request_of<ipv4>(query->type());
    if (!request) {
      return std::nullopt;
    }
    const port identifier{query->identifier()};
    const port answerer{*request};
    const flow_key<ipv4> key =
        query->is_request() ? flow_key<ipv4>{{}, protocol::icmp, {{}, identifier}, {{}, answerer}}
                            : flow_key<ipv4>{{}, protocol::icmp, {{}, answerer}, {{}, identifier}};
    return transport{message_kind::icmp_query, pack(key).ports_bits()};
  }

  static std::uint32_t tcp_sequence(std::span<const std::byte> bytes) noexcept {
    return network_order(load_raw<std::uint32_t>(bytes.data() + tcp_field::sequence));
  }

  quoted_packet() noexcept = default;

  packed_flow<ipv4> key_{};
  std::size_t size_ = 0;
  std::size_t header_size_ = 0;
  message_kind message_ = message_kind::portless;
  bool checksum_is_right_ = false;
  std::uint32_t sequence_ = 0;
};

}  // namespace weir
