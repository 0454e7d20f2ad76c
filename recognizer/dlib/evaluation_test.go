package dlib_test

import (
	"fmt"
	"testing"

	"menshen/recognizer/dlib"
	"menshen/recognizer/enginetest"
)

func TestX(t *testing.T) {
	e, err := dlib.New(dlib.Config{Folder: enginetest.MustShared(t, "models", "dlib-standin"), ModelHash: "dc0b4943c077ce151ff2f694adf4316e77458ea5ad4e61f9d5650e7def8fa545", Recognizers: 2})
	if err != nil {
		t.Fatal(err)
	}
	ev := enginetest.MustEvaluate(t, e)
	fmt.Println(ev.Missed)
	for _, th := range []float64{.5, .55, .6, .62, .64, .66, .68, .7, .72} {
		a, tar, far := ev.Accuracy(th)
		fmt.Println(th, a, tar, far)
	}
}
