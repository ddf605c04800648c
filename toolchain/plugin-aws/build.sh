#!/bin/sh
# Builds the plugin: build.sh <build folder> <output file>. Both may be made by an earlier run that was cut off; nothing else is written.
set -eu
build=${1:?usage: build.sh <build folder> <output file>}
output=${2:?usage: build.sh <build folder> <output file>}
mkdir -p "$build" "$(dirname "$output")"
build=$(cd "$build" && pwd)
output=$(cd "$(dirname "$output")" && pwd)/$(basename "$output")
cd "$(dirname "$0")"

# The modules' checksums are in go.sum; the public checksum database does not know them all.
export GOSUMDB=off GOFLAGS='' GOWORK=off

echo "plugin-aws: trimming the provider"
go run ./trim -to "$build"
echo "plugin-aws: compiling"
# -v names each package as it is compiled; -pgo=off keeps a profile from making every dependency compile again. Inlining (-l turns it off) is a
# third of the time that the AWS packages take, and theirs is code that waits for the network.
go build -v -pgo=off -modfile="$build/go.mod" -buildvcs=false -ldflags "-s -w" \
	-gcflags "github.com/aws/aws-sdk-go-v2/service/...=-l" -gcflags "github.com/hashicorp/terraform-provider-aws/...=-l" \
	-o "$output.new" .
mv "$output.new" "$output"
echo "plugin-aws: done"
