#include "examples/weir/explain.hpp"

#include "examples/weir/described.hpp"
#include "examples/weir/load.hpp"
#include "examples/weir/memory.hpp"
#include "examples/weir/question.hpp"
#include "examples/weir/replayer.hpp"
#include "examples/weir/reverse.hpp"
#include "examples/weir/stage_notes.hpp"
#include "examples/weir/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::program {

namespace {

using explaining_replayer = basic_replayer<explaining_traits>;

void line(const char* stage, const std::string& what) { fmt::print("{:<12} {}\n", stage, what); }

/// Keeps what the engine did with the one packet.
class listener {
 public:
  void decided(std::size_t, pcap::record_packet& packet, const verdict&) noexcept {
    const auto bytes = std::as_const(packet).bytes();
    left.assign(bytes.begin(), bytes.end());
    left_size = packet.wire_size();
  }
  bool generated(std::span<const std::byte> bytes, const emission&) noexcept {
    made.emplace_back(bytes.begin(), bytes.end());
    return true;
  }

  std::vector<std::byte> left;
  std::size_t left_size = 0;
  std::vector<std::vector<std::byte>> made;
};

/// The session, with its two flows as they are received.
std::string session_text(const session_account& session, direction way) {
  return fmt::format("{} packet of a session that is {}: opened by {}, answered by {}",
                     way == direction::original ? "an original" : "a reply", name(session.phase),
                     describe(session.facts.original),
                     describe(session.facts.reply, direction::reply));
}

/// What the headers of the packet tell of its session.
struct session_notes {
  std::string known;  ///< what it is like when the packet comes; empty where there is none
  bool is_error = false;
};

template <IpVersion V, class Table>
session_notes session_in(const Table& sessions, const walked<V>& found, tick now) {
  session_notes made;
  made.is_error = found.facts.message == message_kind::icmp_error;
  if (!has_session_key(found.facts)) {
    return made;
  }
  const auto which = sessions.find(found.key, now);
  if (which.found() && goes_along<V>(found.facts, which.way())) {
    const auto session =
        account_of(which.id(), sessions.hot(which.id()), sessions.cold(which.id()), now);
    made.known = session_text(session, which.way());
  }
  return made;
}

/// The domain that the engine judges the packet in.
domain_id domain_of(const question& asked, const explaining_replayer& replay) {
  const auto& worker = replay.worker();
  return is_ipv6(asked.packet) ? worker.domain_of<ipv6>(asked.packet, asked.ingress)
                               : worker.domain_of<ipv4>(asked.packet, asked.ingress);
}

session_notes session_of(const explaining_replayer& replay, const question& asked, tick now) {
  const auto& worker = replay.worker();
  const auto options = replay.config().walking();
  const auto domain = domain_of(asked, replay);
  return is_ipv6(asked.packet)
             ? session_in(worker.sessions6(),
                          walk<ipv6>(asked.packet, asked.wire_size, domain, options), now)
             : session_in(worker.sessions4(),
                          walk<ipv4>(asked.packet, asked.wire_size, domain, options), now);
}

std::string translation_text(const stage_notes::translation& one, const char* becomes) {
  const bool changes = one.kind != translation_kind::none && one.kind != translation_kind::exempt &&
                       one.kind != translation_kind::internal;
  const std::string how{describe(one.kind)};
  return changes ? fmt::format("{}: {} {}", how, becomes, describe(one.flow)) : how;
}

void print_stages(const stage_notes& notes, const session_notes& session, const snapshot& config) {
  if (!session.known.empty()) {
    line("session", session.known);
  } else if (notes.matched) {
    line("session", session.is_error ? "that of the packet it quotes"
                                     : "one that waited for an answer like this");
  } else if (notes.unmatched) {
    line("session", "none yet");
  }
  if (notes.destination) {
    line("destination", translation_text(*notes.destination, "it is for"));
  }
  if (notes.routed) {
    line("route", describe(*notes.routed, config));
  }
  if (notes.judged) {
    line("policy", describe(*notes.judged, config));
  }
  if (notes.source) {
    line("source", translation_text(*notes.source, "it is sent as"));
  }
  if (notes.created) {
    line("session", "is opened");
  }
  if (notes.ended != 0) {
    line("session", fmt::format("{} ended", notes.ended));
  }
}

void print_drop(drop_reason why) {
  line("verdict", fmt::format("drop, {}: {}", name(why), weir::describe(why)));
}

void print_verdict(const verdict& answer, const listener& heard, const snapshot& config) {
  switch (answer.kind()) {
    case verdict_kind::forward:
      line("verdict", "forward: " + describe(answer.next_hop(), config));
      line("leaves as", describe_packet(heard.left, heard.left_size, config));
      break;
    case verdict_kind::deliver:
      line("verdict", "deliver to the box itself");
      break;
    case verdict_kind::consume:
      line("verdict", "taken in by weir");
      break;
    case verdict_kind::drop:
      print_drop(answer.reason());
      break;
  }
  for (const auto& one : heard.made) {
    line("answer", describe_packet(one, one.size(), config));
  }
}

/// What a replay does with a packet before the engine sees it.
void prepare(pcap::record_packet packet, const question& asked, tick now,
             const explaining_replayer& replay) {
  if (asked.completes_checksum && complete_checksum(packet.bytes(), packet.wire_size())) {
    line("checksum", "completed: the sender's hardware was to do it");
  }
  const auto& outside = replay.config().interface(asked.ingress);
  const tap_ends tap{asked.inside, outside.domain, outside.zone};
  if (asked.is_reflected && reflector{replay.worker(), tap, now}.reflect(packet)) {
    line("readdressed", describe_packet(packet.bytes(), packet.wire_size(), replay.config()));
  }
}

void explain_packet(const question& asked, explaining_replayer& replay) {
  if (asked.unread) {
    line("frame", asked.frame);
    return print_drop(*asked.unread);
  }
  const auto& config = replay.config();
  const auto& ingress = config.interface(asked.ingress);
  line("packet", describe_packet(asked.packet, asked.wire_size, config));
  line("enters", fmt::format("{}, zone {}, domain {}", ingress.name, config.zone_name(ingress.zone),
                             config.domain_name(domain_of(asked, replay))));
  if (asked.ethernet && is_foreign(replay.wires()[asked.ingress].hosts, *asked.ethernet)) {
    return print_drop(drop_reason::foreign_mac);
  }
  pcap::record_burst burst;
  burst.add(asked.packet, asked.wire_size, {.ingress = asked.ingress, .cast = asked.cast},
            asked.time);
  const auto now = std::max(asked.time, replay.clock().now());
  prepare(burst[0], asked, tick::at(now), replay);
  auto seen = asked;
  const auto bytes = std::as_const(burst)[0].bytes();
  seen.packet.assign(bytes.begin(), bytes.end());
  const auto session = session_of(replay, seen, tick::at(now));

  stage_notes notes;
  listener heard;
  auto& worker = replay.worker();
  worker.expire(now);
  worker.observer().write_to(&notes);
  worker.process(burst, now, heard);
  worker.observer().write_to(nullptr);
  print_stages(notes, session, config);
  print_verdict(*notes.decided, heard, config);
}

void check_options(const explain_options& options) {
  const int things =
      int{!options.packet.empty()} + int{!options.capture.empty()} + int{!options.reverse.empty()};
  if (things != 1) {
    throw usage_failure(
        "one thing to explain is needed: --packet HEX, --pcap FILE#NUMBER or --reverse "
        "ADDRESS:PORT");
  }
  const bool is_tap =
      options.tap.find(',') != std::string::npos && options.tap.find('=') == std::string::npos;
  if (!options.tap.empty() && !is_tap) {
    throw usage_failure(fmt::format(
        "--tap {}: a tap lies between two interfaces; write --tap IN,OUT, and its capture as "
        "--pcap FILE#NUMBER",
        options.tap));
  }
  const bool is_for_history =
      std::any_of(options.after.begin(), options.after.end(),
                  [](const auto& one) { return one.find('=') == std::string::npos; });
  if (!options.reverse.empty() && !is_for_history && !(options.in + options.tap).empty()) {
    throw usage_failure(fmt::format(
        "{}: no packet enters with --reverse; leave it out, or name what is replayed before: "
        "--after FILE",
        options.in.empty() ? "--tap " + options.tap : "--in " + options.in));
  }
}

}  // namespace

exit_code run_explain(const explain_options& options) {
  const auto config = proven_configuration(options.config);
  check_options(options);
  replay_setup setup;
  setup.inputs = history_of(options, *config);
  setup.seed = options.seed;
  setup.complete_checksums = options.complete_checksums;
  const auto made = made_in_memory<explaining_replayer>(options.config, config, setup);
  auto& replay = *made;
  while (replay.step()) {
  }
  if (options.reverse.empty()) {
    explain_packet(asked_question(options, *config), replay);
  } else {
    explain_reverse(options.reverse, options.protocol, *config, [&](const external_key& key) {
      const auto& mappings = replay.worker().mappings();
      const auto found = mappings.find(key);
      return found.is_none() ? std::nullopt : std::optional{mappings.at(found)};
    });
  }
  return report_faults(replay.inputs()) ? exit_code::ok : exit_code::input_output;
}

}  // namespace weir::program
