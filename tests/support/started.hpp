/// The real program, started and not waited for: what is killed in the middle begins with it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace recover::test {

class Started {
 public:
  /// Runs `recover` with these words. Its output is thrown away; its input is this descriptor, which stays
  /// the caller's (-1: nothing to read).
  explicit Started(std::vector<std::string> words, int input = -1);
  ~Started();
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;

  bool is_running();
  /// Sends the signal and waits for the end: afterwards its locks are free and its children know. The exit
  /// code, or -1 when it was killed.
  int end(int signal);
  int wait();

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace recover::test
