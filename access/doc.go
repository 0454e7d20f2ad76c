// Package access decides who passes a gate: it joins the faces of a track into evidence (package evidence), decides by
// the policy (Decide), tells one crossing from the next (package crossing), tells the door (drivers: package door), and
// hands each decision on as a pass.
//
// It owns no templates, no registry, no records and no network; those come in through the small interfaces of ports.go.
// It fails secure: what cannot be searched, recognised or kept is never let in by itself.
//
// Each gate has its own lock, its own queue to the door and its own queue to the records. Nothing that happens at one
// gate, and nothing that happens to the records, keeps a door waiting.
package access
