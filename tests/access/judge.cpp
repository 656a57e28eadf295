// SPDX-License-Identifier: Apache-2.0
// Says what the exporter thinks of each web configuration file, in the words of web-config-judge:
// one line a file, "accepted FILE" or "refused FILE: why".
#include <cstdio>

#include "web_config/web_config_file.h"

int main(int argc, char** argv) {
  for (int i = 1; i < argc; i++) {
    const auto file = packetdrop::WebConfigFile::open(argv[i]);
    if (file)
      std::printf("accepted %s\n", argv[i]);
    else
      std::printf("refused %s: %s\n", argv[i], file.error().message.c_str());
  }
}
