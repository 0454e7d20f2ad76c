package casebook

// Act says who changes something, why, and from which state of it.
type Act struct {
	By  string // who; required
	Why string // reason, 1 … 500 characters; required
	// Revision of the case or the contact that the change was made from. If somebody changed it meanwhile, the change is
	// refused with CodeConflict. 0 takes it as it is now.
	Revision uint64
}
