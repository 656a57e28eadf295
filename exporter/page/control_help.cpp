// SPDX-License-Identifier: Apache-2.0
// How a person activates and deactivates this exporter.
#include "page/control_help.h"

#include <algorithm>

#include "base/ip_address.h"
#include "base/text.h"

namespace packetdrop {
namespace {

constexpr std::string_view kUnixScheme = "unix:";

// The host of a URL that reaches `host` over loopback; empty if loopback does not reach it. One
// IPv6 address can be written in many ways.
std::string loopback_host(std::string_view host) {
  if (host.empty() || host == "0.0.0.0" || equal_ignoring_case(host, "localhost"))
    return "localhost";
  if (host.starts_with("127.")) return std::string(host);
  const auto address = parse_bracketed_ipv6(host);
  if (!address) return {};
  if (IN6_IS_ADDR_UNSPECIFIED(&*address)) return "localhost";
  return IN6_IS_ADDR_LOOPBACK(&*address) ? "[::1]" : "";
}

// "localhost:10942", if an address listens on loopback.
std::optional<std::string> loopback_authority(const ControlSetup& setup) {
  for (const std::string_view address : setup.listen_addresses) {
    const std::size_t colon = address.rfind(':');
    if (address.starts_with(kUnixScheme) || colon == address.npos) continue;
    std::string authority = loopback_host(address.substr(0, colon));
    if (authority.empty()) continue;
    const std::string_view port = address.substr(colon + 1);
    if (port == "0" && !setup.port) continue;
    authority += ':';
    return authority.append(port == "0" ? std::to_string(*setup.port) : std::string(port));
  }
  return std::nullopt;
}

std::optional<std::string> unix_path(const ControlSetup& setup) {
  for (const std::string_view address : setup.listen_addresses)
    if (address.starts_with(kUnixScheme)) return std::string(address.substr(kUnixScheme.size()));
  return std::nullopt;
}

// `text` as one word for a shell. Inside single quotes only a single quote is special.
std::string shell_word(std::string_view text) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.-_:@%+";
  if (!text.empty() && text.find_first_not_of(kPlain) == text.npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string(R"('\'')") : std::string(1, c);
  return word + "'";
}

// Whether a URL and a shell accept it without quotes.
bool is_plain(std::string_view host) {
  static constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
  return !host.empty() && host.find_first_not_of(kLetters) == host.npos;
}

std::string on_this_machine(const ControlSetup& setup) {
  std::string text = "On this machine, as root";
  for (const uid_t uid : setup.control_uids)
    if (uid != 0) text += " or user " + std::to_string(uid);
  return text + ".";
}

// An authenticated client may POST from anywhere.
ControlHelp for_whoever_is_known(const ControlSetup& setup, const std::string& authority) {
  ControlHelp help{.who = {}, .curl = "curl"};
  const bool shows_certificate = setup.requires_certificate || !setup.passwords;
  help.who = !setup.passwords    ? "From anywhere, with a client certificate."
             : shows_certificate ? "From anywhere, with a client certificate and a password."
                                 : "From anywhere, with a password.";
  if (setup.tls) {
    help.who += " CA.pem is the authority that signed this server's certificate.";
    help.curl += " --cacert CA.pem";
  }
  if (shows_certificate) help.curl += " --cert CLIENT.pem --key CLIENT.key";
  if (setup.passwords) help.curl += " -u USER";
  help.curl += std::string(" -X POST ") + (setup.tls ? "https://" : "http://") + authority;
  return help;
}

}  // namespace

ControlHelp control_help(const ControlSetup& setup) {
  const std::optional<std::string> loopback = loopback_authority(setup);
  const std::optional<std::string> socket = unix_path(setup);
  const bool is_known = setup.passwords || setup.verifies_clients;
  if (is_known && !setup.reader_is_unix && (is_plain(setup.host) || loopback))
    return for_whoever_is_known(setup, is_plain(setup.host) ? std::string(setup.host) : *loopback);
  if (socket && (setup.reader_is_unix || is_known || !loopback))
    return {.who = on_this_machine(setup),
            .curl = "sudo curl --unix-socket " + shell_word(*socket) + " -X POST http://localhost"};
  if (!loopback)
    return {.who =
                "Nobody can: it listens neither on loopback nor on a Unix socket, and without "
                "users or client certificates (--web.config.file) no other caller is allowed.",
            .curl = {}};
  ControlHelp help{.who = on_this_machine(setup), .curl = "sudo curl"};
  if (setup.tls) {
    help.who += " Over loopback the server's certificate need not be verified (-k).";
    help.curl += " -k";
  }
  if (setup.requires_certificate) help.curl += " --cert CLIENT.pem --key CLIENT.key";
  help.curl += std::string(" -X POST ") + (setup.tls ? "https://" : "http://") + *loopback;
  return help;
}

}  // namespace packetdrop
