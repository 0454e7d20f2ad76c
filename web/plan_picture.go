package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/jpeg" // site plans are JPEG
	_ "image/png"  // or PNG

	"menshen"
)

// Limits of the picture of a site plan. A picture of more pixels is refused before it is decoded.
const (
	maxPlanBytes  = 10 << 20
	maxPlanPixels = 25_000_000
	maxPlanSide   = 12_000
	maxPlanScans  = 64 // of a JPEG picture and its thumbnail; programs write about ten
)

// readPlanPicture checks a picture as it was sent: by what is in it, whatever it is called, and whole.
func readPlanPicture(data []byte) (menshen.PlanPicture, error) {
	const op = "web.plan_picture"
	if len(data) > maxPlanBytes {
		return menshen.PlanPicture{}, menshen.Errorf(menshen.CodeInvalid, op, "picture: it has more than %d MB", maxPlanBytes>>20).
			WithHint("save it smaller: 3000 pixels across are enough for a site plan")
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || format != "png" && format != "jpeg" {
		return menshen.PlanPicture{}, menshen.Errorf(menshen.CodeInvalid, op, "picture: it is neither PNG nor JPEG, whatever its name says").
			WithHint("open it in a program for pictures, and save it as PNG or JPEG").WithCause(err)
	}
	if w, h := int64(cfg.Width), int64(cfg.Height); w < 1 || h < 1 || w > maxPlanSide || h > maxPlanSide || w*h > maxPlanPixels {
		return menshen.PlanPicture{}, menshen.Errorf(menshen.CodeInvalid, op, "picture: it has %d × %d pixels, too many to show on a page", cfg.Width, cfg.Height).
			WithHint("save it smaller: 3000 pixels across are enough for a site plan")
	}
	// Each scan of a progressive JPEG picture goes over all of it: a few bytes a scan would keep the hub busy for hours.
	if format == "jpeg" && bytes.Count(data, []byte{0xff, 0xda}) > maxPlanScans {
		return menshen.PlanPicture{}, menshen.Errorf(menshen.CodeInvalid, op, "picture: it is put together of too many layers").
			WithHint("save it anew, and upload that")
	}
	if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
		return menshen.PlanPicture{}, menshen.Errorf(menshen.CodeInvalid, op, "picture: it is damaged or cut off").
			WithHint("save it anew, and upload that").WithCause(err)
	}
	sum := sha256.Sum256(data)
	return menshen.PlanPicture{ID: hex.EncodeToString(sum[:]), Type: "image/" + format, Width: cfg.Width, Height: cfg.Height, Data: data}, nil
}
