// The session table against std::map: the same random operations on both, and the same answers.

#include "weir/session/session_table.hpp"

#include "tests/session/table_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/seeded.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

using namespace weir;
using namespace weir::test;

namespace {

struct model_options {
  std::uint32_t sessions_max = 200;
  full_policy when_full = full_policy::refuse;
  std::uint32_t per_source_max = 0;
  std::uint32_t embryonic_per_source_max = 0;
  std::uint64_t operations = 1'000'000;
  bool reclaims = true;
};

std::pair<domain_id, ipv4_address> source_of(const flow_key<ipv4>& original) {
  return {original.domain, original.source.address};
}

/// As REQUIRE, which takes its time to note what holds.
void require(bool holds, const char* what) {
  if (!holds) FAIL(what);
}

struct model_session {
  flow_key<ipv4> key[2];
  std::uint64_t deadline = 0;
  std::uint64_t entered = 0;   ///< order of creation
  std::uint64_t answered = 0;  ///< order of answers; zero: not answered
  std::uint64_t packets[2] = {};
  std::uint64_t bytes[2] = {};
};

/// What a session table must do, with plain maps and every tick in full.
class model {
 public:
  explicit model(const model_options& options) : options_{options} {}

  std::map<std::uint32_t, model_session> sessions;  ///< by the id the table gave
  std::uint64_t now = 0;

  const model_session* find(const flow_key<ipv4>& key, std::size_t& way, std::uint32_t& id) const {
    const auto there = by_key_.find(key);
    if (there == by_key_.end()) return nullptr;
    way = there->second.second;
    id = there->second.first;
    const model_session& session = sessions.at(id);
    return session.deadline > now ? &session : nullptr;
  }
  bool is_live(const flow_key<ipv4>& key) const {
    std::size_t way = 0;
    std::uint32_t id = 0;
    return find(key, way, id) != nullptr;
  }

  session_refusal refusal_of(const flow_key<ipv4>& original, const flow_key<ipv4>& reply) const {
    if (original == reply || is_live(original) || is_live(reply)) return session_refusal::key_taken;
    const auto [held, waiting] = held_by(original);
    if (options_.per_source_max != 0 && held >= options_.per_source_max) {
      return session_refusal::source_limit;
    }
    if (options_.embryonic_per_source_max != 0 && waiting >= options_.embryonic_per_source_max) {
      return session_refusal::embryonic_limit;
    }
    return live() < options_.sessions_max || must_evict(original) ? session_refusal::none
                                                                  : session_refusal::table_full;
  }

  bool must_evict(const flow_key<ipv4>& original) const {
    if (live() < options_.sessions_max) return false;
    switch (options_.when_full) {
      case full_policy::refuse:
        return false;
      case full_policy::evict_embryonic:
        return std::any_of(sessions.begin(), sessions.end(),
                           [](const auto& each) { return each.second.answered == 0; });
      case full_policy::fair_share:
        break;
    }
    return most() >= held_by(original).first + 2;
  }
  /// Whether a full table may end that session for a newcomer.
  bool may_evict(std::uint32_t victim) const {
    const model_session& gone = sessions.at(victim);
    const bool is_shared = options_.when_full == full_policy::fair_share;
    if (is_shared && held_by(gone.key[0]).first != most()) return false;
    for (const auto& [id, other] : sessions) {
      if (is_shared && source_of(other.key[0]) != source_of(gone.key[0])) continue;
      if (other.answered == 0 && (gone.answered != 0 || other.entered < gone.entered)) return false;
      if (gone.answered != 0 && other.answered > gone.answered) return false;
    }
    return true;
  }

  void enter(std::uint32_t id, const flow_key<ipv4>& original, const flow_key<ipv4>& reply,
             std::uint64_t deadline) {
    require(sessions.count(id) == 0, "an id is handed out once");
    sessions[id] = {{original, reply}, deadline, ++serial_, 0, {}, {}};
    by_key_[original] = {id, 0};
    by_key_[reply] = {id, 1};
  }
  void answer(std::uint32_t id) {
    if (sessions.at(id).answered == 0) sessions.at(id).answered = ++serial_;
  }
  void leave(std::uint32_t id) {
    for (const auto& key : sessions.at(id).key) by_key_.erase(key);
    sessions.erase(id);
  }

  std::uint32_t live() const {
    return static_cast<std::uint32_t>(
        std::count_if(sessions.begin(), sessions.end(),
                      [&](const auto& each) { return each.second.deadline > now; }));
  }

 private:
  std::pair<std::uint32_t, std::uint32_t> held_by(const flow_key<ipv4>& original) const {
    std::pair<std::uint32_t, std::uint32_t> held{};
    for (const auto& [id, session] : sessions) {
      if (session.deadline <= now || source_of(session.key[0]) != source_of(original)) continue;
      ++held.first;
      held.second += session.answered == 0 ? 1u : 0u;
    }
    return held;
  }
  std::uint32_t most() const {
    std::uint32_t most = 0;
    for (const auto& [id, session] : sessions) most = std::max(most, held_by(session.key[0]).first);
    return most;
  }

  model_options options_;
  std::map<flow_key<ipv4>, std::pair<std::uint32_t, std::size_t>> by_key_;
  std::uint64_t serial_ = 0;
};

/// Idle times of seconds, so that a test of a million operations sees many ends.
session_timeouts short_timeouts() {
  session_timeouts timeouts;
  timeouts.udp_one_way = duration::seconds(4);
  timeouts.udp = duration::seconds(10);
  timeouts.icmp = duration::seconds(1);
  return timeouts;
}

class trial {
 public:
  explicit trial(const model_options& options)
      : options_{options},
        expected_{options},
        box_{{.sessions_max = options.sessions_max,
              .when_full = options.when_full,
              .per_source_max = options.per_source_max,
              .embryonic_per_source_max = options.embryonic_per_source_max,
              .seed = {random_.next(), random_.next()}},
             short_timeouts()} {
    expected_.now = box_.now.count();
  }

  std::uint64_t seed() const { return random_.seed(); }

  bool is_consistent() const { return !box_.table.verify(); }

  void run() {
    for (std::uint64_t step = 0; step < options_.operations; ++step) {
      operate(random_.below(100));
      if (step % (options_.operations / 20) == 0) compare();
    }
    compare();
  }

 private:
  auto on_end() {
    return [this](std::uint32_t id, session_end why) noexcept {
      if (why == session_end::expired) {
        is_right_ = is_right_ && expected_.sessions.at(id).deadline <= expected_.now;
      } else {
        is_right_ = is_right_ && expected_.may_evict(id);
      }
      evicted_ += why == session_end::evicted ? 1u : 0u;
      expected_.leave(id);
    };
  }

  void operate(std::uint64_t dice) {
    if (dice < 30) {
      create();
    } else if (dice < 60) {
      find(any_key());
    } else if (dice < 83) {
      track(any_key());
    } else if (dice < 88) {
      end();
    } else if (dice < 97) {
      wait(random_.one_in(1000) ? random_.below(std::uint64_t{1} << 33) : random_.below(120));
    } else if (options_.reclaims) {
      box_.table.reclaim(box_.now, static_cast<std::uint32_t>(random_.below(20)), on_end());
    }
  }

  flow_key<ipv4> any_flow() {
    const bool is_icmp = random_.one_in(4);
    return {
        domain_id{static_cast<std::uint16_t>(random_.below(2))},
        is_icmp ? protocol::icmp : protocol::udp,
        {ipv4_address{10, 0, 0, static_cast<std::uint8_t>(random_.below(random_.between(1, 6)))},
         port{static_cast<std::uint16_t>(random_.below(200))}},
        {ipv4_address{192, 0, 2, 1}, port{8}}};
  }
  /// A key of some session, or of none.
  flow_key<ipv4> any_key() {
    const flow_key<ipv4> flow = any_flow();
    return random_.one_in(2) ? flow : reply_of(flow, random_.one_in(4));
  }
  /// The reply where nothing is translated, or where the source is another one.
  static flow_key<ipv4> reply_of(const flow_key<ipv4>& flow, bool is_translated) {
    flow_key<ipv4> reply = reversed(flow);
    if (is_translated) reply.destination.address = ipv4_address{203, 0, 113, 1};
    return reply;
  }

  void create() {
    const flow_key<ipv4> original = any_flow();
    const flow_key<ipv4> reply = reply_of(original, random_.one_in(4));
    const session_refusal refusal = expected_.refusal_of(original, reply);
    const std::uint32_t evictions =
        refusal == session_refusal::none && expected_.must_evict(original) ? 1 : 0;
    evicted_ = 0;

    const session_creation made = box_.table.try_create(
        {.original = pack(original), .reply = pack(reply)}, box_.now, on_end());

    require(made.refusal == refusal, "made.refusal == refusal");
    require(evicted_ == evictions, "evicted_ == evictions");
    require(is_right_, "is_right_");
    if (!made.created()) return;
    const std::uint64_t idle = original.protocol == protocol::icmp ? 1'000 : 4'000;
    expected_.enter(made.id, original, reply, expected_.now + idle);
  }

  void find(const flow_key<ipv4>& key) {
    std::size_t way = 0;
    std::uint32_t id = 0;
    const bool is_live = expected_.find(key, way, id) != nullptr;
    const session_ref found = box_.table.find(pack(key), box_.now);
    require(found.found() == is_live, "found.found() == is_live");
    if (!is_live) return;
    require(found.id() == id, "found.id() == id");
    require(index_of(found.way()) == way, "index_of(found.way()) == way");
  }

  void track(const flow_key<ipv4>& key) {
    find(key);
    std::size_t way = 0;
    std::uint32_t id = 0;
    if (expected_.find(key, way, id) == nullptr) return;
    model_session& session = expected_.sessions.at(id);
    if (way == 1) expected_.answer(id);
    const std::uint64_t idle = key.protocol == protocol::icmp ? 1'000
                               : session.answered != 0        ? 10'000
                                                              : 4'000;
    session.deadline = expected_.now + idle;
    const std::uint16_t bytes = random_.word();
    ++session.packets[way];
    session.bytes[way] += bytes;

    const session_ref which = box_.table.find(pack(key), box_.now);
    box_.table.track(which, box_.now);
    box_.table.count(which, bytes);
  }

  std::optional<std::uint32_t> any_live() {
    std::size_t way = 0;
    std::uint32_t id = 0;
    if (expected_.find(any_key(), way, id) == nullptr) return std::nullopt;
    return id;
  }
  void end() {
    const auto id = any_live();
    if (!id) return;
    expected_.leave(*id);
    box_.table.end(*id);
  }
  void wait(std::uint64_t ticks) {
    expected_.now += ticks;
    box_.pass(ticks);
    box_.table.reclaim(box_.now, 0, on_end());
    require(is_right_, "is_right_");
  }

  void compare() {
    std::map<std::uint32_t, model_session> live;
    box_.table.for_each(box_.now, [&](std::uint32_t id) { live[id] = {}; });
    require(live.size() == expected_.live(), "live.size() == expected_.live()");
    require(box_.table.size() == expected_.sessions.size(),
            "box_.table.size() == expected_.sessions.size()");
    for (const auto& [id, session] : expected_.sessions) {
      require(live.count(id) == (session.deadline > expected_.now ? 1u : 0u),
              "live.count(id) == (session.deadline > expected_.now ? 1u : 0u)");
      require(unpack(box_.table.hot(id).key[0]) == session.key[0],
              "unpack(box_.table.hot(id).key[0]) == session.key[0]");
      require(unpack(box_.table.hot(id).key[1]) == session.key[1],
              "unpack(box_.table.hot(id).key[1]) == session.key[1]");
      const session_totals sums = totals(box_.table.hot(id), box_.table.cold(id));
      for (std::size_t way = 0; way < 2; ++way) {
        require(sums.packets[way] == session.packets[way],
                "sums.packets[way] == session.packets[way]");
        require(sums.bytes[way] == session.bytes[way], "sums.bytes[way] == session.bytes[way]");
      }
    }
    require(!box_.table.verify(), "!box_.table.verify()");
  }

  model_options options_;
  seeded random_;
  model expected_;
  table_fixture<ipv4> box_;
  bool is_right_ = true;
  std::uint32_t evicted_ = 0;
};

void run(const model_options& options) {
  trial both{options};
  INFO("WEIR_SEED=" << both.seed());
  both.run();
  CHECK(both.is_consistent());
}

}  // namespace

TEST_CASE("a session table behaves like two maps over a million random operations",
          "[session][table][model]") {
  run({});
}

TEST_CASE("a table that is never swept behaves the same", "[session][table][model]") {
  run({.operations = 200'000, .reclaims = false});
}

TEST_CASE("limits per source are exact over random operations", "[session][limits][model]") {
  run({.per_source_max = 90, .embryonic_per_source_max = 70, .operations = 100'000});
}

TEST_CASE("a full table evicts who has waited longest over random operations",
          "[session][eviction][model]") {
  run({.sessions_max = 60, .when_full = full_policy::evict_embryonic, .operations = 100'000});
}

TEST_CASE("a full table shares its room over random operations", "[session][eviction][model]") {
  run({.sessions_max = 60, .when_full = full_policy::fair_share, .operations = 100'000});
}

TEST_CASE("limits and shares hold together over random operations",
          "[session][eviction][limits][model]") {
  run({.sessions_max = 60,
       .when_full = full_policy::fair_share,
       .per_source_max = 30,
       .embryonic_per_source_max = 20,
       .operations = 100'000});
}
