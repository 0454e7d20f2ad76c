package table

import (
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"menshen"
)

// layouts of a day, as offices write it.
var layouts = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}

// Date reads a cell as a day: midnight UTC; the zero time for an empty cell. A time of day after the date is left out.
// CodeInvalid for anything else.
func (r Row) Date(key string) (time.Time, error) {
	cell := r.Narrow(key)
	if cell == "" {
		return time.Time{}, nil
	}
	day, err := Date(cell)
	if err == nil || !r.serial {
		return day, err
	}
	if n, wrong := strconv.ParseFloat(cell, 64); wrong == nil && n >= 1 && n < 80_000 {
		if at, wrong := excelize.ExcelDateToTime(n, false); wrong == nil {
			return at.Truncate(24 * time.Hour), nil
		}
	}
	return time.Time{}, err
}

// Date reads a day as offices write it: 2020-02-14, 2020/2/14, 2020.2.14, 2020年2月14日 or 20200214. It gives midnight UTC.
func Date(text string) (time.Time, error) {
	day, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	day, _, _ = strings.Cut(day, "T")
	for _, layout := range layouts {
		if t, err := time.Parse(layout, day); err == nil {
			return t, nil
		}
	}
	return time.Time{}, menshen.Errorf(menshen.CodeInvalid, op, "%q is no date", text).WithHint("write it like 2020-02-14")
}
