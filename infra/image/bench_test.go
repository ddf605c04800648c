package image

import (
	"fmt"
	"syscall"
	"testing"
)

// BenchmarkNewGraph reads a context of 100,000 files of 1 KiB in 1,000 folders, as a front end's
// dependencies are; the goal is 2 s. On a machine that has other work the time says little: the processor's seconds do.
func BenchmarkNewGraph(b *testing.B) {
	root := b.TempDir()
	fill(b, root, 1000, 100)
	b.ResetTimer()
	began := processorSeconds(b)
	for b.Loop() {
		_, err := NewGraph(root, []Layer{{Name: "bot", Parent: "python", Context: "ctx"}}, map[string]string{"python": "p"})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((processorSeconds(b)-began)/float64(b.N), "cpu-s/op")
}

// processorSeconds is what this process has used of the processors so far.
func processorSeconds(b *testing.B) float64 {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
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
