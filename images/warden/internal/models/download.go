package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"botyard/warden/internal/events"
)

const (
	buffer      = 256 << 10 // bytes
	firstPause  = 200 * time.Millisecond
	longestWait = 10 * time.Second
)

// errFinal is a failure that no other try mends.
var errFinal = errors.New("it is not tried again")

// download brings what the part lacks, and tells how many bytes came. A connection that breaks or brings nothing is not the
// end: the next one goes on from there.
func (s *Store) download(ctx context.Context, f File, part string, log *slog.Logger) (came int64, err error) {
	file, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return 0, s.unusable(err)
	}
	defer file.Close()
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	if have > f.Size { // not of this file
		if have, err = 0, file.Truncate(0); err != nil {
			return 0, err
		}
	}
	if err := s.makeRoom(f, f.Size-have, log); err != nil {
		return 0, err
	}
	log.Info("fetching the model", "event", events.Fetching, "here", have)
	pause, lastByte := firstPause, time.Now()
	for have < f.Size {
		at, err := s.transfer(ctx, f, file, have)
		if at > have {
			came, pause, lastByte = came+at-have, firstPause, time.Now()
		}
		have = at
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil:
			return came, ctx.Err()
		case errors.Is(err, errFinal):
			return came, err
		case time.Since(lastByte) > s.Patience:
			return came, fmt.Errorf("%d of %d bytes are here, and nothing more has come for %s: %w", have, f.Size, s.Patience, err)
		}
		log.Warn("a transfer of the model broke off; the next goes on from there", "event", events.FetchFailed, "here", have, "error", err.Error())
		select {
		case <-ctx.Done():
			return came, ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, longestWait)
	}
	return came, file.Sync()
}

// transfer is one request for what is behind a place in the file. It tells where the file ends now.
func (s *Store) transfer(ctx context.Context, f File, file *os.File, from int64) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(s.Stall, func() { cancel(fmt.Errorf("nothing came for %s", s.Stall)) })
	defer stalled.Stop()
	out, err := s.Client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: aws.String(f.Bucket), Key: aws.String(f.Key), VersionId: aws.String(f.Version), Range: aws.String(fmt.Sprintf("bytes=%d-", from)),
	})
	if err != nil {
		return from, why(ctx, err)
	}
	defer out.Body.Close()
	if out.ContentRange == nil { // all of it was sent: S3 does so only when it was not asked for a part
		if from = 0; file.Truncate(0) != nil {
			return from, errFinal
		}
	}
	if total := from + aws.ToInt64(out.ContentLength); total != f.Size {
		return from, fmt.Errorf("S3 has %d bytes of it, not %d; %w", total, f.Size, errFinal)
	}
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return from, fmt.Errorf("%w; %w", err, errFinal)
	}
	// The file alone would read by itself, without a buffer that bounds how much is lost by a break.
	n, err := io.CopyBuffer(struct{ io.Writer }{file}, &watched{io.LimitReader(out.Body, f.Size-from), func() { stalled.Reset(s.Stall) }}, make([]byte, buffer))
	from += n
	switch {
	case from == f.Size:
		return from, nil
	case err == nil:
		err = io.ErrUnexpectedEOF
	case errors.As(err, new(*os.PathError)):
		return from, fmt.Errorf("%w; %w", err, errFinal) // the disk's trouble, which no other transfer mends
	}
	return from, why(ctx, err)
}

// watched tells of each read.
type watched struct {
	io.Reader
	came func()
}

// Read reads, and tells of it.
func (w *watched) Read(into []byte) (int, error) {
	n, err := w.Reader.Read(into)
	w.came()
	return n, err
}

// why is the cause of an error, and whether another try may help.
func why(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		switch response.HTTPStatusCode() {
		case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusRequestedRangeNotSatisfiable:
			return fmt.Errorf("%w; %w", err, errFinal)
		}
	}
	return err
}
