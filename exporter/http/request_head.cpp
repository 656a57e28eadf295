// SPDX-License-Identifier: Apache-2.0
// Reads the head of a request as RFC 9112 defines it.
#include "http/request_head.h"

#include <algorithm>
#include <optional>

#include "base/ip_address.h"
#include "base/text.h"

namespace packetdrop {
namespace {

using Problem = std::optional<HeadError>;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadMethod = "HEAD";

HeadError bad(std::string message) { return {.status = 400, .message = std::move(message)}; }

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// RFC 3986, 3.2.2; it may be empty.
bool is_registered_name(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); i++) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2]))
        return false;
      i += 2;
    } else if (!is_alpha(text[i]) && !is_digit(text[i]) &&
               std::string_view("-._~!$&'()*+,;=").find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// RFC 3986, 3.2.2: a name, an IPv4 address or an [IPv6] one, and maybe a port. Without user names.
bool is_authority(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const std::size_t host_end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && host_end == text.npos) return false;
  const std::string_view host = text.substr(0, host_end + (bracketed ? 1 : 0));
  std::string_view port;
  if (host_end != text.npos) port = text.substr(host_end + (bracketed ? 1 : 0));
  if (!port.empty() && (port.front() != ':' || (port.size() > 1 && !is_number(port.substr(1)))))
    return false;
  return bracketed ? parse_bracketed_ipv6(host).has_value() : is_registered_name(host);
}

// Fills path and query of "/path?query".
void split_path(std::string_view target, RequestHead& head) {
  const std::size_t mark = target.find('?');
  head.path = target.substr(0, mark);
  if (mark != target.npos) head.query = target.substr(mark + 1);
}

// RFC 9112, 3.2.
Problem parse_target(std::string_view target, RequestHead& head) {
  if (!std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7f; }))
    return bad("the request target holds a byte that must be percent-encoded");
  if (target.starts_with('/')) {
    split_path(target, head);
    return std::nullopt;
  }
  if (target == "*" && head.method == "OPTIONS") {
    head.path = target;
    return std::nullopt;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_ignoring_case(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::string_view authority = target.substr(0, target.find_first_of("/?"));
    if (authority.empty() || !is_authority(authority)) break;
    head.absolute_target = true;
    split_path(target.substr(authority.size()), head);
    if (head.path.empty()) head.path = "/";
    return std::nullopt;
  }
  return bad("the request target is neither a path nor an http:// URL");
}

Problem parse_version(std::string_view version, RequestHead& head) {
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7]))
    return bad("the request line does not end in an HTTP version");
  if (version[5] != '1')
    return HeadError{.status = 505, .message = "HTTP/1.1 and HTTP/1.0 are spoken here"};
  head.minor_version = version[7] == '0' ? 0 : 1;  // RFC 9110, 2.5: a later one is understood as 1
  return std::nullopt;
}

// "METHOD TARGET VERSION", one space between them.
Problem parse_request_line(std::string_view line, RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || first == last)
    return bad("a request line is a method, a target and a version");
  head.method = line.substr(0, first);
  if (!is_token(head.method)) return bad("the request method is no token");
  if (Problem problem = parse_version(line.substr(last + 1), head)) return problem;
  return parse_target(line.substr(first + 1, last - first - 1), head);
}

Problem parse_header_line(std::string_view line, RequestHead& head) {
  if (head.count == head.lines.size())
    return HeadError{.status = 431,
                     .message = "more than " + std::to_string(kMaxHeaderLines) + " header lines"};
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return bad("a header line has no colon");
  if (!is_token(line.substr(0, colon))) return bad("the name of a header is no token");
  head.lines[head.count++] = {line.substr(0, colon), trim(line.substr(colon + 1))};
  return std::nullopt;
}

// RFC 9112, 3.2.
Problem check_host(const Request& request, int minor_version) {
  const std::size_t count = request.count("Host");
  if (count > 1) return bad("more than one Host");
  if (count == 0 && minor_version > 0) return bad("the header Host is missing");
  if (!is_authority(request.header("Host").value_or("")))
    return bad("Host is neither HOST nor HOST:PORT");
  return std::nullopt;
}

// RFC 9112, 6: where a body ends must have one meaning.
Problem check_body_length(const Request& request, int minor_version) {
  const auto length = request.header("Content-Length");
  if (request.count("Content-Length") > 1) return bad("more than one Content-Length");
  if (length && !is_number(*length)) return bad("Content-Length is no number");
  const auto coding = request.header("Transfer-Encoding");
  if (!coding) return std::nullopt;
  if (length) return bad("both Content-Length and Transfer-Encoding");
  if (minor_version == 0) return bad("Transfer-Encoding in HTTP/1.0");
  if (request.count("Transfer-Encoding") > 1 || !equal_ignoring_case(*coding, "chunked"))
    return HeadError{.status = 501, .message = "a Transfer-Encoding other than chunked"};
  return std::nullopt;
}

Problem check_meaning(const RequestHead& head) {
  const Request request{.headers = head.headers()};
  if (Problem problem = check_host(request, head.minor_version)) return problem;
  return check_body_length(request, head.minor_version);
}

Problem parse_lines(std::string_view text, RequestHead& head) {
  std::string_view line = text.substr(0, text.find(kLineEnd));
  if (Problem problem = parse_request_line(line, head)) return problem;
  while (true) {
    text.remove_prefix(line.size() + kLineEnd.size());
    line = text.substr(0, text.find(kLineEnd));
    if (line.empty()) return std::nullopt;
    if (Problem problem = parse_header_line(line, head)) return problem;
  }
}

}  // namespace

HeadPosition find_head(std::string_view received) {
  using enum HeadPosition::State;
  HeadPosition found;
  while (received.substr(found.begin).starts_with(kLineEnd)) found.begin += kLineEnd.size();
  if (found.begin > kMaxEmptyLines * kLineEnd.size()) return {.state = kMalformed};
  for (std::size_t i = found.begin; i < received.size(); i++) {
    const auto c = static_cast<unsigned char>(received[i]);
    if (c == '\r') {
      if (i + 1 < received.size() && received[i + 1] != '\n') return {.state = kMalformed};
    } else if (c == '\n') {
      if (i == found.begin || received[i - 1] != '\r') return {.state = kMalformed};
      if (i >= found.begin + 3 && received[i - 2] == '\n')
        return {.state = kComplete, .begin = found.begin, .end = i + 1};
    } else if ((c < ' ' && c != '\t') || c == 0x7f) {
      return {.state = kMalformed};
    }
  }
  return found;
}

std::variant<RequestHead, HeadError> parse_head(std::string_view text) {
  RequestHead head;
  if (Problem problem = parse_lines(text, head)) return *std::move(problem);
  if (Problem problem = check_meaning(head)) return *std::move(problem);
  return head;
}

bool is_head_request(std::string_view received) {
  const std::size_t first = received.find_first_not_of(kLineEnd);
  if (first == received.npos) return false;
  received.remove_prefix(first);
  return received.starts_with(kHeadMethod) && received.substr(kHeadMethod.size()).starts_with(' ');
}

bool RequestHead::wants_keep_alive() const {
  bool keep_alive = minor_version > 0;
  for (const Header& header : headers()) {
    if (!equal_ignoring_case(header.name, "Connection")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const std::string_view item = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
      if (equal_ignoring_case(trim(item), "close")) return false;
      keep_alive |= equal_ignoring_case(trim(item), "keep-alive");
    }
  }
  return keep_alive;
}

}  // namespace packetdrop
