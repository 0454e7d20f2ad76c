package bus

// StopJetStream ends JetStream and leaves the server running, which is how a server looks whose disk was full.
func (s *Server) StopJetStream() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.nats.ShutdownJetStream()
}
