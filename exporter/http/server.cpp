// SPDX-License-Identifier: Apache-2.0
// An HTTP/1 server on TCP and Unix sockets, with civetweb.
#include "http/server.h"

#include <civetweb.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "base/text.h"
#include "http/admission.h"
#include "http/civetweb_connection.h"
#include "http/client_poll.h"
#include "http/connection.h"
#include "http/listen_address.h"
#include "http/tls_frontend.h"
#include "web_config/rate_limiter.h"

namespace packetdrop {
namespace {

// civetweb gives one worker to one connection, for as long as that is open; more clients wait.
constexpr Admission::Limits kLimits = {
    .workers = 32, .reserve = 6, .waiting = 1024, .patience = std::chrono::seconds(10)};
constexpr auto kOutOfDescriptors = std::chrono::milliseconds(50);  // until the next try

struct Setting {
  const char* name;
  const char* value;
};

constexpr std::array<Setting, 2> kSettings = {{
    {"connection_queue", "64"},  // never full: no more are admitted than there are workers
    {"tcp_nodelay", "1"},
}};

}  // namespace

// Owns the civetweb context; its address is civetweb's user data.
class Server::Impl {
 public:
  explicit Impl(Handlers handlers)
      : handlers_(std::move(handlers)),
        admission_(kLimits),
        tls_(handlers_.tls_identity),
        poll_(admission_, [this](Admission::Connection next) { resume(std::move(next)); }) {
    mg_init_library(MG_FEATURES_IPV6);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    stopping_ = true;
    handlers_.stop();
    poll_.stop();
    for (const SocketFile& file : socket_files_) remove_socket_file(file);
    if (context_) mg_stop(context_);
    mg_exit_library();
  }

  Result<void> listen(const std::vector<std::string>& texts);
  const std::vector<std::string>& addresses() const { return addresses_; }
  bool uses_tls() const { return tls_.is_on(); }
  std::uint64_t connections_refused() const { return admission_.refused(); }

 private:
  static void on_connection(void* self, mg_connection* connection);
  static int on_log(const mg_connection* connection, const char* message);
  static int on_tls_context(void** context, void* self);
  static int on_accept(void* self, const void* listener, int socket, const sockaddr* peer);
  static void on_close(const mg_connection* connection);
  static Impl& of(const mg_connection* connection) {
    return *static_cast<Impl*>(mg_get_user_data(mg_get_context(connection)));
  }

  Result<void> start_civetweb(const std::string& ports);
  Response answer(const mg_connection* connection, const Request& request);
  void resume(Admission::Connection connection);
  int bind_unix(int socket, const char* name);
  void note_plain_http(std::string_view peer);
  std::string civetweb_addresses() const;
  void learn_addresses();

  const Handlers handlers_;
  Admission admission_;
  TlsFrontend tls_;
  ClientPoll poll_;
  std::atomic<mg_context*> accepting_ = nullptr;  // known before mg_start2() returns it
  std::vector<ListenAddress> listen_;
  std::vector<SocketFile> socket_files_;
  mg_context* context_ = nullptr;
  RateLimiter plain_http_lines_;
  std::vector<std::string> addresses_;
  std::atomic<bool> started_ = false;
  std::atomic<bool> stopping_ = false;
  std::mutex start_mutex_;
  std::string start_problem_;  // civetweb's first words while it starts
};

void Server::Impl::on_connection(void* self, mg_connection* connection) {
  Impl& impl = *static_cast<Impl*>(self);
  const int socket = packetdrop_connection_socket(connection);
  const Connection::Handlers handlers{
      .answer = [&](const Request& request) { return impl.answer(connection, request); },
      .on_step = [&] { impl.admission_.begin(socket); },
      .on_plain_http = [&](std::string_view peer) { impl.note_plain_http(peer); }};
  Connection(connection, handlers).run();
  impl.admission_.end(socket);
}

Response Server::Impl::answer(const mg_connection* connection, const Request& request) {
  Response response = handlers_.answer(request);
  response.close |= !admission_.has_spare(*packetdrop_connection_peer(connection));
  return response;
}

// Rate-limited: any client can cause this line.
void Server::Impl::note_plain_http(std::string_view peer) {
  if (plain_http_lines_.allow({.burst = 10, .interval = std::chrono::seconds(1)}))
    spdlog::warn("{} sent an HTTP request to an HTTPS address", peer);
}

int Server::Impl::on_log(const mg_connection* connection, const char* message) {
  try {
    Impl& impl = of(connection);
    if (impl.started_) {
      spdlog::debug("civetweb: {}", message);
      return 1;
    }
    const std::lock_guard lock(impl.start_mutex_);
    if (impl.start_problem_.empty()) impl.start_problem_ = message;
  } catch (const std::exception&) {
    // The only cost is a lost line.
  }
  return 1;
}

// civetweb also calls it when it ends; 1 means that we free the context.
int Server::Impl::on_tls_context(void** context, void* self) {
  *context = static_cast<Impl*>(self)->tls_.context();
  return 1;
}

int Server::Impl::on_accept(void* self, const void* listener, int socket, const sockaddr* peer) {
  Impl& impl = *static_cast<Impl*>(self);
  try {
    if (socket >= 0) return impl.admission_.admit(*peer, socket, listener);
    // The listener stays readable: without a pause civetweb would call this again at once.
    if (!impl.admission_.make_room()) std::this_thread::sleep_for(kOutOfDescriptors);
  } catch (const std::exception&) {
    if (socket >= 0) ::close(socket);  // no memory to let it wait in
  }
  return 0;
}

void Server::Impl::on_close(const mg_connection* connection) {
  Impl& impl = of(connection);
  try {
    auto next = impl.admission_.release(*packetdrop_connection_peer(connection));
    if (!next || impl.stopping_) return;
    impl.resume(*std::move(next));
  } catch (const std::exception&) {
    // A waiting connection is served when the next one closes.
  }
}

void Server::Impl::resume(Admission::Connection connection) {
  packetdrop_resume(accepting_, connection.listener, connection.socket.release(),
                    reinterpret_cast<const sockaddr*>(&connection.peer));
}

// civetweb knows a Unix socket by its number in `listen_`.
int Server::Impl::bind_unix(int socket, const char* name) {
  std::size_t number = 0;
  std::from_chars(name, name + std::strlen(name), number);
  Result<SocketFile> bound = bind_unix_socket(socket, listen_.at(number).host);
  if (bound) {
    socket_files_.push_back(*std::move(bound));
    return 0;
  }
  if (start_problem_.empty()) start_problem_ = bound.error().message;
  errno = bound.error().code;
  return -1;
}

Result<void> Server::Impl::start_civetweb(const std::string& ports) {
  mg_callbacks callbacks{};
  callbacks.log_message = on_log;
  callbacks.external_ssl_ctx = on_tls_context;
  callbacks.connection_closed = on_close;
  packetdrop_admit = on_accept;
  packetdrop_serve = on_connection;
  packetdrop_wait_for_clients = [](void* self, mg_context* context, pollfd* listeners,
                                   unsigned count) {
    static_cast<Impl*>(self)->accepting_ = context;
    return static_cast<Impl*>(self)->poll_.wait_for_clients({listeners, count});
  };
  packetdrop_wait_for_client = [](void* self, pollfd* client, int milliseconds) {
    return static_cast<Impl*>(self)->poll_.wait_for_client(*client, milliseconds);
  };
  packetdrop_bind_unix = [](void* self, int socket, const char* name) {
    return static_cast<Impl*>(self)->bind_unix(socket, name);
  };
  const std::string workers = std::to_string(kLimits.workers);
  const std::string head_size = std::to_string(kMaxHeadSize);
  std::vector<const char*> options = {"listening_ports", ports.c_str(),      "num_threads",
                                      workers.c_str(),   "max_request_size", head_size.c_str()};
  for (const Setting& setting : kSettings) {
    options.push_back(setting.name);
    options.push_back(setting.value);
  }
  options.push_back(nullptr);
  std::array<char, 256> text{};
  mg_init_data init{
      .callbacks = &callbacks, .user_data = this, .configuration_options = options.data()};
  mg_error_data error{
      .code = 0, .code_sub = 0, .text = text.data(), .text_buffer_size = text.size()};
  context_ = mg_start2(&init, &error);
  started_ = true;
  if (context_ && !packetdrop_is_accepting(context_)) {
    context_ = nullptr;  // its workers wait until the process ends
    return Error{.code = EAGAIN, .message = "no thread can be had to accept connections"};
  }
  if (context_) return {};
  return Error{.code = EADDRNOTAVAIL,
               .message = start_problem_.empty() ? std::string(text.data()) : start_problem_};
}

// civetweb counts addresses by TCP only.
void Server::Impl::learn_addresses() {
  std::vector<mg_server_port> ports(listen_.size());
  mg_get_server_ports(context_, static_cast<int>(ports.size()), ports.data());
  auto port = ports.begin();
  for (const ListenAddress& address : listen_)
    addresses_.push_back(address.is_unix ? address.host
                                         : address.host + ":" + std::to_string(port++->port));
}

// Unix sockets come last: civetweb takes a colon anywhere behind one for a host's.
std::string Server::Impl::civetweb_addresses() const {
  std::string tcp;
  std::string local;
  for (std::size_t i = 0; i < listen_.size(); i++) {
    if (listen_[i].is_unix)
      append_item(local, ",", "x" + std::to_string(i));
    else
      append_item(tcp, ",", listen_[i].civetweb + (tls_.is_on() ? "s" : ""));
  }
  if (!local.empty()) append_item(tcp, ",", local);
  return tcp;
}

namespace {

// civetweb's "cannot bind to ADDRESS: 98 (Address already in use)" without the address, which the
// caller has named, where it is the only one.
std::string without_address(const std::string& problem) {
  const std::size_t open = problem.rfind(" (");
  if (!problem.starts_with("cannot bind to ") || open == problem.npos || !problem.ends_with(')'))
    return problem;
  return problem.substr(open + 2, problem.size() - open - 3);
}

}  // namespace

Result<void> Server::Impl::listen(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    Result<ListenAddress> address = parse_listen_address(text);
    if (!address) return address.error();
    if (address->is_unix)
      if (const Result<void> free = make_way_for_socket(address->host); !free) return free.error();
    listen_.push_back(*std::move(address));
  }
  if (const Result<void> started = start_civetweb(civetweb_addresses()); !started) {
    const std::string& problem = started.error().message;
    return Error{.code = started.error().code,
                 .message = "cannot listen on " + join(texts, ", ") + ": " +
                            (texts.size() == 1 ? without_address(problem) : problem)};
  }
  learn_addresses();
  return {};
}

Server::Server(Handlers handlers) : impl_(std::make_unique<Impl>(std::move(handlers))) {}
Server::~Server() = default;

Result<void> Server::listen(const std::vector<std::string>& addresses) {
  return impl_->listen(addresses);
}

const std::vector<std::string>& Server::addresses() const { return impl_->addresses(); }

bool Server::uses_tls() const { return impl_->uses_tls(); }

std::uint64_t Server::connections_refused() const { return impl_->connections_refused(); }

}  // namespace packetdrop
