#include "adapters/notify/smtp_conversation.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include <boost/asio/ip/address.hpp>
#include <curl/curl.h>
#include <fmt/format.h>

#include "net/fault.h"

namespace allclear::notify {
namespace {

constexpr seconds patience_at_quit{2};

template <auto Function>
struct FreedBy {
  template <class T>
  void operator()(T* what) const {
    Function(what);
  }
};
using Easy = std::unique_ptr<CURL, FreedBy<curl_easy_cleanup>>;
using Form = std::unique_ptr<curl_mime, FreedBy<curl_mime_free>>;
using ListHandle = std::unique_ptr<curl_slist, FreedBy<curl_slist_free_all>>;

class List {
 public:
  void add(const std::string& text) {
    if (curl_slist* longer = curl_slist_append(list_.get(), text.c_str())) {
      (void)list_.release();
      list_.reset(longer);
    }
  }
  curl_slist* get() const { return list_.get(); }

 private:
  ListHandle list_;
};

boost::asio::ip::address address_of(const sockaddr& address) {
  using boost::asio::ip::address_v4;
  using boost::asio::ip::address_v6;
  if (address.sa_family == AF_INET) {
    return address_v4(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return {};
  const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
  address_v6::bytes_type bytes{};
  std::copy_n(six.sin6_addr.s6_addr, bytes.size(), bytes.begin());
  return address_v6(bytes, six.sin6_scope_id);
}

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

std::string url_of(const EmailChannel& server) {
  const bool secure = server.tls == MailTls::from_start;
  return fmt::format("{}://{}:{}", secure ? "smtps" : "smtp", bracketed(server.host), server.port);
}

bool is_name(const std::string& host) {
  boost::system::error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  return no_address.failed();
}

// "host:port:address,address": libcurl asks no resolver.
std::string resolved(const EmailChannel& server, const net::Addresses& addresses) {
  std::string entry = fmt::format("{}:{}:", server.host, server.port);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (i > 0) entry += ',';
    entry += bracketed(addresses[i].to_string());
  }
  return entry;
}

void add_part(curl_mime* form, const std::string& text, const char* type) {
  curl_mimepart* part = curl_mime_addpart(form);
  curl_mime_data(part, text.data(), text.size());
  curl_mime_type(part, type);
  curl_mime_encoder(part, "quoted-printable");
}

SmtpEnd end_of(CURLcode code) {
  switch (code) {
    case CURLE_OK: return SmtpEnd::done;
    case CURLE_OPERATION_TIMEDOUT: return SmtpEnd::timeout;
    case CURLE_USE_SSL_FAILED: return SmtpEnd::no_tls;
    case CURLE_PEER_FAILED_VERIFICATION: return SmtpEnd::certificate;
    case CURLE_SSL_CONNECT_ERROR: return SmtpEnd::tls;
    case CURLE_WEIRD_SERVER_REPLY: return SmtpEnd::garbage;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING: return SmtpEnd::unreachable;
    case CURLE_LOGIN_DENIED:
    case CURLE_REMOTE_ACCESS_DENIED: return SmtpEnd::done;  // the reply tells
    default: return SmtpEnd::local_fault;
  }
}

void set_connection(CURL* easy, const SmtpCall& call, curl_slist* resolved_host, milliseconds limit) {
  curl_easy_setopt(easy, CURLOPT_URL, url_of(call.server).c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_RESOLVE, resolved_host);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // else the environment's
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(limit, milliseconds(1)).count()));
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);  // so that leave is taken while must_end() is asked
}

void set_tls(CURL* easy, const EmailChannel& server) {
  const bool required = server.tls == MailTls::required || server.tls == MailTls::from_start;
  const bool offered = server.tls == MailTls::offered;
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(required  ? CURLUSESSL_ALL
                                     : offered ? CURLUSESSL_TRY
                                               : CURLUSESSL_NONE));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Who may take the encryption away may as well show another certificate: without the wish for TLS neither is a fault.
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, required ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, required ? 2L : 0L);
  if (!server.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, server.ca_file.c_str());
}

void set_login(CURL* easy, const EmailChannel& server) {
  if (server.user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_USERNAME, server.user.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, server.password.c_str());
}

// What libcurl refers to during a conversation.
struct Letter {
  Letter(CURL* easy, const Mail& mail) : form(curl_mime_init(easy)) {
    for (const std::string& recipient : mail.to) recipients.add(recipient);
    for (const std::string& header : mail.headers) headers.add(header);
    headers.add("Content-Type: multipart/alternative");
    add_part(form.get(), mail.text, "text/plain; charset=utf-8");
    add_part(form.get(), mail.html, "text/html; charset=utf-8");
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail.from.c_str());
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one that is refused takes it from nobody else
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_MIMEPOST, form.get());
  }

  List recipients;
  List headers;
  Form form;
};

}  // namespace

struct SmtpConversation::Callbacks {
  static int on_debug(CURL*, curl_infotype kind, char* data, std::size_t size, void* self) {
    auto& conversation = *static_cast<SmtpConversation*>(self);
    const std::string_view text(data, size);
    const std::lock_guard lock(conversation.mutex_);
    SmtpDialogue& dialogue = conversation.outcome_.dialogue;
    if (kind == CURLINFO_HEADER_OUT) dialogue.sent(text);
    if (kind == CURLINFO_HEADER_IN) dialogue.heard(text);
    if (kind == CURLINFO_DATA_OUT) dialogue.sent_letter(text);
    if (kind == CURLINFO_TEXT && text.starts_with("SSL connection using")) dialogue.note(text);
    if (dialogue.takes_leave() && !conversation.quit_at_) conversation.quit_at_ = Clock::now();
    return 0;
  }
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<SmtpConversation*>(self)->must_end() ? 1 : 0;
  }
  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address) {
    return static_cast<SmtpConversation*>(self)->open_socket(address->family, address->socktype, address->protocol,
                                                             address_of(address->addr));
  }
  static int on_close(void* self, curl_socket_t handle) {
    static_cast<SmtpConversation*>(self)->close_socket(handle);
    return 0;
  }
  static std::size_t on_answer(char*, std::size_t size, std::size_t count, void*) { return size * count; }

  static void set(CURL* easy, SmtpConversation* self) {
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, &on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, self);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, self);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, self);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, self);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_answer);
  }
};

SmtpConversation::SmtpConversation(SmtpCall call, const net::AddressPolicy& policy)
    : call_(std::move(call)), policy_(policy) {}

void SmtpConversation::run(milliseconds limit) {
  char words[CURL_ERROR_SIZE] = {};
  CURLcode code = CURLE_FAILED_INIT;
  {
    List resolved_host;
    const Easy easy(curl_easy_init());
    if (is_name(call_.server.host)) resolved_host.add(resolved(call_.server, call_.addresses));
    if (easy) {
      const Letter letter(easy.get(), call_.mail);
      curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, words);
      set_connection(easy.get(), call_, resolved_host.get(), limit);
      set_tls(easy.get(), call_.server);
      set_login(easy.get(), call_.server);
      Callbacks::set(easy.get(), this);
      code = curl_easy_perform(easy.get());
      curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, nullptr);
    }
  }
  settle(code, words[0] != '\0' ? words : curl_easy_strerror(code));
}

void SmtpConversation::settle(int curl_code, const char* words) {
  const std::lock_guard lock(mutex_);
  const auto code = static_cast<CURLcode>(curl_code);
  outcome_.end = outcome_.dialogue.accepted() ? SmtpEnd::done : address_blocked_ ? SmtpEnd::blocked : end_of(code);
  if (code != CURLE_OK) outcome_.detail = net::clean_text(words);
}

void SmtpConversation::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  for (const int handle : sockets_) ::shutdown(handle, SHUT_RDWR);
}

SmtpOutcome SmtpConversation::outcome() const {
  const std::lock_guard lock(mutex_);
  return outcome_;
}

int SmtpConversation::open_socket(int family, int kind, int protocol, const boost::asio::ip::address& address) {
  const std::lock_guard lock(mutex_);
  if (interrupted_) return CURL_SOCKET_BAD;
  if (!policy_.permits(address)) {
    address_blocked_ = true;
    return CURL_SOCKET_BAD;
  }
  const int handle = ::socket(family, kind | SOCK_CLOEXEC, protocol);
  if (handle >= 0) sockets_.push_back(handle);
  return handle;
}

void SmtpConversation::close_socket(int handle) {
  const std::lock_guard lock(mutex_);
  std::erase(sockets_, handle);
  ::close(handle);
}

bool SmtpConversation::must_end() const {
  const std::lock_guard lock(mutex_);
  return interrupted_ || (quit_at_ && Clock::now() - *quit_at_ > patience_at_quit);
}

}  // namespace allclear::notify
