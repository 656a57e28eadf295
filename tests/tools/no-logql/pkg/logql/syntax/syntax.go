// SPDX-License-Identifier: Apache-2.0

// Package syntax is as much of Loki's package of that name as dashboard-linter needs to be compiled.
// No dashboard here asks Loki anything, and Loki is under another license and ten times as large as
// the linter; so nothing is LogQL.
package syntax

import (
	"errors"
	"time"
)

type Expr interface{}

type (
	BinOpExpr             struct{ SampleExpr, RHS Expr }
	LabelReplaceExpr      struct{ Left Expr }
	RangeAggregationExpr  struct{ Left *LogRange }
	VectorAggregationExpr struct{ Left Expr }
	LogRange              struct {
		Left     Expr
		Interval time.Duration
	}
	PipelineExpr struct {
		Left        Expr
		MultiStages []Expr
	}
)

// ParseExpr refuses everything.
func ParseExpr(string) (Expr, error) {
	return nil, errors.New("LogQL is not read here")
}
