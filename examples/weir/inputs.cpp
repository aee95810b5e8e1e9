#include "examples/weir/inputs.hpp"

#include "examples/weir/failure.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace weir::program {

merged_inputs::merged_inputs(const std::vector<input_assignment>& assigned) {
  files_.reserve(assigned.size());
  for (const auto& one : assigned) {
    auto opened = pcap::reader::open(one.path);
    if (!opened) {
      throw usage_failure(fmt::format("{}: cannot be read: {}", one.path, std::strerror(errno)));
    }
    bytes_total_ += opened->size().value_or(0);
    files_.push_back({one, std::move(*opened), {}, false, 0, {}});
  }
  for (auto& file : files_) {
    file.has_next = file.reader.next(file.next);
  }
}

input_file* merged_inputs::advance() {
  if (stopped_) {
    return taken_ = nullptr;
  }
  if (taken_ != nullptr) {
    taken_->has_next = taken_->reader.next(taken_->next);
  }
  taken_ = nullptr;
  for (auto& file : files_) {
    if (file.has_next && (taken_ == nullptr || file.next.time < taken_->next.time)) {
      taken_ = &file;
    }
  }
  if (taken_ == nullptr || taken_->records == taken_->assigned.records_max) {
    return taken_ = nullptr;
  }
  ++taken_->records;
  return taken_;
}

std::uint64_t merged_inputs::bytes_read() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& file : files_) sum += file.reader.offset();
  return sum;
}

bool report_faults(const merged_inputs& inputs) {
  bool whole = true;
  for (const auto& one : inputs.files()) {
    if (const auto& fault = one.reader.fault()) {
      fmt::print(stderr, "weir: {}: at byte {}: {}; the {} records before it were replayed\n",
                 one.assigned.path, fault->offset, fault->what, one.records);
      whole = false;
    }
  }
  return whole;
}

}  // namespace weir::program
