// SPDX-License-Identifier: Apache-2.0
// Requests and responses as the handlers see them, without the HTTP library.
#include "http/message.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace packetdrop {
namespace {

struct StatusInfo {
  int status;
  std::string_view reason;
  std::string_view error_type;  // Prometheus' own where it has one
};

constexpr std::array<StatusInfo, 15> kStatuses = {{
    {200, "OK", ""},
    {400, "Bad Request", "bad_data"},
    {401, "Unauthorized", "unauthorized"},
    {403, "Forbidden", "forbidden"},
    {404, "Not Found", "not_found"},
    {405, "Method Not Allowed", "method_not_allowed"},
    {409, "Conflict", "conflict"},
    {413, "Content Too Large", "too_large"},
    {414, "URI Too Long", "too_large"},
    {429, "Too Many Requests", "too_many_requests"},
    {431, "Request Header Fields Too Large", "too_large"},
    {500, "Internal Server Error", "internal"},
    {501, "Not Implemented", "not_implemented"},
    {503, "Service Unavailable", "unavailable"},
    {505, "HTTP Version Not Supported", "bad_data"},
}};

const StatusInfo& status_info(int status) {
  static constexpr StatusInfo kOther = {0, "Error", "internal"};
  const auto found = std::find_if(kStatuses.begin(), kStatuses.end(),
                                  [status](const StatusInfo& row) { return row.status == status; });
  return found == kStatuses.end() ? kOther : *found;
}

// Error texts quote what a client sent. Bytes that are not UTF-8 are replaced.
std::string dump(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_date(std::string& out) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 40> text{};
  out.append(text.data(),
             std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc));
}

}  // namespace

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const Header& header : headers)
    if (equal_ignoring_case(header.name, name)) return header.value;
  return std::nullopt;
}

std::string Request::list(std::string_view name) const {
  std::string all;
  for (const Header& header : headers)
    if (equal_ignoring_case(header.name, name)) append_item(all, ", ", header.value);
  return all;
}

std::size_t Request::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(),
      [name](const Header& header) { return equal_ignoring_case(header.name, name); }));
}

bool Request::has_body() const {
  return std::any_of(headers.begin(), headers.end(), [](const Header& header) {
    return equal_ignoring_case(header.name, "Transfer-Encoding") ||
           (equal_ignoring_case(header.name, "Content-Length") &&
            header.value.find_first_not_of('0') != std::string_view::npos);
  });
}

Response success_response(const nlohmann::json& data) {
  return {.body = R"({"status":"success","data":)" + dump(data) + "}\n"};
}

Response error_response(int status, std::string_view message) {
  return {.status = status,
          .body = R"({"status":"error","errorType":)" + dump(status_info(status).error_type) +
                  R"(,"error":)" + dump(message) + "}\n"};
}

std::string serialize(const Response& response, bool with_body, bool keep_alive) {
  std::string out;
  out.reserve(512 + (with_body ? response.body.size() : 0));
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(status_info(response.status).reason);
  out.append("\r\nContent-Type: ").append(response.content_type);
  out.append("\r\nContent-Length: ").append(std::to_string(response.body.size()));
  out.append("\r\nDate: ");
  append_date(out);
  for (const auto& [name, value] : response.headers)
    out.append("\r\n").append(name).append(": ").append(value);
  out.append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: ");
  out.append(keep_alive ? "keep-alive\r\n\r\n" : "close\r\n\r\n");
  if (with_body) out += response.body;
  return out;
}

}  // namespace packetdrop
