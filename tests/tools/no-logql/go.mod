// Stands in for Loki where dashboard-linter asks for its query language.
module github.com/grafana/loki/v3

go 1.26.0
