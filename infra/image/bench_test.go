package image

import (
	"fmt"
	"testing"
)

// BenchmarkNewGraph reads a context of 100,000 files of 1 KiB in 1,000 folders, as a front end's
// dependencies are; the goal is 2 s.
func BenchmarkNewGraph(b *testing.B) {
	root := b.TempDir()
	fill(b, root, 1000, 100)
	b.ResetTimer()
	for b.Loop() {
		_, err := NewGraph(root, []Layer{{Name: "bot", Parent: "python", Context: "ctx"}}, map[string]string{"python": "p"})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func fill(b *testing.B, root string, folders, files int) {
	b.Helper()
	text := make([]byte, 1024)
	for i := range text {
		text[i] = "const a = b.c(d) // e.f\n"[i%24]
	}
	for i := range folders {
		for j := range files {
			write(b, root, fmt.Sprintf("ctx/%d/%d.js", i, j), string(text))
		}
	}
	write(b, root, "ctx/Dockerfile", "FROM x\n")
	write(b, root, "ctx/.dockerignore", "*.md\n**/*.txt\ntests\n!keep.md\n")
}
