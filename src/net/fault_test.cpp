#include "net/fault.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace allclear::net {
namespace {

TEST(CleanText, S17_IsUtf8WithoutControlsAndBounded) {
  EXPECT_EQ(clean_text("plain"), "plain");
  EXPECT_EQ(clean_text("a\r\nb\x1B[31m\x7F\tc"), "a  b [31m  c");
  EXPECT_EQ(clean_text("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80");
  EXPECT_EQ(clean_text("\xC2\x85"), " ");                         // a C1 control
  EXPECT_EQ(clean_text("\xFF"), "\xEF\xBF\xBD");                  // no UTF-8
  EXPECT_EQ(clean_text("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");  // overlong
  EXPECT_EQ(clean_text("\xED\xA0\x80").size(), 9U);               // a surrogate
  EXPECT_EQ(clean_text("\xF4\x90\x80\x80").size(), 12U);          // beyond Unicode
  EXPECT_EQ(clean_text(std::string("a\0b", 3)), "a b");
  EXPECT_EQ(clean_text(std::string(10'000, 'x')).size(), detail_limit);
  EXPECT_EQ(clean_text("\xE2\x82\xAC\xE2\x82\xAC", 5), "\xE2\x82\xAC");  // never cut within a character
}

TEST(SocketErrors, AreTheTargetsOrOurOwn) {
  const auto kind = [](int error) { return kind_of_socket_error({error, boost::system::system_category()}); };
  for (const int ours : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, ENOSPC, EAGAIN, EACCES, EPERM, ENETUNREACH, ENETDOWN}) {
    EXPECT_EQ(kind(ours), FaultKind::local_fault) << ours;
  }
  const auto met = [](int error) { return kind_of_network_error({error, boost::system::system_category()}); };
  for (const int a_routers : {ENETUNREACH, EACCES, EPERM, EHOSTUNREACH, ETIMEDOUT}) {
    EXPECT_EQ(met(a_routers), FaultKind::timeout) << a_routers;
  }
  EXPECT_EQ(met(ENOBUFS), FaultKind::local_fault);
  EXPECT_EQ(met(ECONNREFUSED), FaultKind::refused);
  EXPECT_EQ(kind(ECONNREFUSED), FaultKind::refused);
  EXPECT_EQ(kind(ECONNRESET), FaultKind::reset);
  EXPECT_EQ(kind(EPIPE), FaultKind::reset);
  EXPECT_EQ(kind(ETIMEDOUT), FaultKind::timeout);
  EXPECT_EQ(kind(EHOSTUNREACH), FaultKind::timeout);
}

}  // namespace
}  // namespace allclear::net
