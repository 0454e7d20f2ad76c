package casebook

// Engine derives contacts from passes and the registry. *tracing.Tracer is one; the method follows with branch engine.
type Engine interface{}
