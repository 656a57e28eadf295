// SPDX-License-Identifier: Apache-2.0
// Lets std::unique_ptr free objects of a C library.
#pragma once

namespace packetdrop {

// A deleter that calls a function: std::unique_ptr<BIO, FreeBy<BIO_free_all>>.
template <auto function>
struct FreeBy {
  template <typename T>
  void operator()(T* lent) const {
    function(lent);
  }
};

}  // namespace packetdrop
