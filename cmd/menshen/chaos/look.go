package chaos

import (
	"bytes"
	"context"
	"image/jpeg"
	"sync"
	"time"

	"connectrpc.com/connect"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web/client"
)

// looks has the hub's recognizer look at a frame again and again, as somebody who enrols people at a desk does, so that it is
// killed at its work.
type looks struct {
	world *world
	stop  context.CancelFunc
	all   sync.WaitGroup

	mu     sync.Mutex
	n      int                // frames that were looked at
	last   time.Time          // when the last of them was sent
	giveUp context.CancelFunc // the frame that is being looked at
}

// lookPause is how long nobody looks after an answer.
const lookPause = 200 * time.Millisecond

func (l *looks) begin() error {
	var frame bytes.Buffer
	if err := jpeg.Encode(&frame, yard(0), nil); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.all.Go(func() { l.run(ctx, frame.Bytes()) })
	return nil
}

func (l *looks) end() {
	if l.stop != nil {
		l.stop()
	}
	l.all.Wait()
}

func (l *looks) run(ctx context.Context, frame []byte) {
	for ctx.Err() == nil {
		if api, err := l.world.program.Connect(l.world.data); err == nil {
			for l.look(ctx, api, frame) == nil && pause(ctx, lookPause) == nil {
			}
			api.Close()
		}
		_ = pause(ctx, lookPause) // the hub was killed, or its recognizer
	}
}

// look sends one frame. There is no face in it, which is an answer too.
func (l *looks) look(ctx context.Context, api *client.Client, frame []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	l.mu.Lock()
	l.giveUp = cancel
	l.mu.Unlock()
	sent := time.Now()
	if _, err := api.Enrolment.LookAtFrame(ctx, connect.NewRequest(&menshenv1.LookAtFrameRequest{Jpeg: frame})); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n, l.last = l.n+1, sent
	return nil
}

// again gives up waiting for an answer, which whoever was killed cannot give, and sends another frame.
func (l *looks) again() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.giveUp != nil {
		l.giveUp()
	}
}

// after reports whether a frame was looked at that was sent after a moment.
func (l *looks) after(t time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last.After(t)
}

// count gives how many frames were looked at.
func (l *looks) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}
