package models

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Limits of an upload in parts. Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits".
const (
	leastPart = 8 << 20 // bytes; S3 takes 5 MiB of all parts but the last
	mostParts = 10000
)

// Source is a file that is uploaded.
type Source struct {
	Name   string // without its folder: a service finds it under this name
	Size   int64
	SHA256 string // in hexadecimal digits
	Part   int64  // bytes of each part but the last
	file   *os.File
	at     time.Time // when it was changed last
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)

// Open opens the file and reads it once, for its checksum.
func Open(ctx context.Context, path string, meter func(total int64) Meter) (*Source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the model: %w", err)
	}
	s := &Source{Name: filepath.Base(path), file: file}
	if err := s.read(ctx, meter); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Source) read(ctx context.Context, meter func(int64) Meter) error {
	info, err := s.file.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("cannot read the model: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file; a model is one file: pack a folder first, such as tar -czf model.tar.gz folder", s.file.Name())
	case info.Size() == 0:
		return fmt.Errorf("%s is empty; right would be a trained model", s.file.Name())
	case !namePattern.MatchString(s.Name):
		return fmt.Errorf("the file's name %q would be its name in the container, which takes letters, digits and . _ - (at most 128); rename it", s.Name)
	}
	s.Size, s.at = info.Size(), info.ModTime()
	m := meter(s.Size)
	defer m.Done()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(sum, adds{ctx, m}), s.file); err != nil {
		return fmt.Errorf("cannot read the model: %w", err)
	}
	bytes := sum.Sum(nil)
	s.SHA256, s.Part = hex.EncodeToString(bytes), partSize(s.Size, bytes)
	return nil
}

// partSize is the size of a file's parts. S3 does not tell of an unfinished upload which file it is of, and two versions of a
// model may begin with the same parts: so the checksum is in the size, as a number below 2^20 that is added.
func partSize(size int64, sum []byte) int64 {
	least := max(leastPart, (size+mostParts-1)/mostParts)
	return least + (int64(sum[0])<<16|int64(sum[1])<<8|int64(sum[2]))&(1<<20-1)
}

// Close closes the file.
func (s *Source) Close() { _ = s.file.Close() } // it was only read

// parts is how many there are.
func (s *Source) parts() int { return int((s.Size + s.Part - 1) / s.Part) }

// part is the content of one, counted from 1.
func (s *Source) part(number int) *io.SectionReader {
	from := int64(number-1) * s.Part
	return io.NewSectionReader(s.file, from, min(s.Part, s.Size-from))
}

// sum is a part's SHA-256 as S3 writes it.
func (s *Source) sum(number int) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, s.part(number)); err != nil {
		return "", fmt.Errorf("cannot read the model: %w", err)
	}
	return base64.StdEncoding.EncodeToString(sum.Sum(nil)), nil
}

// unchanged tells that nobody has written to the file since it was read.
func (s *Source) unchanged() error {
	info, err := s.file.Stat()
	if err == nil && (info.Size() != s.Size || !info.ModTime().Equal(s.at)) {
		err = fmt.Errorf("%s has changed while it was uploaded, so that nothing new is there; run the command again when it is written", s.file.Name())
	}
	return err
}

// adds tells a meter of what goes by, until its context ends.
type adds struct {
	ctx context.Context
	m   Meter
}

// Write takes anything.
func (a adds) Write(data []byte) (int, error) {
	a.m.Add(int64(len(data)))
	return len(data), a.ctx.Err()
}
