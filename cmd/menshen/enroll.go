package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"menshen"
	"menshen/enrolment"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) enrollCommand() *cobra.Command {
	var name, dwelling, person, signer string
	var lookAlike, guardian bool
	c := &cobra.Command{
		Use: "enroll --name NAME --dwelling BUILDING-UNIT-FLOOR-ROOM PHOTO…", Short: "Enrol somebody from photographs",
		Long: `Enrol somebody from one or more photographs (JPEG or PNG). Each photograph should show one face, in focus, in good light, looking
into the camera. What is wrong with a photograph is said in words; where none is good nothing is stored.

A face is enrolled only of whoever has consented to the latest text (menshen shows it where it asks): either that is recorded already, or
say with --consent who signed it, on paper or here; the guardian for a child under 14. Whoever says no gets a QR, a card or a PIN.`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.enroll(c, enrolment.Request{Name: name, Person: person, LookAlike: lookAlike, Signer: signer}, guardian, dwelling, args)
		},
	}
	c.Flags().StringVar(&name, "name", "", "of the person")
	c.Flags().StringVar(&dwelling, "dwelling", "", "building-unit-floor-room, e.g. 3-2-14-1402")
	c.Flags().StringVar(&person, "person", "", "id of somebody enrolled already, to add photographs")
	c.Flags().BoolVar(&lookAlike, "look-alike", false, "you made sure that this is not the person enrolled who looks the same, but for example a twin; stricter thresholds then count for both")

	c.Flags().StringVar(&signer, "consent", "", "name of who signed the latest consent text: the person, or the guardian of a child")
	c.Flags().BoolVar(&guardian, "guardian", false, "whoever signed is the guardian of a child")

	var folder string
	var consented bool
	bulk := &cobra.Command{
		Use: "import PEOPLE.csv --photos FOLDER", Short: "Enrol many people from a table and a folder of photographs", Args: cobra.ExactArgs(1),
		Long: `Enrol the people of a CSV table with the columns name (姓名), dwelling (住址) and, if you like, photos (照片): file names separated by ';'.
Without that column the photographs are those in the sub-folder of the person's name, or the picture of that name. UTF-8 or GBK.
Who signed the consent of each stands in a column signer (签字人); with --consented everybody in the table has signed for themselves.
It can be repeated: who is enrolled already is skipped. Every refusal is listed with its line and reason.`,
		RunE: func(c *cobra.Command, args []string) error { return a.importPeople(c, args[0], folder, consented) },
	}
	bulk.Flags().StringVar(&folder, "photos", "", "folder of the photographs; the table's own folder if empty")
	bulk.Flags().BoolVar(&consented, "consented", false, "everybody in the table has signed the latest consent text themselves, where no signer is named")
	c.AddCommand(bulk)
	return c
}

func (a *app) enroll(c *cobra.Command, req enrolment.Request, guardian bool, dwelling string, photos []string) error {
	const op = "cmd.enroll"
	var err error
	switch {
	case len(photos) == 0:
		return menshen.Errorf(menshen.CodeInvalid, op, "no photograph is named").WithHint("name one or more JPEG or PNG files")
	case req.Person == "" && (req.Name == "" || dwelling == ""):
		return menshen.Errorf(menshen.CodeInvalid, op, "--name and --dwelling are needed for a new person").WithHint("for somebody enrolled already give --person")
	case req.Person == "":
		if req.Dwelling, err = menshen.ParseDwelling(dwelling); err != nil {
			return err
		}
	}
	for _, path := range photos {
		data, err := readPhoto(path)
		if err != nil {
			return err
		}
		req.Photos = append(req.Photos, enrolment.Photo{Name: filepath.Base(path), Data: data})
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if req.Signer == "" && req.Person == "" {
		if req.Signer, err = a.askConsent(c, h); err != nil {
			return err
		}
	}
	result, err := remoteOffice{remote: h, guardian: guardian}.Enroll(c.Context(), req)
	if err != nil {
		return err
	}
	for _, p := range result.Photos {
		if p.Accepted {
			fmt.Fprintf(a.out, "✓ %s\n", p.Name)
			continue
		}
		fmt.Fprintf(a.out, "✗ %s: %s\n  → %s\n", p.Name, a.said(a.text(p.Message)), a.said(a.text(p.Hint)))
	}
	if result.Person == "" {
		return menshen.Errorf(menshen.CodeInvalid, op, "no photograph could be used, so nobody was enrolled").WithHint("see the reasons above")
	}
	if result.Accepted() == 0 {
		_, err = fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: "没有新的照片可用；此人已登记，编号 " + result.Person, EN: "nothing new: this person is enrolled already, id " + result.Person,
		}))
		return err
	}
	_, err = fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("已登记，使用 %d 张照片，编号 %s", result.Accepted(), result.Person),
		EN: fmt.Sprintf("enrolled with %d photograph(s), id %s", result.Accepted(), result.Person),
	}))
	return err
}

func (a *app) importPeople(c *cobra.Command, path, folder string, consented bool) error {
	const op = "cmd.enroll_import"
	table, err := os.Open(path)
	if err != nil {
		return menshen.Errorf(menshen.CodeNotFound, op, "the table %s cannot be read", path).WithHint("check the path and its permissions").WithCause(err)
	}
	defer table.Close()
	if folder == "" {
		folder = filepath.Dir(path)
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	progress := progressbar.NewOptions(-1, progressbar.OptionSetWriter(a.err), progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetVisibility(isTerminal(a.err)))
	report, err := enrolment.ImportCSV(c.Context(), remoteOffice{remote: h}, table, folder, enrolment.ImportOptions{
		Consented: consented,
		Progress:  func(done, total int) { progress.ChangeMax(total); _ = progress.Set(done) },
	})
	_ = progress.Close()
	a.printImport(report)
	if err == nil && report.Refused > 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "%d of %d people were not enrolled", report.Refused, report.Rows).
			WithHint("mend what is listed above and import the same table again: who is enrolled is skipped")
	}
	return err
}

func (a *app) printImport(r enrolment.Report) {
	if len(r.Refusals) > 0 {
		t := newTable(a.text(menshen.Text{ZH: "行", EN: "line"}), a.text(menshen.Text{ZH: "姓名", EN: "name"}),
			a.text(menshen.Text{ZH: "照片", EN: "photograph"}), a.text(menshen.Text{ZH: "原因", EN: "reason"}), a.text(menshen.Text{ZH: "怎么办", EN: "what to do"}))
		for _, x := range r.Refusals {
			t.add(fmt.Sprint(x.Line), x.Name, x.Photo, a.said(a.text(x.Message)), a.said(a.text(x.Hint)))
		}
		t.print(a.out)
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("共 %d 行：登记 %d 人（%d 张照片），已登记而跳过 %d，未登记 %d", r.Rows, r.Enrolled, r.Photos, r.Skipped, r.Refused),
		EN: fmt.Sprintf("%d rows: %d people enrolled (%d photographs), %d skipped as enrolled already, %d refused", r.Rows, r.Enrolled, r.Photos, r.Skipped, r.Refused),
	}))
}

// remoteOffice is the running hub as enrolment needs it.
type remoteOffice struct {
	*remote

	guardian bool // whoever signs does so for a child
}

// askConsent shows a person at a terminal the consent text, and asks who signs; "" for nobody, and where there is no terminal.
func (a *app) askConsent(c *cobra.Command, h *remote) (string, error) {
	if f, ok := a.in.(*os.File); !ok || !isTerminal(f) {
		return "", nil
	}
	res, err := h.Consents.ListConsentTexts(c.Context(), connect.NewRequest(&menshenv1.ListConsentTextsRequest{}))
	if err != nil || len(res.Msg.GetTexts()) == 0 {
		return "", err
	}
	fmt.Fprintf(a.out, "%s\n\n", a.text(proto.TextFromWire(res.Msg.GetTexts()[0].GetText())))
	fmt.Fprint(a.out, a.either("同意者（儿童由监护人）的姓名；不同意请留空： ", "Name of whoever consents (the guardian for a child); leave it empty for no: "))
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimSpace(line), err
}

// Find implements enrolment.Office.
func (o remoteOffice) Find(ctx context.Context, name string, dwelling menshen.Dwelling) (person string, templates int, err error) {
	res, err := o.People.ListPeople(ctx, connect.NewRequest(&menshenv1.ListPeopleRequest{Query: name, Limit: 10_000}))
	if err != nil {
		return "", 0, err
	}
	for _, p := range res.Msg.GetPeople() {
		if p.GetName() == name && p.GetDwelling() == dwelling.String() {
			return p.GetId(), int(p.GetTemplates()), nil
		}
	}
	return "", 0, nil
}

// Enroll implements enrolment.Office.
func (o remoteOffice) Enroll(ctx context.Context, req enrolment.Request) (enrolment.Result, error) {
	m := &menshenv1.EnrollRequest{Name: req.Name, Person: req.Person, LookAlike: req.LookAlike}
	if req.Person == "" {
		m.Dwelling = req.Dwelling.String()
	}
	if req.Signer != "" {
		m.Consent = &menshenv1.EnrolmentConsent{Signer: req.Signer, Guardian: o.guardian}
	}
	for _, p := range req.Photos {
		m.Photos = append(m.Photos, &menshenv1.Photo{Name: p.Name, Data: p.Data})
	}
	res, err := o.People.Enroll(ctx, connect.NewRequest(m))
	if err != nil {
		return enrolment.Result{}, err
	}
	out := enrolment.Result{Person: res.Msg.GetPerson(), Created: req.Person == "" && res.Msg.GetPerson() != ""}
	for _, p := range res.Msg.GetPhotos() {
		out.Photos = append(out.Photos, enrolment.PhotoResult{
			Name: p.GetName(), Accepted: p.GetAccepted(), Code: enrolment.Code(p.GetCode()),
			Message: proto.TextFromWire(p.GetMessage()), Hint: proto.TextFromWire(p.GetHint()),
		})
	}
	if len(out.Photos) != len(req.Photos) {
		return out, errors.New("the hub answered about another number of photographs than it was given")
	}
	return out, nil
}
