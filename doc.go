// Package menshen holds the words of Menshen (门神), a face-recognition access-control and contact-tracing service for
// residential communities: sites, zones and gates, people and their templates, sightings, matches, decisions, passes,
// stays and exposures, with their validation and the one error type.
//
// It does no I/O and imports nothing of ours. Every adapter (store, bus, camera, recognizer, web, …) speaks in these
// types and knows no other adapter; package cmd/menshen alone joins them. See ARCHITECTURE.md for the map.
//
// All values here are plain data: safe to copy, and safe for concurrent reading once shared.
package menshen
