#include "examples/weir/interruption.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace weir::program {

namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

volatile ::sig_atomic_t received_signal = 0;

/// Whether a read of the descriptor may wait.
bool may_wait(int descriptor) noexcept {
  const int flags = ::fcntl(descriptor, F_GETFL);
  const bool is_read =
      flags != -1 && (descriptor == STDIN_FILENO || (flags & O_ACCMODE) == O_RDONLY);
  struct ::stat facts {};
  return is_read && ::fstat(descriptor, &facts) == 0 && !S_ISREG(facts.st_mode);
}

/// Puts an end in the place of what may be waited for. A flag alone would come too late for a read
/// that begins just now. Calls what a signal's handler may call, and nothing else.
void end_waiting_reads() noexcept {
  constexpr int descriptors_max = 1024;  // as a process may have, unless told otherwise
  const int end = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  for (int one = 0; end != -1 && one < descriptors_max; ++one) {
    if (may_wait(one)) ::dup2(end, one);
  }
}

void interrupt(int number);

/// Signals do again what they do by default, but for those that are ignored.
void restore_defaults() noexcept {
  for (const int one : signals) {
    struct ::sigaction now {};
    if (::sigaction(one, nullptr, &now) == 0 && now.sa_handler == &interrupt) {
      ::signal(one, SIG_DFL);
    }
  }
}

void interrupt(int number) {
  const int error = errno;
  received_signal = number;
  restore_defaults();
  end_waiting_reads();
  errno = error;
}

}  // namespace

interruption::interruption() {
  received_signal = 0;
  struct ::sigaction wanted {};
  wanted.sa_handler = &interrupt;
  wanted.sa_flags = SA_RESTART;  // a write goes on, a read finds the end
  ::sigemptyset(&wanted.sa_mask);
  for (const int one : signals) ::sigaddset(&wanted.sa_mask, one);
  for (const int one : signals) {
    struct ::sigaction before {};
    if (::sigaction(one, nullptr, &before) == 0 && before.sa_handler == SIG_DFL) {
      ::sigaction(one, &wanted, nullptr);
    }
  }
}

interruption::~interruption() { restore_defaults(); }

int interruption::signal() const noexcept { return received_signal; }

}  // namespace weir::program
