package web

import "menshen"

// linkTexts are the words of the pages behind links by key.
var linkTexts = map[string]menshen.Text{
	"visit":      {ZH: "有人来访，请确认", EN: "Somebody wants to visit you"},
	"daily":      {ZH: "每日健康监测", EN: "Daily health report"},
	"reported":   {ZH: "谢谢，今天的情况已收到。明天请再次打开此链接。", EN: "Thank you, today's report has arrived. Open this link again tomorrow."},
	"last":       {ZH: "谢谢，今天的情况已收到。这是最后一天。", EN: "Thank you, today's report has arrived. This was the last day."},
	"fever":      {ZH: "您的体温偏高。请留在家中、戴好口罩，工作人员会尽快与您联系；情况紧急请拨打120。", EN: "Your temperature is high. Stay at home and wear a mask: somebody will call you soon. In an emergency, call 120."},
	"done":       {ZH: "今天已填报，明天请再次打开此链接。", EN: "Today's report is in already. Open this link again tomorrow."},
	"sorry":      {ZH: "无法打开", EN: "This cannot be opened"},
	"mend":       {ZH: "请更正下面标出的内容", EN: "please mend what is marked below"},
	"thanks":     {ZH: "谢谢，已收到您的填报。", EN: "Thank you, your answers have arrived."},
	"confirmed":  {ZH: "已确认，访客可以进入。", EN: "Confirmed: the visitor may come in."},
	"refused":    {ZH: "已拒绝，保安会告知访客。", EN: "Refused: the guard will tell the visitor."},
	"forward":    {ZH: "可将下面的二维码截图发给访客，在出入口扫码。", EN: "Send the visitor a picture of this code: it is read at the gate."},
	"choose":     {ZH: "请选择同意或不同意", EN: "please choose yes or no"},
	"unknown":    {ZH: "没有这个链接，或已过期。请检查是否完整，或向物业索取新的链接。", EN: "There is no such link, or it has expired. See that it is whole, or ask the office for a new one."},
	"slow":       {ZH: "请求过于频繁，请一分钟后再试。", EN: "That was too often. Try again in a minute."},
	"unreadable": {ZH: "内容无法读取，请返回重试。", EN: "This could not be read. Go back and try again."},
	"trouble":    {ZH: "暂时无法处理，请稍后再试，或联系物业。", EN: "This does not work just now. Try again later, or ask the office."},
}
