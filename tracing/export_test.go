package tracing

// SetStragglers sets how few people are looked for by their own passes, and gives what it was.
func SetStragglers(n int) (was int) {
	was, stragglers = stragglers, n
	return was
}
