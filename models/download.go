package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"menshen"
)

// download brings one file from an address, through a .part file that survives a broken connection, a crash and a
// cancelled command.
type download struct {
	store   *Store
	file    File
	address string
	options FetchOptions
	part    string

	reported int64 // bytes that Progress knows of
	resumed  bool  // the part holds bytes of an earlier answer
}

// packedMargin is how much larger than the unpacked file a packed one may be: bzip2 adds less than one percent.
const packedMargin = 1 << 20

// limit is how large the part may get.
func (d *download) limit() int64 {
	if d.file.Packing != "" {
		return d.file.Size + d.file.Size/64 + packedMargin
	}
	return d.file.Size
}

// run downloads, verifies and places the file. Attempts that bring something are not counted against the limit. A part
// that was pieced together and is wrong is thrown away and fetched once more in one piece: the file at the address may
// have changed in between.
func (d *download) run(ctx context.Context) (sums, error) {
	for failures, whole := 0, false; ; {
		before := d.size()
		err := d.attempt(ctx)
		if err == nil {
			got, err := d.finish(ctx)
			if menshen.ErrorCode(err) == menshen.CodeCorrupt {
				d.restart()
				if d.resumed && !whole {
					whole = true
					continue
				}
			}
			return got, err
		}
		var again *temporary
		if !errors.As(err, &again) || ctx.Err() != nil {
			return sums{}, err
		}
		if d.size() > before {
			failures = 0
		}
		if failures++; failures >= d.options.Attempts || hopeless(again.err) {
			return sums{}, d.unreachable(again.err)
		}
		if err := sleep(ctx, jitter(d.options.Backoff<<min(failures-1, 6))); err != nil {
			return sums{}, err
		}
	}
}

// attempt asks once for what is missing and appends it to the part. nil says that the part is complete.
func (d *download) attempt(ctx context.Context) error {
	out, err := os.OpenFile(d.part, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return writing(d.part, err)
	}
	defer out.Close()
	have, etag, err := d.resumable(out)
	if err != nil {
		return err
	}
	d.report(have)
	if have == d.limit() && d.file.Packing == "" {
		return nil
	}
	if host := d.host(); d.options.dead[host] {
		return d.unreachable(errors.New(host + " did not answer before"))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(d.options.Stall, func() { cancel(errStalled) })
	defer watch.Stop()

	resp, err := d.get(ctx, have, etag)
	if err != nil {
		d.options.dead[d.host()] = unconnected(err)
		return temporarily(cause(ctx, err))
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0 && isAll(resp, have) {
		return nil
	}
	if have, err = d.accept(out, resp, have); err != nil {
		return err
	}
	if err := d.remember(resp); err != nil {
		return err
	}
	if _, err := out.Seek(have, io.SeekStart); err != nil {
		return writing(d.part, err)
	}
	return d.receive(ctx, out, resp, have, watch)
}

// receive appends the body of an answer to the part.
func (d *download) receive(ctx context.Context, out *os.File, resp *http.Response, have int64, watch *time.Timer) error {
	to := &tracked{w: out}
	alive := counter(func(n int64) {
		watch.Reset(d.options.Stall)
		d.report(d.reported + n)
	})
	n, err := io.Copy(io.MultiWriter(to, alive), io.LimitReader(resp.Body, d.limit()-have+1))
	d.resumed = d.resumed || have > 0
	switch {
	case to.err != nil:
		return writing(d.part, to.err)
	case have+n > d.limit():
		d.restart()
		return refused(d.file, d.address).WithCause(fmt.Errorf("it is larger than %d bytes", d.limit()))
	case err != nil:
		return temporarily(cause(ctx, err))
	case d.file.Packing == "" && have+n < d.file.Size:
		return temporarily(io.ErrUnexpectedEOF)
	}
	if err := out.Sync(); err != nil {
		return writing(d.part, err)
	}
	return nil
}

// get sends the request for all from have on.
func (d *download) get(ctx context.Context, have int64, etag string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "menshen")
	req.Header.Set("Accept-Encoding", "identity") // a range counts in encoded bytes
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		if etag != "" {
			req.Header.Set("If-Range", etag)
		}
	}
	client := *d.options.Client
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if next.URL.Scheme != "https" {
			return errInsecure
		}
		if len(via) >= 10 {
			return errors.New("too many redirects")
		}
		return nil
	}
	return client.Do(req)
}

// accept reads the head of an answer and says from where on the body goes into the part.
func (d *download) accept(out *os.File, resp *http.Response, have int64) (from int64, err error) {
	switch code := resp.StatusCode; {
	case code == http.StatusPartialContent:
		var first int64
		if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-", &first); err != nil || first != have {
			return 0, errors.Join(d.truncate(out), temporarily(fmt.Errorf("the server answers another range than was asked for: %q", resp.Header.Get("Content-Range"))))
		}
		from = have
	case code == http.StatusOK && have > 0: // ranges are not supported, or the file changed
		if err := d.truncate(out); err != nil {
			return 0, err
		}
	case code == http.StatusOK:
	case code == http.StatusRequestedRangeNotSatisfiable && have > 0:
		return 0, errors.Join(d.truncate(out), temporarily(errors.New(resp.Status)))
	case code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code >= 500:
		return 0, temporarily(errors.New("the server answers " + resp.Status))
	default:
		return 0, d.unreachable(errors.New("the server answers " + resp.Status))
	}
	end := from + resp.ContentLength
	switch wrong := d.file.Packing == "" && end != d.file.Size; {
	case resp.ContentLength < 0 || end <= d.limit() && !wrong:
		return from, nil
	case from > 0: // the part may belong to another version of the file
		return 0, errors.Join(d.truncate(out), temporarily(fmt.Errorf("the rest has %d bytes", resp.ContentLength)))
	}
	d.restart()
	return 0, refused(d.file, d.address).WithCause(fmt.Errorf("it has %d bytes", end))
}

// isAll reports whether a server that has no bytes after the have-th says that there are just so many: a packed file,
// whose size is not known before, was complete already.
func isAll(resp *http.Response, have int64) bool {
	return strings.HasSuffix(resp.Header.Get("Content-Range"), fmt.Sprintf("/%d", have))
}

// finish verifies the complete part and gives it its name.
func (d *download) finish(ctx context.Context) (sums, error) {
	part, err := os.OpenFile(d.part, os.O_RDWR, 0)
	if err != nil {
		return sums{}, writing(d.part, err)
	}
	defer part.Close()
	if d.file.Packing != "" {
		got, err := d.store.write(d.file, d.address, unpack(contextReader{ctx, part}, d.file.Packing), func(int64) {})
		if err == nil {
			d.restart()
		}
		return got, err
	}
	sum := newSummer(d.file.Size)
	if _, err := io.Copy(sum, contextReader{ctx, part}); err != nil {
		return sums{}, err
	}
	got := sum.sums()
	if !d.file.matches(got) {
		return sums{}, refused(d.file, d.address)
	}
	if err := commit(part, d.store.place(d.file)); err != nil {
		return sums{}, err
	}
	return got, writing(d.notes(), remove(d.notes()))
}

// note is what must be known about a part to go on with it.
type note struct {
	Address string `json:"address"`
	ETag    string `json:"etag"` // strong ones only; "" for none
}

func (d *download) notes() string { return d.part + noteSuffix }

// resumable says how many bytes of the part can be kept, and the ETag they belong to. A part of another address is
// thrown away.
func (d *download) resumable(out *os.File) (have int64, etag string, err error) {
	info, err := out.Stat()
	if err != nil || info.Size() == 0 {
		return 0, "", writing(d.part, err)
	}
	data, err := os.ReadFile(d.notes())
	var n note
	if err != nil || json.Unmarshal(data, &n) != nil || n.Address != d.address || info.Size() > d.limit() {
		return 0, "", d.truncate(out)
	}
	d.resumed = true
	return info.Size(), n.ETag, nil
}

// remember notes what the part is a part of, before it grows.
func (d *download) remember(resp *http.Response) error {
	n := note{Address: d.address}
	if etag := resp.Header.Get("ETag"); strings.HasPrefix(etag, `"`) {
		n.ETag = etag
	}
	data, err := json.Marshal(n)
	if err == nil {
		err = os.WriteFile(d.notes(), data, 0o644)
	}
	return writing(d.notes(), err)
}

func (d *download) truncate(out *os.File) error {
	d.report(0)
	d.resumed = false
	return writing(d.part, out.Truncate(0))
}

// restart throws away what was downloaded. What cannot be removed is overwritten by the next attempt.
func (d *download) restart() {
	_, _ = remove(d.part), remove(d.notes())
}

func (d *download) host() string {
	u, err := url.Parse(d.address)
	if err != nil {
		return d.address
	}
	return u.Host
}

func (d *download) size() int64 {
	info, err := os.Stat(d.part)
	if err != nil {
		return 0
	}
	return info.Size()
}

// report tells Progress that so many bytes are there now.
func (d *download) report(now int64) {
	if now != d.reported {
		d.options.Progress.Add(now - d.reported)
		d.reported = now
	}
}

func (d *download) unreachable(err error) error {
	return menshen.Errorf(menshen.CodeUnavailable, "models.fetch", "the model file %s could not be downloaded from %s", d.file.ID, d.address).
		WithHint("check the network (behind a proxy set HTTPS_PROXY), or %s", byHand(d.file)).WithCause(err)
}
