// SPDX-License-Identifier: Apache-2.0
// A handshake goes on by the files that were in force when it began, whatever is read meanwhile.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>

#include "access/authentication.h"
#include "http/tls_frontend.h"
#include "support/certificates.h"
#include "support/folder.h"

namespace packetdrop {
namespace {

using Context = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, FreeBy<SSL_free>>;

// Client and server in one thread, with memory between them, one message at a time.
class Handshake {
 public:
  // `shown` is the client's certificate, or null.
  Handshake(SSL_CTX* server, int version, const Certified* shown)
      : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    if (shown != nullptr) {
      SSL_CTX_use_certificate(context_.get(), shown->certificate());
      SSL_CTX_use_PrivateKey(context_.get(), shown->key());
    }
    client_.reset(SSL_new(context_.get()));
    server_.reset(SSL_new(server));
    BIO* ours = nullptr;
    BIO* theirs = nullptr;
    BIO_new_bio_pair(&ours, 64 * 1024, &theirs, 64 * 1024);
    SSL_set_bio(client_.get(), ours, ours);
    SSL_set_bio(server_.get(), theirs, theirs);
    SSL_set_connect_state(client_.get());
    SSL_set_accept_state(server_.get());
  }

  // The client's hello, and what the server answers to it.
  void begin() {
    SSL_do_handshake(client_.get());
    SSL_do_handshake(server_.get());
  }

  // Certificate and Finished; whether the server lets the client in.
  bool finish() {
    for (int i = 0; i < 3; i++) {
      SSL_do_handshake(client_.get());
      SSL_do_handshake(server_.get());
    }
    return SSL_is_init_finished(server_.get()) == 1;
  }

  const SSL* server() const { return server_.get(); }

 private:
  Context context_;
  Connection client_;
  Connection server_;
};

struct Client {
  std::string_view what;
  const Certified* certificate;
  bool is_given = true;
  bool is_known = true;  // signed by the configured authority
  bool is_listed = true;
};

struct Auth {
  std::string_view type;
  bool asks, requires_one, verifies;

  bool admits(const Client& client) const {
    if (!asks) return true;
    if (!client.is_given) return !requires_one;
    return client.is_listed && (client.is_known || !verifies);
  }
};

constexpr std::array<Auth, 5> kAuths = {{{"NoClientCert", false, false, false},
                                         {"RequestClientCert", true, false, false},
                                         {"RequireAnyClientCert", true, true, false},
                                         {"VerifyClientCertIfGiven", true, false, true},
                                         {"RequireAndVerifyClientCert", true, true, true}}};

constexpr std::chrono::nanoseconds kAtOnce{0};  // what has changed is in force

class TlsReload : public testing::Test {
 protected:
  // With `auth` in force, from here on.
  void configure(const Auth& auth) {
    files_.replace("server.crt", server_.certificate_pem());
    files_.replace("server.key", server_.key_pem());
    files_.replace("ca.crt", authority_.certificate_pem());
    allow(auth, "client");
    auto opened = WebConfigFile::open(files_.path("web.yml"), kAtOnce);
    ASSERT_TRUE(opened) << opened.error().message;
    access_.emplace(*std::move(opened));
    frontend_.emplace([this] { return access_->state()->identity; });
  }

  // `names` are the client_allowed_sans, with commas between them.
  void allow(const Auth& auth, const std::string& names) {
    std::string text =
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_allowed_sans: [" +
        names + "], client_auth_type: " + std::string(auth.type);
    if (auth.asks) text += ", client_ca_file: ca.crt";
    files_.replace("web.yml", text + "}");
  }

  // A connection of that client, which the server let in.
  std::unique_ptr<Handshake> connected(int version, const Certified& shown) {
    auto connection = std::make_unique<Handshake>(frontend_->context(), version, &shown);
    connection->begin();
    EXPECT_TRUE(connection->finish());
    return connection;
  }

  // By the files as they are now.
  bool has_verified(const Handshake& connection) {
    return TlsIdentity::has_verified(connection.server(), access_->state()->identity);
  }

  // What the next request of that connection gets; nothing where it comes in.
  std::optional<Response> refusal_of(const Handshake& connection) {
    const Request request{
        .has_verified_certificate = [&](const std::shared_ptr<const TlsIdentity>& in_force) {
          return TlsIdentity::has_verified(connection.server(), in_force);
        }};
    return access_->refuse(access_->state(), request);
  }

  // 403, by which the client knows that only another connection can help.
  void expect_end(const Handshake& connection) {
    const auto refusal = refusal_of(connection);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->status, 403);
    EXPECT_TRUE(refusal->close);
  }

  // Replaces `name` by itself while a handshake waits for its client.
  void hold_across_a_reload(const Auth& auth, int version, const std::string& name,
                            const Client& client) {
    std::weak_ptr<const TlsIdentity> identity = access_->state()->identity;
    auto held = std::make_unique<Handshake>(frontend_->context(), version, client.certificate);
    held->begin();
    files_.replace_by_itself(name);
    ASSERT_NE(access_->state()->identity, identity.lock());
    ASSERT_FALSE(identity.expired());
    EXPECT_EQ(held->finish(), auth.admits(client));
    EXPECT_EQ(has_verified(*held), auth.verifies && client.is_given && auth.admits(client));
    held.reset();
    EXPECT_TRUE(identity.expired());
  }

  Folder files_;
  const Certified authority_{"authority"};
  const Certified other_authority_{"other authority"};
  const Certified server_{"server", &authority_};
  const Certified right_{"client", &authority_};
  const Certified stranger_{"client", &other_authority_};
  const Certified unlisted_{"somebody", &authority_};
  const std::array<Client, 4> clients_ = {
      {{.what = "no certificate", .certificate = nullptr, .is_given = false},
       {.what = "the right one", .certificate = &right_},
       {.what = "of another authority", .certificate = &stranger_, .is_known = false},
       {.what = "with another name", .certificate = &unlisted_, .is_listed = false}}};
  std::optional<Authentication> access_;
  std::optional<TlsFrontend> frontend_;
};

TEST_F(TlsReload, a_handshake_that_is_held_across_a_reload_keeps_its_rules) {
  for (const Auth& auth : kAuths) {
    ASSERT_NO_FATAL_FAILURE(configure(auth));
    for (const std::string name : {"web.yml", "server.crt", "server.key", "ca.crt"}) {
      if (name == "ca.crt" && !auth.asks) continue;  // not named in that configuration
      for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
        for (const Client& client : clients_) {
          SCOPED_TRACE(testing::Message() << auth.type << ", TLS " << std::hex << version << ", "
                                          << name << ", " << client.what);
          ASSERT_NO_FATAL_FAILURE(hold_across_a_reload(auth, version, name, client));
        }
    }
  }
}

TEST_F(TlsReload, a_handshake_keeps_its_rules_when_others_take_their_place) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ASSERT_NO_FATAL_FAILURE(configure(kAuths.back()));
    Handshake stranger(frontend_->context(), version, &stranger_);
    Handshake right(frontend_->context(), version, &right_);
    stranger.begin();
    right.begin();
    files_.replace("ca.crt", other_authority_.certificate_pem());
    Handshake later(frontend_->context(), version, &stranger_);
    later.begin();
    EXPECT_FALSE(stranger.finish());
    EXPECT_TRUE(right.finish());
    EXPECT_TRUE(later.finish());
  }
}

TEST_F(TlsReload, who_was_verified_by_rules_that_are_gone_is_so_no_longer) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ASSERT_NO_FATAL_FAILURE(configure(kAuths.back()));
    Handshake before(frontend_->context(), version, &right_);
    before.begin();
    ASSERT_TRUE(before.finish());
    Handshake between(frontend_->context(), version, &right_);
    between.begin();
    files_.replace_by_itself("ca.crt");
    access_->state();
    EXPECT_TRUE(has_verified(before));
    files_.replace("ca.crt", other_authority_.certificate_pem());
    access_->state();
    EXPECT_FALSE(has_verified(before));
    EXPECT_TRUE(between.finish());
    EXPECT_FALSE(has_verified(between));
    Handshake after(frontend_->context(), version, &stranger_);
    after.begin();
    EXPECT_TRUE(after.finish());
    EXPECT_TRUE(has_verified(after));
  }
}

TEST_F(TlsReload, the_first_request_after_an_authority_is_gone_is_refused) {
  ASSERT_NO_FATAL_FAILURE(configure(kAuths.back()));
  const auto before = connected(TLS1_3_VERSION, right_);
  EXPECT_FALSE(refusal_of(*before));
  files_.replace("ca.crt", other_authority_.certificate_pem());
  expect_end(*before);
  files_.replace("ca.crt", authority_.certificate_pem());
  expect_end(*before);
}

TEST_F(TlsReload, a_client_goes_on_while_its_authority_is_in_the_bundle) {
  const std::string ours = authority_.certificate_pem();
  const std::string other = other_authority_.certificate_pem();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ASSERT_NO_FATAL_FAILURE(configure(kAuths.back()));
    const auto before = connected(version, right_);
    for (const std::string& bundle :
         {ours + "\n", "# ours\n" + ours, ours + other, other + ours, ours + ours, ours}) {
      files_.replace("ca.crt", bundle);
      EXPECT_FALSE(refusal_of(*before)) << bundle;
    }
  }
}

TEST_F(TlsReload, who_loses_its_authority_comes_back_by_a_new_connection) {
  const std::string both = authority_.certificate_pem() + other_authority_.certificate_pem();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ASSERT_NO_FATAL_FAILURE(configure(kAuths.back()));
    files_.replace("ca.crt", both);
    const auto gone = connected(version, stranger_);
    const auto kept = connected(version, right_);
    EXPECT_FALSE(refusal_of(*gone));
    files_.replace("ca.crt", authority_.certificate_pem());
    expect_end(*gone);
    EXPECT_FALSE(refusal_of(*kept));
    Handshake again(frontend_->context(), version, &stranger_);
    again.begin();
    EXPECT_FALSE(again.finish());
    EXPECT_FALSE(refusal_of(*connected(version, right_)));
  }
}

TEST_F(TlsReload, a_client_goes_on_while_its_name_is_allowed) {
  ASSERT_NO_FATAL_FAILURE(configure(kAuths.back()));
  const auto before = connected(TLS1_3_VERSION, right_);
  allow(kAuths.back(), "somebody, client");
  EXPECT_FALSE(refusal_of(*before));
  allow(kAuths[3], "client");  // VerifyClientCertIfGiven
  EXPECT_FALSE(refusal_of(*before));
  allow(kAuths.back(), "somebody");
  expect_end(*before);
}

}  // namespace
}  // namespace packetdrop
