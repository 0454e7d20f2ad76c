package enrolment

import (
	"cmp"
	"context"
	"io"
	"slices"

	"menshen"
)

// Office is where people are enrolled: the hub itself, or its API from elsewhere.
type Office interface {
	// Find gives the id of the person of that very name and dwelling and how many templates they have; "" for nobody.
	Find(ctx context.Context, name string, dwelling menshen.Dwelling) (person string, templates int, err error)
	Enroll(ctx context.Context, req Request) (Result, error)
}

// ImportOptions tune an import.
type ImportOptions struct {
	Progress  func(done, total int) // rows; may be nil
	MaxPhotos int                   // of one person; more are refused; 10 if 0
	// Consented says that everybody in the table has signed the current consent text themselves, where no signer is named.
	Consented bool
}

// ImportCSV enrols the people of a table (see ReadTable) with the photographs in a folder: those that a row names, else
// the pictures in the sub-folder of the person's name, else the picture of that name.
//
// It can be repeated: who is enrolled with photographs is skipped, who is not is enrolled. What is wrong with a row or a
// photograph is in the report, in order of lines, and does not stop the others. An error says that the table or the
// folder is not usable at all, or that the office cannot go on (it does not answer, its disk is full, the context ended):
// the report then tells what was done before.
func ImportCSV(ctx context.Context, office Office, table io.Reader, folder string, o ImportOptions) (Report, error) {
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	if o.MaxPhotos <= 0 {
		o.MaxPhotos = Config{}.withDefaults().MaxPhotos
	}
	t, err := ReadTable(table)
	if err != nil {
		return Report{}, err
	}
	photos, err := openAlbum(folder)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = photos.Close() }() // read only: nothing is lost
	i := importer{
		office: office, album: photos, options: o, named: map[string]int{},
		report: Report{Rows: len(t.Rows) + len(t.Refusals), Refused: len(t.Refusals), Refusals: t.Refusals},
	}
	for _, r := range t.Rows {
		i.named[r.Name]++
	}
	for n, r := range t.Rows {
		o.Progress(n, len(t.Rows))
		if err = i.row(ctx, r); err != nil {
			break
		}
		o.Progress(n+1, len(t.Rows))
	}
	slices.SortStableFunc(i.report.Refusals, func(a, b Refusal) int { return cmp.Compare(a.Line, b.Line) })
	return i.report, err
}

type importer struct {
	office  Office
	album   *album
	options ImportOptions
	named   map[string]int // how many rows have a name
	report  Report
}

// row enrols one person. An error ends the import.
func (i *importer) row(ctx context.Context, r Row) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	person, templates, err := i.office.Find(ctx, r.Name, r.Dwelling)
	if err != nil {
		return i.failed(r, err)
	}
	if templates > 0 {
		i.report.Skipped++
		i.note(refusal(r, "", CodeEnrolledBefore))
		return nil
	}
	photos := i.photos(r)
	if len(photos) == 0 {
		i.report.Refused++
		return nil
	}
	result, err := i.office.Enroll(ctx, Request{Name: r.Name, Dwelling: r.Dwelling, Person: person, Photos: photos, Signer: i.signer(r)})
	if err != nil {
		return i.failed(r, err)
	}
	for _, p := range result.Photos {
		if !p.Accepted {
			i.note(Refusal{Line: r.Line, Name: r.Name, Photo: p.Name, Code: p.Code, Message: p.Message, Hint: p.Hint})
		}
	}
	if n := result.Accepted(); n > 0 {
		i.report.Enrolled++
		i.report.Photos += n
	} else {
		i.report.Refused++
	}
	return nil
}

// signer says who signed the consent of a row, "" for nobody.
func (i *importer) signer(r Row) string {
	if r.Signer == "" && i.options.Consented {
		return r.Name
	}
	return r.Signer
}

// photos reads the photographs of a row and notes those that cannot be had.
func (i *importer) photos(r Row) []Photo {
	if len(r.Photos) == 0 && i.named[r.Name] > 1 {
		i.note(refusal(r, "", CodeAmbiguous))
		return nil
	}
	paths, refused := i.album.of(r)
	i.report.Refusals = append(i.report.Refusals, refused...)
	var photos []Photo
	for _, p := range paths {
		if len(photos) == i.options.MaxPhotos {
			i.note(refusal(r, p, CodeTooMany))
			continue
		}
		data, code := i.album.read(p)
		if code != "" {
			i.note(refusal(r, p, code))
			continue
		}
		photos = append(photos, Photo{Name: p, Data: data})
	}
	return photos
}

// failed sorts an error: one that says something about this person is a refusal, one that will meet every other person
// too ends the import.
func (i *importer) failed(r Row, err error) error {
	switch menshen.ErrorCode(err) {
	case menshen.CodeInvalid, menshen.CodeConflict, menshen.CodeNotFound, menshen.CodeMissing, menshen.CodeDenied:
	default:
		return err
	}
	message, hint := menshen.ErrorMessage(err)
	f := refusal(r, "", CodeFailed)
	f.Message = menshen.Text{ZH: f.Message.ZH + "：" + message, EN: f.Message.EN + ": " + message}
	if hint != "" {
		f.Hint = menshen.Text{ZH: f.Hint.ZH + "（" + hint + "）", EN: hint}
	}
	i.note(f)
	i.report.Refused++
	return nil
}

func (i *importer) note(f Refusal) { i.report.Refusals = append(i.report.Refusals, f) }
