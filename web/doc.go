// Package web is the hub's HTTP server: the Connect API of proto/menshen/v1, a small front page, the pages behind links
// (/l/…), /healthz and /metrics.
//
// It owns the listener, authentication and what each role may call, the audit entry before every answer about a person, the
// limits of requests and streams, and the translation of errors for clients. It does not own what the answers are made of:
// the site, the pass log, the office, the gates, enrolment and tracing are small interfaces declared here, which package
// cmd/menshen joins to the rooms that have them. Package web/client is the other end of the API, for the command line.
//
// Nothing personal is told without a token. The one exception is a link: its token is in its address, it is good once, and
// its page tells no more than the first character of a name. The listener is on loopback unless a certificate is configured, because a
// token must not cross a network in clear.
package web
