// ChildProcess: one program with its own process group, a file as standard input, and one pipe for what it prints. It does
// not outlive this object. One thread; waiting is the caller's: the two descriptors become readable.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace allclear::notify {

class ChildProcess {
 public:
  struct Exit {
    int code = 0;    // of a program that ended by itself
    int signal = 0;  // 0: it did; else what ended it
  };

  // `argv`: the first is the program's path; no shell, no search. `environment`: "NAME=value", and nothing else. The error
  // carries errno.
  static Result<ChildProcess, int> start(const std::vector<std::string>& argv,
                                         const std::vector<std::string>& environment, std::string_view input);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  int exit_descriptor() const { return exit_; }      // readable once the program has ended
  int output_descriptor() const { return output_; }  // non-blocking
  // Ends all of the group, now.
  void kill();
  // Absent: it runs.
  std::optional<Exit> reap();

 private:
  ChildProcess(pid_t pid, int exit, int output) : pid_(pid), exit_(exit), output_(output) {}

  pid_t pid_;
  int exit_;
  int output_;
};

}  // namespace allclear::notify
