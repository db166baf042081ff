#include "adapters/notify/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <spawn.h>

namespace allclear::notify {
namespace {

// Closed when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int handle = -1) : handle_(handle) {}
  ~Descriptor() {
    if (handle_ >= 0) ::close(handle_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return handle_; }
  int release() { return std::exchange(handle_, -1); }

 private:
  int handle_;
};

// A file without a name, read from its beginning: the program may read it or not, nobody waits for that.
int file_of(std::string_view bytes) {
  const int file = ::memfd_create("allclear-event", MFD_CLOEXEC);
  while (file >= 0 && !bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0) {
      ::close(file);
      return -1;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file >= 0) ::lseek(file, 0, SEEK_SET);
  return file;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));  // execve changes none
  pointers.push_back(nullptr);
  return pointers;
}

// The program begins as from a terminal: no signal blocked or ignored (the monitor ignores SIGPIPE), no other descriptor.
int spawn(const std::vector<std::string>& argv, const std::vector<std::string>& environment, int input, int output,
          pid_t& pid) {
  constexpr int first_other_descriptor = 3;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, first_other_descriptor);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  sigset_t none, every;
  sigemptyset(&none);
  sigfillset(&every);
  posix_spawnattr_setsigmask(&how, &none);
  posix_spawnattr_setsigdefault(&how, &every);
  posix_spawnattr_setpgroup(&how, 0);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const auto arguments = pointers_to(argv);
  const auto variables = pointers_to(environment);
  const int error = ::posix_spawn(&pid, argv.front().c_str(), &files, &how, arguments.data(), variables.data());
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

}  // namespace

Result<ChildProcess, int> ChildProcess::start(const std::vector<std::string>& argv,
                                              const std::vector<std::string>& environment, std::string_view input) {
  const Descriptor file(file_of(input));
  int ends[2];
  if (file.get() < 0 || ::pipe2(ends, O_CLOEXEC) != 0) return tl::unexpected(errno);
  Descriptor read_end(ends[0]);
  const Descriptor write_end(ends[1]);
  ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  pid_t pid = 0;
  if (const int error = spawn(argv, environment, file.get(), write_end.get(), pid); error != 0)
    return tl::unexpected(error);
  const int exit = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));  // glibc 2.36 declares it for C only
  ChildProcess child(pid, exit, read_end.release());
  if (exit < 0) return tl::unexpected(errno);  // and the child ends with this scope
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      exit_(std::exchange(other.exit_, -1)),
      output_(std::exchange(other.output_, -1)) {}

ChildProcess::~ChildProcess() {
  kill();
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);  // at once: it was killed
  if (exit_ >= 0) ::close(exit_);
  if (output_ >= 0) ::close(output_);
}

void ChildProcess::kill() {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

std::optional<ChildProcess::Exit> ChildProcess::reap() {
  int status = 0;
  if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = 0;  // it may be another's from now on
  if (WIFEXITED(status)) return Exit{WEXITSTATUS(status), 0};
  return Exit{0, WTERMSIG(status)};
}

}  // namespace allclear::notify
