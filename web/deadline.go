package web

import (
	"io"
	"net/http"
	"time"
)

// writeChunk is how much is handed to the network at once, so that a large answer to a slow but living client is not
// taken for a dead one.
const writeChunk = 64 << 10

// limited bounds the time and size of a request's body, and how long the client may take nothing of the answer. The
// whole answer has no limit: streams are open for days.
func limited(read, write time.Duration, size int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		// An error means that the connection is closed, which the next read or write tells.
		_ = rc.SetReadDeadline(time.Now().Add(read))
		_ = rc.SetWriteDeadline(time.Now().Add(write))
		r.Body = &deadlineBody{ReadCloser: http.MaxBytesReader(w, r.Body, size), rc: rc}
		next.ServeHTTP(&deadlineWriter{ResponseWriter: w, rc: rc, limit: write}, r)
	})
}

// deadlineBody takes the read deadline away once the body is read: net/http goes on reading to notice that the client
// went away, and an expired deadline would look like that.
type deadlineBody struct {
	io.ReadCloser
	rc *http.ResponseController
}

func (b *deadlineBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.rc.SetReadDeadline(time.Time{})
	}
	return n, err
}

// deadlineWriter moves the write deadline on with every piece that the client takes.
type deadlineWriter struct {
	http.ResponseWriter
	rc    *http.ResponseController
	limit time.Duration
}

func (w *deadlineWriter) Write(b []byte) (int, error) {
	done := 0
	for {
		_ = w.rc.SetWriteDeadline(time.Now().Add(w.limit))
		piece := b[done:min(done+writeChunk, len(b))]
		n, err := w.ResponseWriter.Write(piece)
		done += n
		if err != nil || done >= len(b) {
			return done, err
		}
	}
}

// Flush is what Connect calls after each message of a stream.
func (w *deadlineWriter) Flush() {
	_ = w.rc.SetWriteDeadline(time.Now().Add(w.limit))
	_ = w.rc.Flush() // the next write tells what went wrong
}

func (w *deadlineWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
