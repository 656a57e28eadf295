// SPDX-License-Identifier: Apache-2.0
// Certificates for tests, made in a moment (P-256), valid for an hour.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/free_by.h"

namespace packetdrop {

// A key and its certificate.
class Certified {
 public:
  // Signed by `issuer`; an authority that signs itself where that is null. `name` is the subject
  // and the one DNS name.
  explicit Certified(const std::string& name, const Certified* issuer = nullptr);

  EVP_PKEY* key() const { return key_.get(); }
  X509* certificate() const { return certificate_.get(); }
  std::string key_pem() const;
  std::string certificate_pem() const;

 private:
  std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>> key_;
  std::unique_ptr<X509, FreeBy<X509_free>> certificate_;
};

}  // namespace packetdrop
