// SPDX-License-Identifier: Apache-2.0
#include "support/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace packetdrop {
namespace {

using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;

std::string text_of(const Bio& bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Certified::Certified(const std::string& name, const Certified* issuer)
    : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
  X509* const out = certificate_.get();
  X509_set_version(out, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(out), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(out), -60);
  X509_gmtime_adj(X509_getm_notAfter(out), 3600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(out), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(out, X509_get_subject_name(issuer == nullptr ? out : issuer->certificate()));
  X509_set_pubkey(out, key());
  if (issuer == nullptr) add_extension(out, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(out, NID_subject_alt_name, "DNS:" + name);
  X509_sign(out, issuer == nullptr ? key() : issuer->key(), EVP_sha256());
}

std::string Certified::key_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio);
}

std::string Certified::certificate_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate());
  return text_of(bio);
}

}  // namespace packetdrop
