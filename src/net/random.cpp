#include "net/random.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace allclear::net {

Result<std::string> random_bytes(std::size_t count) {
  std::string random(count, '\0');
  for (std::size_t filled = 0; filled < count;) {
    const ssize_t more = ::getrandom(random.data() + filled, count - filled, 0);
    if (more < 0 && errno != EINTR) {
      return failure("the system gives no random bytes: " + std::generic_category().message(errno));
    }
    if (more > 0) filled += static_cast<std::size_t>(more);
  }
  return random;
}

}  // namespace allclear::net
