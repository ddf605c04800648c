// The version of buildx that bench compares with (go run ./bench -only bake).
module botyard/bench/buildx

go 1.26

require github.com/docker/buildx v0.30.1
