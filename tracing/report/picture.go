package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"menshen"
)

// picture is a chain drawn as a tree from left to right, a column for each generation.
type picture struct {
	Width, Height int
	Nodes         []node
	Edges         []edge
}

// ViewBox leaves room for the lines around the nodes.
func (p picture) ViewBox() string { return fmt.Sprintf("-1 -1 %d %d", p.Width+2, p.Height+2) }

type node struct {
	X, Y, W, H int
	Name, Sub  string
	Level      string
}

type edge struct{ X1, Y1, X2, Y2, Mid int }

// Sizes of a picture in its own units.
const (
	nodeWidth  = 220
	nodeHeight = 34
	nodeGap    = 8
	columnGap  = 44
	maxLeaves  = 60 // more do not fit a page that can be read: the tree is a list then
	maxDepth   = 4
)

// draw places a tree; nil where it is too large to be read.
func draw(tree []branch) *picture {
	p := &picture{}
	leaves, depth := 0, 0
	var place func(b branch, column int) (y int)
	place = func(b branch, column int) (y int) {
		depth = max(depth, column)
		x := column * (nodeWidth + columnGap)
		var ys []int
		for _, child := range b.Below {
			ys = append(ys, place(child, column+1))
		}
		if len(ys) == 0 {
			y = leaves * (nodeHeight + nodeGap)
			leaves++
		} else {
			y = (ys[0] + ys[len(ys)-1]) / 2
		}
		p.Nodes = append(p.Nodes, node{x, y, nodeWidth, nodeHeight, shorten(b.Name, 24), shorten(b.Sub, 38), string(b.Level)})
		for _, to := range ys {
			x1, x2 := x+nodeWidth, x+nodeWidth+columnGap
			p.Edges = append(p.Edges, edge{x1, y + nodeHeight/2, x2, to + nodeHeight/2, (x1 + x2) / 2})
		}
		return y
	}
	for _, b := range tree {
		place(b, 0)
	}
	if leaves > maxLeaves || depth >= maxDepth {
		return nil
	}
	p.Width, p.Height = (depth+1)*(nodeWidth+columnGap)-columnGap, leaves*(nodeHeight+nodeGap)
	return p
}

// shorten cuts a text to a width; a Chinese character is as wide as two others.
func shorten(s string, width int) string {
	used := 0
	for i, r := range s {
		if used++; r > 0x2e7f {
			used++
		}
		if used > width {
			return strings.TrimRightFunc(s[:i], func(r rune) bool { return r == utf8.RuneError || r == ' ' }) + "…"
		}
	}
	return s
}

// Class is the colour of a node.
func (n node) Class() string {
	switch menshen.ContactLevel(n.Level) {
	case menshen.LevelClose, menshen.LevelSecondary, menshen.LevelGeneral, menshen.LevelCoPresent:
		return n.Level
	}
	return "index"
}
