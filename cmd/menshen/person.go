package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) personCommand() *cobra.Command {
	var format string
	show := &cobra.Command{
		Use: "show PERSON", Short: "Everything the office knows of somebody", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.showPerson(c, args[0], format) },
	}
	formatFlag(show, &format)
	var byDocument string
	find := &cobra.Command{
		Use: "find", Short: "Who has an identity document", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.findPerson(c, byDocument) },
	}
	find.Flags().StringVar(&byDocument, "document", "", "number of the document")
	_ = find.MarkFlagRequired("document")
	var dryRun, documents bool
	imports := &cobra.Command{
		Use: "import TABLE", Short: "Take people from a table, CSV or XLSX", Args: cobra.ExactArgs(1),
		Long: `Take people from a table: CSV (UTF-8 or GBK) or XLSX, with a heading in Chinese or English. It can be repeated: who is there
already stays as they are, or is changed. Every row that is refused is listed with its line and reason.`,
		RunE: func(c *cobra.Command, args []string) error { return a.importTable(c, args[0], dryRun) },
	}
	imports.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would become of each row")
	export := &cobra.Command{
		Use: "export FILE", Short: "Write everybody to a table, .csv or .xlsx", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.exportTable(c, args[0], documents) },
	}
	export.Flags().BoolVar(&documents, "documents", false, "with the numbers of identity documents in clear")
	return group("person", "People: show, add and change, find by document, import and export", show, a.putPersonCommand(), find, imports, export, a.packPersonCommand())
}

func (a *app) showPerson(c *cobra.Command, who, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Registry.GetPerson(c.Context(), connect.NewRequest(&menshenv1.GetPersonRequest{Person: who}))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	r := res.Msg.GetRecord()
	p, x := r.GetPerson(), r.GetParticulars()
	t := &table{}
	row := func(zh, en, value string) {
		if value != "" {
			t.add(a.either(zh, en), value)
		}
	}
	row("编号", "id", p.GetId())
	row("姓名", "name", p.GetName())
	row("住址", "dwelling", p.GetDwelling())
	row("状态", "state", a.personState(p.GetState()))
	row("电话", "phone", x.GetPhone())
	row("证件", "document", join(a.word(x.GetDocumentKind()), x.GetDocumentNumber()))
	row("家庭角色", "role", a.word(x.GetRole()))
	row("监护人", "guardian", x.GetGuardian())
	row("出生日期", "born", x.GetBorn())
	row("通知语言", "language", a.word(x.GetLanguage()))
	row("健康状态", "health", a.healthLine(h, r.GetHealth()))
	row("人脸模板", "templates", fmt.Sprint(r.GetTemplates()))
	t.print(a.out)
	if len(r.GetPermits()) > 0 {
		fmt.Fprintln(a.out)
		permits := a.permitTable()
		for _, x := range r.GetPermits() {
			permits.add(a.permitCells(h, &menshenv1.PermitView{Permit: x, Name: p.GetName(), Dwelling: p.GetDwelling()})...)
		}
		permits.print(a.out)
	}
	if len(r.GetCredentials()) > 0 {
		fmt.Fprintln(a.out)
		a.printCredentials(h, r.GetCredentials())
	}
	return nil
}

func (a *app) personState(state string) string {
	switch state {
	case string(menshen.PersonActive):
		return a.either("在住", "active")
	case string(menshen.PersonInactive):
		return a.either("停用", "inactive")
	}
	return state
}

func (a *app) findPerson(c *cobra.Command, number string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Registry.FindByDocument(c.Context(), connect.NewRequest(&menshenv1.FindByDocumentRequest{DocumentNumber: number}))
	if err != nil {
		return err
	}
	if len(res.Msg.GetPeople()) == 0 {
		a.tell("没有找到。", "Nobody found.")
		return nil
	}
	t := newTable(a.either("姓名", "name"), a.either("住址", "dwelling"), a.either("状态", "state"), "id")
	for _, p := range res.Msg.GetPeople() {
		t.add(p.GetName(), p.GetDwelling(), a.personState(p.GetState()), p.GetId())
	}
	t.print(a.out)
	return nil
}

func (a *app) importTable(c *cobra.Command, path string, dryRun bool) error {
	data, err := readInput(path)
	if err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Registry.ImportPeople(c.Context(), connect.NewRequest(&menshenv1.ImportPeopleRequest{Name: filepath.Base(path), Data: data, DryRun: dryRun}))
	if err != nil {
		return err
	}
	m := res.Msg
	return a.tableRead(m.GetRefused(), m.GetRows(), dryRun, menshen.Text{
		ZH: fmt.Sprintf("新增 %d，更改 %d，不变 %d", m.GetAdded(), m.GetChanged(), m.GetUnchanged()),
		EN: fmt.Sprintf("%d added, %d changed, %d unchanged", m.GetAdded(), m.GetChanged(), m.GetUnchanged()),
	})
}

func (a *app) exportTable(c *cobra.Command, path string, documents bool) error {
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	if format != "csv" && format != "xlsx" {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.export", "the file %s ends with neither .csv nor .xlsx", path).WithHint("name it so that its end says which it is to be")
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Registry.ExportPeople(c.Context(), connect.NewRequest(&menshenv1.ExportPeopleRequest{Format: format, Documents: documents}))
	if err != nil {
		return err
	}
	if err := writeOutput(path, res.Msg.GetData()); err != nil {
		return err
	}
	a.tell(fmt.Sprintf("已写入 %s，%d 人", path, res.Msg.GetRows()), fmt.Sprintf("%s written, %d people", path, res.Msg.GetRows()))
	return nil
}
