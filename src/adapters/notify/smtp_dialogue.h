// SmtpDialogue: follows an SMTP conversation line by line: what was answered to what, and how it reads with the password
// hidden. Knows no socket. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace allclear::notify {

// What the server was told.
enum class SmtpStage : std::uint8_t { greeting, hello, start_tls, login, sender, recipient, data, letter, quit };

// What a server said to a recipient that it does not take.
struct SmtpRefusal {
  std::string recipient;
  int code = 0;       // 400 to 599
  std::string reply;  // clean_text() was applied
};

class SmtpDialogue {
 public:
  void sent(std::string_view command);
  void sent_letter(std::string_view bytes);
  void heard(std::string_view line);
  void note(std::string_view text);  // about the conversation

  // The last reply but that to QUIT, and what it answered.
  SmtpStage stage() const { return answered_; }
  int code() const { return code_; }  // 0: none
  const std::string& reply() const { return reply_; }
  bool accepted() const { return accepted_; }  // the server took the letter
  const std::vector<std::string>& accepted_recipients() const { return accepted_recipients_; }
  const std::vector<SmtpRefusal>& refused() const { return refused_; }
  bool takes_leave() const { return said_ == SmtpStage::quit; }
  // "> EHLO …", "< 250 …", "* …"; of a letter its headers. At most 200.
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  void keep(std::string line);
  void settle(int code, std::string reply);

  SmtpStage said_ = SmtpStage::greeting;
  SmtpStage answered_ = SmtpStage::greeting;
  int code_ = 0;
  std::string reply_;
  std::string recipient_;
  bool asked_for_secret_ = false;
  bool in_letters_headers_ = true;
  bool accepted_ = false;
  std::vector<std::string> accepted_recipients_;
  std::vector<SmtpRefusal> refused_;
  std::vector<std::string> lines_;
};

}  // namespace allclear::notify
