package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"menshen"
	"menshen/store/sqlite"
)

func TestInspectFindsWhatIsWrongWithACopy(t *testing.T) {
	t.Chdir(t.TempDir()) // paths need not begin at the root
	site, err := sqlite.Open(t.Context(), "site.db", sqlite.Options{Key: []byte("0123456789abcdef0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	if err := os.Mkdir("copies", 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("copies", "site.db")
	if err := site.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if people, passes, err := sqlite.Inspect(t.Context(), path); err != nil || people != 0 || passes != 0 {
		t.Errorf("a copy: %d, %d, %v", people, passes, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < 8192 && i < len(b); i++ {
		b[i] = 0xff
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := sqlite.Inspect(t.Context(), path); menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("a damaged copy: %v", err)
	}
}
