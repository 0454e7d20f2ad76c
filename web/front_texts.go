package web

import "menshen"

// frontTexts are the words of the front page by key.
var frontTexts = map[string]menshen.Text{
	"name":     {ZH: "门神", EN: "Menshen"},
	"tagline":  {ZH: "小区人脸识别门禁与接触追踪", EN: "Face-recognition access control and contact tracing for residential communities"},
	"lede":     {ZH: "门口认人放行，次次有据可查；一旦出现病例，一句话问清去过哪里、和谁在一起。", EN: "It knows people at the gate and keeps a record of every pass; when there is a case, one question tells where the person was, and who was there too."},
	"running":  {ZH: "运行中", EN: "Running"},
	"unwell":   {ZH: "运行中，有情况需要处理", EN: "Running, but something needs attention"},
	"version":  {ZH: "版本", EN: "Version"},
	"state":    {ZH: "状态", EN: "State"},
	"data":     {ZH: "数据", EN: "Data"},
	"live":     {ZH: "真实通行", EN: "Real passes"},
	"sim":      {ZH: "模拟小区", EN: "Simulated community"},
	"simNote":  {ZH: "尚未配置摄像机，现在看到的人员和通行记录都是模拟出来的，不对应任何真人。", EN: "No camera is configured yet, so the people and passes you see now are made up and stand for nobody real."},
	"terminal": {ZH: "在终端里使用", EN: "From the terminal"},
	"termNote": {ZH: "在运行门神的机器上输入下面的命令。", EN: "Type these on the machine that runs Menshen."},
	"api":      {ZH: "程序接口", EN: "For programs"},
	"apiNote":  {ZH: "接口是 Connect：生成的客户端和普通的 JSON 请求都可以用。每次调用都要带令牌，令牌在数据目录的令牌文件里。", EN: "The API speaks Connect: typed clients and plain JSON over HTTP both work. Every call needs the token of the data folder's token file."},
	"services": {ZH: "服务", EN: "Services"},
	"private":  {ZH: "这一页不含任何人的信息。凡是问到人的，先记入审计日志，再给出回答。", EN: "This page tells nothing about anybody. Every question about a person goes into the audit log first and is answered then."},
	"health":   {ZH: "健康检查", EN: "Health"},
	"metrics":  {ZH: "运行指标（需令牌）", EN: "Metrics (with the token)"},
	"switch":   {ZH: "中文", EN: "English"},
	"skip":     {ZH: "跳到正文", EN: "Skip to the content"},
	"door":     {ZH: "朱漆大门，两扇门上有铜门钉和门环，匾上写着“门神”", EN: "A red gate of two leaves with brass studs and ring knockers, under a plaque that reads Menshen"},
}
