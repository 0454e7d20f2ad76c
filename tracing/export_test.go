package tracing

// SetWays sets by how many passes a gate is busy and how few people are looked for by their own passes, which are for speed
// alone, and gives what takes that back.
func SetWays(few, people int) (back func()) {
	f, s := fewOf, stragglers
	fewOf, stragglers = few, people
	return func() { fewOf, stragglers = f, s }
}
