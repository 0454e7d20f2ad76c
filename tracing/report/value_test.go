package report_test

import (
	"strings"
	"testing"
	"time"

	"menshen/tracing/report"
)

// TestValuesInWords: what the history keeps is told in both languages, and what is unknown stays as it is.
func TestValuesInWords(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	for _, x := range []struct{ field, value, zh, en string }{
		{"judged", "close, generation 1, risk high, rule lift, policy nhc-9@0", "密切接触者，第1代，高风险，", "close contact, generation 1, high risk, "},
		{"judged", "secondary, generation 2, risk -, rule -, policy mine@3", "次密接，第2代", "contact of a close contact, generation 2"},
		{"judged", "2020-03-05T02:00:00.123Z", "2020-03-05 10:00", "2020-03-05 10:00"},
		{"exposure", "first 2020-03-02T12:03:00+08:00, counts from 2020-03-02T12:03:00+08:00, last 2020-03-02T12:05:00+08:00, together 2m0s, at least 1m0s, sureness 0.9; p-张 → p-李 zone lift-3 x – y",
			"首次 2020-03-02 12:03，末次 2020-03-02 12:05，共 2m0s，可信度 90%", "first 2020-03-02 12:03, last 2020-03-02 12:05, together 2m0s, sureness 90 %"},
		{"follow_up:2020-03-05", "staff; reached; 37.8 °C; symptoms 咳嗽, 乏力; note 独居; by li", "37.8 °C，症状：咳嗽、乏力，备注：独居", "37.8 °C, symptoms: 咳嗽, 乏力, note: 独居"},
		{"follow_up:2020-03-05", "link; reached; 36.5 °C; by link", "本人通过链接填报，36.5 °C", "by the contact through a link, 36.5 °C"},
		{"follow_up:2020-03-05", "staff; not reached; by li", "未联系上", "not reached"},
		{"follow_up:2020-03-05", "staff; reached; by li", "已联系，无症状", "reached, no symptoms"},
		{"test:1", "pcr positive, sampled 2020-03-04T09:00:00+08:00", "核酸阳性，采样 2020-03-04 09:00", "pcr positive, sampled 2020-03-04 09:00"},
		{"link", "good until 2020-03-13T00:00:00+08:00", "有效期至 2020-03-13 00:00", "good until 2020-03-13 00:00"},
		{"fixed", "level follow", "判定级别、随访日期", "level, days of follow-up"},
		{"withdrawn_for", "policy nhc-8@2", "按判定标准 nhc-8@2 不再计入", "does not count by policy nhc-8@2"},
		{"status", "released", "已解除", "released"},
		{"isolation", "2020-03-05T10:00:00+08:00 – 2020-03-09T12:05:00+08:00", "2020-03-05 10:00 – 2020-03-09 12:05", "2020-03-05 10:00 – 2020-03-09 12:05"},
		{"judged", "what a later version writes", "what a later version writes", "what a later version writes"},
		{"follow_up:2020-03-05", "odd", "odd", "odd"},
		{"note", strings.Repeat("长", 130), strings.Repeat("长", 120) + "…", strings.Repeat("长", 120) + "…"},
	} {
		got := report.ValueText(x.field, x.value, zone)
		if !strings.HasPrefix(got.ZH, x.zh) || !strings.HasPrefix(got.EN, x.en) || strings.Contains(got.ZH, "policy") || strings.Contains(got.ZH, "p-张") {
			t.Errorf("%s %q: %q / %q", x.field, x.value, got.ZH, got.EN)
		}
	}
	for why, zh := range map[string]string{"daily follow-up": "每日随访", "reported by the contact through a link": "本人通过链接填报", "复核": "复核"} {
		if got := report.WhyText(why).ZH; got != zh {
			t.Errorf("%q: %q", why, got)
		}
	}
}
