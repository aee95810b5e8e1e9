#include "examples/weir/collect.hpp"

#include "weir/pcap/link_number.hpp"

#include <sys/resource.h>

#include <cstddef>
#include <utility>

namespace weir::program {

namespace {

std::vector<input_totals> inputs_of(const replayer& replay) {
  std::vector<input_totals> made;
  for (const auto& file : replay.inputs().files()) {
    input_totals one;
    one.path = file.assigned.path;
    one.from = replay.config().interface(file.assigned.inside).name;
    if (file.assigned.outside) {
      one.from += "," + replay.config().interface(*file.assigned.outside).name;
    }
    one.records = file.records;
    for (const auto& [link, records] : file.unknown_links) {
      one.unknown_links.push_back({pcap::link_name(link), records});
    }
    if (const auto& fault = file.reader.fault()) {
      one.fault_offset = fault->offset;
      one.fault = fault->what;
    }
    made.push_back(std::move(one));
  }
  return made;
}

std::vector<interface_totals> interfaces_of(const replayer& replay) {
  std::vector<interface_totals> made;
  for (const auto& facts : replay.config().interfaces()) {
    const auto& one = replay.wires()[facts.id];
    made.push_back({facts.name, one.path, one.counts});
  }
  return made;
}

/// How many frames were written with another time than they had.
std::uint64_t retimed_of(const replayer& replay) {
  std::uint64_t count = 0;
  for (const auto& facts : replay.config().interfaces()) {
    const auto& writer = replay.wires()[facts.id].writer;
    count += writer ? writer->retimed() : 0;
  }
  return count;
}

/// The engine's packets, and those that never reached it.
void count_packets(const replayer& replay, replay_result& into) {
  const auto& engine = replay.worker().packets();
  const auto& arrived = replay.arrived().counts();
  for (std::size_t at = 0; at < drop_reason_count; ++at) {
    into.drops[at] = engine.by_reason[at].read() + arrived.drops[at];
    into.packets.dropped += arrived.drops[at];
  }
  into.packets.in = arrived.frames;
  into.packets.out = engine.out.read();
  into.packets.dropped += engine.dropped.read();
  into.packets.delivered = engine.delivered.read();
  into.packets.consumed = engine.consumed.read();
  into.packets.held = engine.held.read();
  into.generated = engine.generated.read();
  into.answers_suppressed = engine.answers_suppressed.read();
  into.reflected = replay.reflected();
  into.checksums_completed = replay.completed();
  into.tagged = arrived.tagged;
  into.cut = arrived.cut;
}

life_totals lives_of(const replayer& replay) {
  const auto& worker = replay.worker();
  const auto& lives = worker.lives();
  life_totals made{.created = lives.created.read(),
                   .expired = lives.expired.read(),
                   .ended = lives.ended.read(),
                   .evicted = lives.evicted.read(),
                   .refused = lives.refused.read()};
  const auto count = [&](std::uint32_t) { ++made.live; };
  const auto now = tick::at(replay.clock().now());
  worker.sessions4().for_each(now, count);
  worker.sessions6().for_each(now, count);
  return made;
}

std::vector<pool_totals> pools_of(const replayer& replay) {
  const auto& mappings = replay.worker().mappings();
  const auto& set = mappings.pools();
  std::vector<pool_totals> made(set.pools().size());
  for (const auto& one : set.pools()) {
    auto& totals = made[one.id.number()];
    totals.name = replay.config().raw().nat.pools[one.id.number()].name;
    for (const auto external : set.externals_of(one)) {
      for (std::uint8_t at = 0; at < port_space_count; ++at) {
        const port_space space{at};
        totals.ports += ports_left(one.numbers(space), set.claims_of(external, space));
      }
    }
  }
  mappings.for_each([&](mapping_id, const auto& one) {
    if (!one.pool.is_none()) {
      ++made[one.pool.number()].mappings;
      ++made[one.pool.number()].ports_used;  // a mapping wears one, and wears it alone
    }
  });
  return made;
}

std::uint64_t memory_peak() {
  ::rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  constexpr std::uint64_t kibibyte = 1024;
  return static_cast<std::uint64_t>(use.ru_maxrss) * kibibyte;
}

}  // namespace

replay_result collect(const replayer& replay) {
  replay_result made;
  made.inputs = inputs_of(replay);
  made.interfaces = interfaces_of(replay);
  count_packets(replay, made);
  made.sessions = lives_of(replay);
  made.pools = pools_of(replay);
  made.first = replay.clock().first();
  made.last = replay.clock().now();
  made.clamped = replay.clock().clamped();
  made.retimed = retimed_of(replay);
  made.memory_peak = memory_peak();
  return made;
}

}  // namespace weir::program
