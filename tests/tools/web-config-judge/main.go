// SPDX-License-Identifier: Apache-2.0

// web-config-judge says what the Prometheus exporter toolkit thinks of each web configuration file:
// one line a file, "accepted FILE" or "refused FILE: why".
package main

import (
	"fmt"
	"os"

	"github.com/prometheus/exporter-toolkit/web"
)

func main() {
	for _, file := range os.Args[1:] {
		if err := web.Validate(file); err != nil {
			fmt.Printf("refused %s: %v\n", file, err)
		} else {
			fmt.Printf("accepted %s\n", file)
		}
	}
}
