// SPDX-License-Identifier: Apache-2.0
// Makes views, and lists all that there are.
#include "views/view.h"

#include <iterator>

#include "views/views.h"

namespace packetdrop {

View make_view(const ViewInfo& info, const ViewInput& input) {
  View view{.info = &info};
  info.fill(input, view);
  return view;
}

std::span<const ViewInfo* const> views() {
#define PD_VIEW(view) &view,
  static constexpr const ViewInfo* kViews[] = {
#include "views/views.def"
  };
#undef PD_VIEW
  return kViews;
}

}  // namespace packetdrop
