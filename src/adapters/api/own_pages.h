// Whether a request comes from a page of ours: what a browser says about it that no page of others can change (S2). Pure.
#pragma once

#include "net/http_message.h"

namespace allclear::api {

// By Origin, which has to name the host that was asked; when there is none, by Sec-Fetch-Site.
bool is_from_own_page(const net::HttpRequest& request);

// Of a browser on this host, which asked for it by a name or address that means this host: another name that leads here is
// a page of others (DNS rebinding). What a proxy forwards is not local, either.
bool is_from_this_host(const net::HttpRequest& request);

// An address of 127.0.0.0/8, or ::1.
bool is_loopback(std::string_view address);
// A loopback client that no proxy speaks for.
bool is_local(const net::HttpRequest& request);

}  // namespace allclear::api
