# What to do with this checkout; `make` lists it. The work is done by yard (toolchain/cmd/yard), which is compiled first:
# about 20 s once on a fresh machine, nothing to notice afterwards.

STACK ?= local
SERVICE ?=
SINCE ?= 10m
FOLLOW ?= 1
FAULTS ?=
REPEAT ?= 1
JSON ?=
HOURS ?= 3
OUTPUT ?=
BRANCH ?=
OPTIONAL ?=
REPOSITORY ?=
PULL_REQUEST ?=
AUTHOR ?= github-actions[bot]
COMMENT ?= comment.md
WITHIN ?= 10m
NAME ?=
FILE ?=
RESTART ?= 1
REPLICAS ?=
NOTIFY ?=
RELEASE ?=
WRITE ?=
# The command of exec and run goes through the environment: the shell takes "$CMD" as one word, whatever is in it.
CMD ?=
export CMD

YARD := .botyard/bin/yard
# One set of flags for every Go build, so that all share their compiled packages. go.sum pins the modules; the public
# checksum database does not know all of them.
export CGO_ENABLED = 0
export GOSUMDB = off
export GOFLAGS += -buildvcs=false
export GOWORK = off

.PHONY: help up down preview status dashboard logs secret secrets restart exec run scale drift releases rollback drill env test check bench fmt yard pins sbom dev model models
.PHONY: images preview-comment post-comment stack-of stacks sources deliver verify dispatch train
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/; s/\$$\$$/$$/' | while IFS="$$(printf '\t')" read -r target text; do printf '  make %-15s %s\n' "$$target" "$$text"; done
	@echo
	@echo '  STACK=local|prod   the stack (all but down, test, check, bench, fmt); default local. wulu-local and wulu: docs/wulu.md'
	@echo '  SERVICE=name       the service; of its log: SINCE=1h how far back; FOLLOW= prints and ends'
	@echo '  NAME=name          the secret, whose value comes from standard input; RESTART= restarts nobody. Or the model, with FILE=path (model), or the layer that trains (train)'
	@echo '  CMD="a b"          what exec (default sh) and run do; words are split as in a shell, a $$ is written $$$$'
	@echo '  REPLICAS=2         how many copies scale makes; NOTIFY=1 drift tells the alerts'"'"' channels'
	@echo '  RELEASE=r12        the release that rollback goes back to; default: the newest that does not run'
	@echo '  JSON=1             status and releases as JSON; HOURS=24 how far back the dashboard reaches; OUTPUT=file where it goes'
	@echo '  FAULTS=a,b         the faults to drill, of SERVICE (default bot); REPEAT=5 how often each; docs/drills.md'
	@echo '  BRANCH=dev         the branch to deliver (deliver, stack-of, sources); WITHIN=10m how long until all is well; docs/delivery.md'
	@echo '  BOTYARD_TOOLCHAIN=auto|published|build   take published parts where they can be had (auto), always, or never'

yard:
	@test -x $(YARD) || echo 'compiling yard (about 20 s, once)' >&2
	@cd toolchain && go build -o ../$(YARD) ./cmd/yard

up: yard ## set this machine up and bring the stack up; again after each change
	@$(YARD) up --stack $(STACK)

down: yard ## remove all that up made; the caches stay
	@$(YARD) down

preview: yard ## show what up would change; STACK=prod without AWS credentials: on the emulator
	@$(YARD) preview --stack $(STACK)

status: yard ## how the stack is: services, alarms, last deploy, backups, cost; JSON=1 for programs
	@$(YARD) status --stack $(STACK)$(if $(JSON), --json)

dashboard: yard ## draw the stack's CloudWatch dashboard into .botyard/dashboard-<stack>.html
	@$(YARD) dashboard --stack $(STACK) --hours $(HOURS) --output '$(OUTPUT)'

logs: yard ## print and follow the log of SERVICE
	@$(YARD) logs --stack $(STACK) --service '$(SERVICE)' --since $(SINCE) --follow=$(if $(FOLLOW),true,false)

secret: yard ## set or rotate the secret NAME from standard input, and restart the services that use it
	@$(YARD) secret --stack $(STACK) --name '$(NAME)' --restart=$(if $(RESTART),true,false)

secrets: yard ## list the secrets: since when they are set, who uses them, which nobody does
	@$(YARD) secrets --stack $(STACK)

model: yard ## upload FILE as the newest version of the model NAME; an upload that was cut off goes on
	@$(YARD) model --stack $(STACK) --name '$(NAME)' --file '$(FILE)'

models: yard ## list the models: newest versions, sizes, who runs which; NAME= all versions of one
	@$(YARD) models --stack $(STACK) --name '$(NAME)'

restart: yard ## restart SERVICE, its standby too, and wait until it is steady
	@$(YARD) restart --stack $(STACK) --service '$(SERVICE)'

exec: yard ## run CMD, or a shell, inside a running task of SERVICE
	@$(YARD) exec --stack $(STACK) --service '$(SERVICE)' --command "$$CMD"

run: yard ## run CMD once, in a task of its own like those of SERVICE
	@$(YARD) run --stack $(STACK) --service '$(SERVICE)' --command "$$CMD"

scale: yard ## have REPLICAS copies of SERVICE for now
	@$(YARD) scale --stack $(STACK) --service '$(SERVICE)' --replicas '$(REPLICAS)'

dev: yard ## run SERVICE of stack local from its source, reloaded on change, until Ctrl-C
	@$(YARD) dev --stack $(STACK) --service '$(SERVICE)'

drift: yard ## compare the stack with what really is: what differs, or "no drift"; changes nothing
	@$(YARD) drift --stack $(STACK)$(if $(NOTIFY), --notify)

releases: yard ## what the stack has run: when, by whom, which images
	@$(YARD) releases --stack $(STACK)$(if $(JSON), --json)

rollback: yard ## run RELEASE again, or the one before; nothing is built
	@$(YARD) rollback --stack $(STACK) --release '$(RELEASE)'

pins: yard ## show the base images' newest digests beside the pinned ones; WRITE=1 writes them into the stack files
	@$(YARD) pins $(if $(filter-out file,$(origin STACK)),--stack '$(STACK)')$(if $(WRITE), --write)

sbom: yard ## write down what is in the images: an SPDX file a layer, into .botyard/sbom
	@$(YARD) sbom --stack $(STACK)

drill: yard ## make the bot fail on purpose and measure how it comes back; STACK=prod: the harmless part, after a question
	@$(YARD) drill --stack $(STACK) --service '$(or $(SERVICE),bot)' --faults '$(FAULTS)' --repeat $(REPEAT)

env: yard ## shell variables to run pulumi by hand: eval "$$(make -s env)"
	@$(YARD) env --stack $(STACK)

check: yard ## formatting, vet, linters and the fast tests
	@$(YARD) check

test: yard ## check, then everything end to end on the emulator
	@$(YARD) check --tools
	@go test -tags e2e -count=1 -v -timeout 80m ./tests/e2e/...
	@cd toolchain/plugin-docker && go test -tags e2e -count=1 -run TestTheSamplesLayers .

bench: yard ## measure, and write bench/results; COLD=1 the cold start too
	@go run ./bench $(if $(COLD),-cold)

fmt: ## format the Go code
	@git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -w

# What follows is what CI runs: .github/workflows and the Jenkinsfile call these and nothing else (docs/delivery.md). A branch
# comes from outside: the shell takes it from the environment, where nothing in it is a command.
IN_PULUMI = environment=$$($(YARD) env --stack $(1)) && eval "$$environment"

images: ## build every image of STACK here as a check; nothing is pushed
	@go run ./delivery images --stack $(STACK)

train: ## build the layer of STACK that trains a model (NAME, if several do) and put the model into .botyard/models
	@go run ./delivery train --stack $(STACK) --layer '$(NAME)'

preview-comment: yard ## preview STACK and print it as a pull request's comment
	@$(call IN_PULUMI,$(STACK)) && go run ./delivery preview-comment --stack $(STACK)

post-comment: ## keep the comment in file COMMENT up to date in PULL_REQUEST of REPOSITORY, with GITHUB_TOKEN
	@go run ./delivery/ci post --repository '$(REPOSITORY)' --pull-request '$(PULL_REQUEST)' --author '$(AUTHOR)' <'$(COMMENT)'

stack-of: ## print the stack that BRANCH is delivered to; OPTIONAL=1 prints nothing for another branch
	@go run ./delivery/ci stack-of --branch "$$BRANCH" $(if $(OPTIONAL),--optional)

stacks: ## print all branches that are delivered, with their stacks, as a workflow's matrix
	@go run ./delivery/ci stacks

sources: ## fetch the newest code of BRANCH from the repositories that are submodules of this one
	@go run ./delivery/ci sources --branch "$$BRANCH"

deliver: yard ## bring the stack of BRANCH up and verify it
	@stack=$$(go run ./delivery/ci stack-of --branch "$$BRANCH") && $(call IN_PULUMI,"$$stack") && \
		go run ./delivery/ci deliver --branch "$$BRANCH" --yard $(YARD) --within $(WITHIN)

verify: yard ## verify that STACK is as it should be: all services healthy, no alarm
	@go run ./delivery/ci verify --stack $(STACK) --yard $(YARD) --within $(WITHIN)

dispatch: ## ask REPOSITORY on GitHub to deliver BRANCH, with GITHUB_TOKEN
	@go run ./delivery/ci dispatch --repository '$(REPOSITORY)' --branch "$$BRANCH"
