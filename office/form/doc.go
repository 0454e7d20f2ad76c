// Package form knows questionnaires as data: how they are written in YAML, which answers fit, and what answers mean for
// somebody's health state. It keeps nothing.
package form
