#include "examples/weir/summary.hpp"

#include "examples/weir/table.hpp"
#include "examples/weir/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace weir::program {

namespace {

using align = text_table::align;

std::string share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? ""
                    : fmt::format("{:.1f} %",
                                  100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string bytes(std::uint64_t count) {
  constexpr std::uint64_t kibi = 1024;
  const auto amount = static_cast<double>(count);
  if (count < kibi) return fmt::format("{} B", count);
  if (count < kibi * kibi) return fmt::format("{:.1f} KiB", amount / 1024);
  if (count < kibi * kibi * kibi) return fmt::format("{:.1f} MiB", amount / (1024 * 1024));
  return fmt::format("{:.2f} GiB", amount / (1024.0 * 1024 * 1024));
}

std::string span(duration time) {
  const auto seconds = static_cast<double>(time.count()) / 1e9;
  if (seconds < 60) return fmt::format("{:.3f} s", seconds);
  const auto minutes = static_cast<std::uint64_t>(seconds) / 60;
  const auto rest = seconds - static_cast<double>(minutes) * 60;
  return minutes < 60 ? fmt::format("{} min {:.0f} s", minutes, rest)
                      : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

/// A short run tells how long starting takes, and no rate.
constexpr double rated_seconds_min = 0.5;

std::string rate(const replay_result& result) {
  if (result.elapsed < rated_seconds_min) return "";
  return fmt::format(" ({:.2f} million a second)",
                     static_cast<double>(result.packets.in) / result.elapsed / 1e6);
}

void print_head(const replay_result& result, std::FILE* to) {
  fmt::print(to, "\n{} packets, {} of traffic, judged by {} in {:.2f} s{}\n",
             text(result.packets.in), span(result.last - result.first), result.configuration,
             result.elapsed, rate(result));
  if (result.interrupted != 0) {
    fmt::print(to, "interrupted by signal {} ({}): what was read until then was judged\n",
               result.interrupted, ::strsignal(result.interrupted));
  }
  for (const auto& one : result.inputs) {
    for (const auto& link : one.unknown_links) {
      fmt::print(to, "{}: {} records of link type {}, which weir does not read, count as not_ip\n",
                 one.path, text(link.records), link.name);
    }
  }
}

void print_interfaces(const replay_result& result, std::FILE* to) {
  text_table table{{align::left, align::right, align::right, align::right, align::right,
                    align::right, align::left}};
  table.add({"interface", "frames in", "bytes in", "frames out", "bytes out", "made by weir",
             "written to"});
  for (const auto& one : result.interfaces) {
    const auto& frames = one.frames;
    if (one.name == "local" && frames.in == 0 && frames.out == 0) {
      continue;
    }
    table.add({one.name, text(frames.in), bytes(frames.in_bytes), text(frames.out),
               bytes(frames.out_bytes), text(frames.generated),
               one.path.empty() ? "(nowhere)" : one.path});
  }
  fmt::print(to, "\n");
  table.print(to);
}

void print_verdicts(const replay_result& result, std::FILE* to) {
  const auto& packets = result.packets;
  text_table table{{align::left, align::right, align::right}};
  const auto line = [&](const char* what, std::uint64_t count) {
    if (count != 0) table.add({what, text(count), share(count, packets.in)});
  };
  line("forwarded", packets.out);
  line("delivered to the box", packets.delivered);
  line("taken in by weir", packets.consumed);
  line("held at the end", packets.held);
  line("dropped", packets.dropped);
  fmt::print(to, "\n");
  table.print(to);
}

void print_drops(const replay_result& result, std::FILE* to) {
  std::vector<std::pair<std::uint64_t, drop_reason>> drops;
  for (std::size_t at = 0; at < drop_reason_count; ++at) {
    if (result.drops[at] != 0) {
      drops.emplace_back(result.drops[at], static_cast<drop_reason>(at));
    }
  }
  if (drops.empty()) {
    return;
  }
  std::sort(drops.begin(), drops.end(), [](const auto& left, const auto& right) {
    return std::pair{right.first, left.second} < std::pair{left.first, right.second};
  });
  text_table table{{align::left, align::right, align::left}};
  for (const auto& [count, reason] : drops) {
    table.add({std::string{name(reason)}, text(count), std::string{describe(reason)}});
  }
  fmt::print(to, "\n  dropped, and why\n");
  table.print(to);
}

void print_state(const replay_result& result, std::FILE* to) {
  const auto& sessions = result.sessions;
  fmt::print(to, "\n  sessions  {} created, {} expired, {} ended, {} live", text(sessions.created),
             text(sessions.expired), text(sessions.ended), text(sessions.live));
  if (sessions.refused != 0) fmt::print(to, ", {} refused", text(sessions.refused));
  if (sessions.evicted != 0) fmt::print(to, ", {} evicted", text(sessions.evicted));
  fmt::print(to, "\n");
  for (const auto& one : result.pools) {
    fmt::print(to, "  pool {}  {} mappings, {} of {} ports in use ({})\n", one.name,
               text(one.mappings), text(one.ports_used), text(one.ports),
               one.ports == 0 ? "none" : share(one.ports_used, one.ports));
  }
}

void print_notes(const replay_result& result, std::FILE* to) {
  text_table table{{align::right, align::left}};
  const auto line = [&](std::uint64_t count, const char* what) {
    if (count != 0) table.add({text(count), what});
  };
  line(result.reflected, "packets of taps readdressed to what their flows show outside");
  line(result.generated, "packets made by weir: errors and resets");
  line(result.answers_suppressed, "errors not made because of the rate limit");
  line(result.checksums_completed, "checksums completed that the sender's hardware should have");
  line(result.tagged, "frames whose VLAN tags were taken off");
  line(result.cut, "packets that the capture had cut");
  line(result.clamped, "packets earlier than one before them, taken as of the same time");
  line(result.retimed, "frames written with the nearest time that a pcap file can tell");
  if (!table.empty()) {
    fmt::print(to, "\n");
    table.print(to);
  }
}

void print_proofs(const replay_result& result, std::FILE* to) {
  const auto& packets = result.packets;
  fmt::print(to, "\n  {} in = {} out + {} dropped + {} delivered + {} consumed + {} held: {}\n",
             text(packets.in), text(packets.out), text(packets.dropped), text(packets.delivered),
             text(packets.consumed), text(packets.held),
             result.conserved() ? "every packet is accounted for" : "PACKETS ARE UNACCOUNTED FOR");
  if (result.verified) {
    fmt::print(to, "  the engine's state {}\n",
               result.broken ? "IS BROKEN: " + *result.broken : "verifies");
  }
}

}  // namespace

void print_summary(const replay_result& result, std::FILE* to) {
  print_head(result, to);
  print_interfaces(result, to);
  print_verdicts(result, to);
  print_drops(result, to);
  print_state(result, to);
  print_notes(result, to);
  print_proofs(result, to);
}

}  // namespace weir::program
