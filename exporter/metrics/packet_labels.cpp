// SPDX-License-Identifier: Apache-2.0
// The labels that come from tables, in their final form.
#include "metrics/packet_labels.h"

#include <vector>

namespace packetdrop {
namespace {

// One text for each row of `table`.
template <typename Table, typename Describe>
std::vector<LabelText> texts(const Table& table, Describe describe) {
  std::vector<LabelText> made;
  made.reserve(table.size());
  for (const auto& row : table) made.push_back(describe(row));
  return made;
}

std::vector<LabelText> all_verdict_labels() {
  std::vector<LabelText> made;
  for (const DropClassInfo& drop_class : drop_classes())
    for (const DropLayerInfo& layer : drop_layers())
      made.push_back(label_text({{"class", drop_class.label}, {"layer", layer.label}}));
  return made;
}

}  // namespace

const LabelText& hook_labels(pd_hook hook) {
  static const auto kTexts = texts(hooks(), [](const ProbeInfo& row) {
    return label_text({{"hook", row.label}, {"direction", to_string(row.direction)}});
  });
  return kTexts[hook];
}

const LabelText& key_labels(std::size_t key) {
  static const auto kTexts = texts(keys(), [](const KeyInfo& row) {
    return label_text({{"family", row.family}, {"protocol", row.protocol}});
  });
  return kTexts[key];
}

const LabelText& verdict_labels(const Verdict& verdict) {
  static const auto kTexts = all_verdict_labels();
  return kTexts[static_cast<std::size_t>(verdict.drop_class) * kDropLayerCount +
                static_cast<std::size_t>(verdict.layer)];
}

}  // namespace packetdrop
