package gallery_test

import (
	"testing"

	"menshen"
	"menshen/recognizer/gallery"
)

func TestFaces(t *testing.T) {
	f, g := newFaces(5), gallery.NewFaces(engine)
	bare := template("ann", "t1", f.photograph(f.person()))
	masked := template("ann", "t2", f.photograph(f.person()))
	masked.Masked = true
	if err := g.Insert(bare, masked); err != nil {
		t.Fatal(err)
	}
	if g.Bare.Len() != 1 || g.Masked.Len() != 1 {
		t.Fatalf("%d bare and %d masked", g.Bare.Len(), g.Masked.Len())
	}
	if found, err := g.Search(masked.Descriptor, 1); err != nil || found[0].Template != "t1" {
		t.Errorf("%v, %v", found, err)
	}
	wrong := bare
	wrong.ID, wrong.Engine.Name = "t3", "other"
	again := masked
	again.ID = "t4"
	if err := g.Insert(again, wrong); menshen.ErrorCode(err) != menshen.CodeInvalid || g.Masked.Len() != 1 {
		t.Errorf("%d masked after %v", g.Masked.Len(), err)
	}
	if !g.RemoveTemplate("t2") || g.RemoveTemplate("t2") || g.Masked.Len() != 0 {
		t.Error("a masked template is not removed once")
	}
	if err := g.Insert(masked); err != nil {
		t.Fatal(err)
	}
	if n := g.RemovePerson("ann"); n != 2 || g.Bare.Len()+g.Masked.Len() != 0 {
		t.Errorf("%d templates removed", n)
	}
}
