package bench

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"

	"menshen"
)

// peerFigures is what the program faiss prints, and how many times faster the gallery is. Times are in µs.
type peerFigures struct {
	Flat       peerSearch   `json:"flat"`
	HNSW       []peerSearch `json:"hnsw"`
	HNSWInsert float64      `json:"hnsw_insert_us"` // processor time
}

type peerSearch struct {
	EF     int     `json:"ef,omitempty"` // width of a search in the graph
	P50    float64 `json:"p50_us"`
	P99    float64 `json:"p99_us"`
	Recall float64 `json:"recall"` // share of queries whose nearest vector is found
	Ratio  float64 `json:"ratio"`  // its p50 divided by ours
}

// compare fills in the ratios.
func (p *peerFigures) compare(p50 float64) {
	p.Flat.Ratio = p.Flat.P50 / p50
	for i := range p.HNSW {
		p.HNSW[i].Ratio = p.HNSW[i].P50 / p50
	}
}

// peerQueries is how many queries the peer gets at most: it is slow.
const peerQueries = 400

// peer lets another program search the same vectors, which it gets in a file.
func (c *crowd) peer(ctx context.Context, program string) (*peerFigures, error) {
	failed := func(err error) error {
		return menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "--peer: %s did not measure", program).
			WithHint("build it with: make bench-gallery").WithCause(err)
	}
	dir, err := os.MkdirTemp("", "menshen-bench-")
	if err != nil {
		return nil, failed(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	path := filepath.Join(dir, "vectors")
	if err := c.write(path); err != nil {
		return nil, failed(err)
	}
	text, err := exec.CommandContext(ctx, program, path).Output()
	if err != nil {
		return nil, failed(err)
	}
	var f peerFigures
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, failed(err)
	}
	return &f, nil
}

// write writes the vectors as faiss/faiss.cpp reads them.
func (c *crowd) write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	queries := c.queries[:min(len(c.queries), peerQueries)]
	err = binary.Write(w, binary.LittleEndian, []int64{int64(c.o.Dim), int64(c.o.People * c.o.Templates), int64(len(queries))})
	for i := range c.o.People * c.o.Templates {
		err = errors.Join(err, binary.Write(w, binary.LittleEndian, []float32(c.row(i))))
	}
	for _, q := range queries {
		err = errors.Join(err, binary.Write(w, binary.LittleEndian, []float32(q)))
	}
	return errors.Join(err, w.Flush(), f.Close())
}
