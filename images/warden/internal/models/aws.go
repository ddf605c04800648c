package models

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
)

const (
	stall    = 20 * time.Second
	patience = 2 * time.Minute
)

// Open takes region, credentials and endpoint from where the AWS SDK looks by itself. It sends nothing yet.
func Open(ctx context.Context, folder string, log *slog.Logger) (*Store, error) {
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("AWS settings: %w", err)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.Logger = logging.Nop{} // its lines are no JSON, and what fails is told by the error
		// A part of an object has no checksum, and the whole has its SHA-256 here.
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		// An endpoint that somebody names (an emulator) has one name for all buckets.
		o.UsePathStyle = os.Getenv("AWS_ENDPOINT_URL") != "" || os.Getenv("AWS_ENDPOINT_URL_S3") != ""
	})
	return &Store{Folder: folder, Client: client, Log: log, Stall: stall, Patience: patience, Free: Free}, nil
}

// GetAll makes sure that all files are there, one after the other, and holds them. It returns the environment that tells where
// they are.
func (s *Store) GetAll(ctx context.Context, files []File) (environ []string, held []Held, err error) {
	for _, f := range files {
		got, err := s.Get(ctx, f)
		if err != nil {
			return nil, held, err
		}
		environ, held = append(environ, f.Variable+"="+got.Path), append(held, got)
	}
	return environ, held, nil
}
