//go:build !amd64

package gallery

// kernels gives what this processor can do, the fastest first.
func kernels() []kernel { return []kernel{plain()} }
