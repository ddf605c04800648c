package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBadInput holds the exact message of everything that is refused. Each case is good with
// one change; the errors are all lines, each without its "botyard:".
func TestBadInput(t *testing.T) {
	root := project(t)
	writeFile(t, root, "empty/README", "")
	_, err := load(t, root, "")
	require.NoError(t, err)
	assertRefused(t, root, badInput)
}

var badInput = []badCase{
	// Keys and types.
	{"unknown top key", `servces: {}`, `servces: unknown key; did you mean "services"?`},
	{"unknown top key, nothing near", `frobnicate: 1`, `frobnicate: unknown key; use one of alarms, alerts, approvals, baseImages, budget, builds, database, delivery, edge, extends, hosts, images, models, network, registry, release, scan, secrets, services, tags, warden, without`},
	{"unknown key", `services: {bot: {cpus: 1}}`, `services.bot.cpus: unknown key; did you mean "cpu"?`},
	{"unknown deep key", `services: {bot: {health: {intervall: 1}}}`, `services.bot.health.intervall: unknown key; did you mean "interval"?`},
	{"unknown key in a list", `services: {bot: {volumes: [{name: a, path: /a, size: 1}]}}`, `services.bot.volumes[0].size: unknown key; use one of name, path`},
	{"wrong case of a key", `hosts: {instancetype: t3.small}`, `hosts.instancetype: unknown key; did you mean "instanceType"?`},
	{"text for a number", `services: {bot: {cpu: "256"}}`, `services.bot.cpu: is the text "256"; give a whole number without quotes`},
	{"fraction", `services: {bot: {cpu: 0.5}}`, `services.bot.cpu: is the number 0.5; give a whole number without quotes`},
	{"far too large number", `services: {bot: {cpu: 99999999999}}`, `services.bot.cpu: is the number 99999999999; give a whole number without quotes`},
	{"number for a text", `database: {engineVersion: 15}`, `database.engineVersion: is the number 15; put it in quotes ("15")`},
	{"boolean for a text", `services: {bot: {environment: {DEBUG: true}}}`, `services.bot.environment.DEBUG: is the value true; put it in quotes ("true")`},
	{"text for a boolean", `services: {bot: {singleton: "yes"}}`, `services.bot.singleton: is the text "yes"; give true or false`},
	{"text for a list", `services: {bot: {command: run it}}`, `services.bot.command: is the text "run it"; give a list of texts, such as ["one", "two"]`},
	{"map for a text", `images: {bot: {parent: {}}}`, `images.bot.parent: is a map; give a text`},
	{"number in a list of texts", `alerts: {email: [1]}`, `alerts.email[0]: is the number 1; put it in quotes ("1")`},
	{"nothing in a list", `alerts: {email: [null]}`, `alerts.email[0]: is empty; give a text`},
	{"list for a map of maps", `secrets: []`, "secrets: is a list; give a map of names to values\nservices.bot.secrets.SHARED: there is no secret \"shared\"; declare it\nservices.bot.secrets.TOKEN: there is no secret \"token\"; declare it"},
	{"text for a struct", `edge: bots.example.org`, `edge: is the text "bots.example.org"; give a map with the keys domain, zone`},
	{"list of texts for volumes", `services: {bot: {volumes: [data]}}`, `services.bot.volumes[0]: is the text "data"; give a map with the keys name, path`},
	{"text for volumes", `services: {bot: {volumes: data}}`, `services.bot.volumes: is the text "data"; give a list of maps with the keys name, path`},
	{"long text is not repeated", `services: {bot: {port: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}`, `services.bot.port: is a text; give a map with the keys container, host`},
	{"odd key", `tags: {"a.b": 1}`, `tags["a.b"]: is the number 1; put it in quotes ("1")`},
	{"required keys", `services: {new: {}}`, `services.new.cpu: is missing; give a whole number without quotes
services.new.health: is missing; give a map with the keys command, http, tcp, interval, timeout, retries, startPeriod
services.new.image: is missing; give a text
services.new.memory: is missing; give a whole number without quotes`},
	{"required by removal", `services: {bot: {health: {command: null}}}`, `services.bot.health: has 0 of command, http and tcp; give one of them, such as http: {path: /health}`},
	{"without without extends", `without: [edge]`, `without: leaves out keys of no stack; set botyard:extends too, or remove it`},

	// Names and references.
	{"image name", `images: {Bot: {parent: base, context: images/bot}}`, `images.Bot: is no name that AWS accepts; use lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters`},
	{"service name with underscore", `services: {bot: null, my_bot: {image: bot, cpu: 256, memory: 256, health: {command: [x]}}}`, `services.my_bot: is no name that AWS accepts; use lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters`},
	{"service name too long", `services: {bot: null, a23456789-123456789-123456789-123: {image: bot, cpu: 256, memory: 256, health: {command: [x]}}}`, `services.a23456789-123456789-123456789-123: is no name that AWS accepts; use lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters`},
	{"hyphen at the end", `secrets: {a-: {description: x}}`, `secrets.a-: is no name that AWS accepts; use lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters`},
	{"empty name", `baseImages: {"": "docker.io/library/a@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b"}`, `baseImages[""]: is no name that AWS accepts; use lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters`},
	{"unknown image", `services: {bot: {image: bto}}`, `services.bot.image: there is no image "bto"; did you mean "bot"?`},
	{"unknown image, nothing near", `services: {bot: {image: frob}}`, `services.bot.image: there is no image "frob"; use one of base, bot, init, warden`},
	{"unknown secret", `services: {bot: {secrets: {A: tokn}}}`, `services.bot.secrets.A: there is no secret "tokn"; did you mean "token"?`},
	{"unknown init image", `database: {initImage: inti}`, `database.initImage: there is no image "inti"; did you mean "init"?`},
	{"unknown parent", `images: {bot: {parent: bsae}}`, `images.bot.parent: there is no layer or base image "bsae"; use one of the layers (base, bot, init, warden) or base images (python)`},
	{"cycle", `images: {base: {parent: bot}}`, `images.base.parent: the layers build on each other in a circle: base → bot → base; let one of them build on a base image`},
	{"layer and base image of one name", `baseImages: {base: "docker.io/library/a@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b"}`, `images.base: has the name of a base image; rename one of them, so that a parent's name means one thing`},
	{"no Dockerfile", `images: {bot: {context: empty}}`, `images.bot.dockerfile: there is no file empty/Dockerfile; write it, or correct the path`},
	{"no context", `images: {bot: {context: images/bto}}`, `images.bot.context: there is no folder images/bto; create it with a Dockerfile in it, or correct the path`},
	{"service name reserved", `services: {flow-logs: {image: bot, cpu: 256, memory: 256, health: {command: [x]}}}`, `services.flow-logs: is the name of a task of the program itself; choose another name`},
	{"role reserved", `services: {postgres: {image: bot, cpu: 256, memory: 256, health: {command: [x]}, database: {name: points, access: read}}}`, `services.postgres: its database role would be "postgres", which Postgres or RDS keeps for itself; choose another name`},
	{"role prefix reserved", `services: {pg-x: {image: bot, cpu: 256, memory: 256, health: {command: [x]}, database: {name: points, access: read}}}`, `services.pg-x: its database role would be "pg_x", which Postgres or RDS keeps for itself; choose another name`},
	{"secret of a database", `secrets: {bot-database: {description: x}}`, `secrets.bot-database: is the name of the secret with the database password of service "bot"; choose another name`},

	// Alarms and cost.
	{"alarms of what is not there", `alarms: {moon: {cpu: 1}}`, `alarms.moon: there are no alarms of that; use one of [service hosts database edge]`},
	{"threshold of no alarm", `alarms: {service: {cpus: 1}}`, `alarms.service.cpus: there is no alarm with such a threshold; did you mean "cpu"?`},
	{"fixed threshold", `alarms: {service: {heartbeat: 2}}`, `alarms.service.heartbeat: there is no alarm with such a threshold; use one of cannot-start, cpu, crash-loop, errors, latency, memory, server-errors`},
	{"threshold out of range", `{alarms: {hosts: {disk: 101}, database: {transaction-ids: 5}}, services: {bot: {alarms: {memory: 0.5}}}}`, `alarms.database.transaction-ids: 5 is out of range; give 1000000 to 2000000000 transaction ids
alarms.hosts.disk: 101 is out of range; give 1 to 100 percent
services.bot.alarms.memory: 0.5 is out of range; give 1 to 100 percent`},
	{"threshold as a text", `alarms: {service: {cpu: "80"}}`, `alarms.service.cpu: is the text "80"; give a number without quotes`},
	{"empty error pattern", `services: {bot: {errorPattern: ""}}`, `services.bot.errorPattern: is empty or too long; give a filter pattern of CloudWatch Logs, such as "?ERROR ?CRITICAL", or remove it`},
	{"chat without a secret", `alerts: {discord: tokn}`, `alerts.discord: there is no secret "tokn"; did you mean "token"?`},
	{"chat's address in a parameter", `alerts: {slack: shared}`, `alerts.slack: "shared" is an SSM parameter; name a secret of Secrets Manager`},
	{"delivery of nothing", `delivery: {repository: null, state: null}`, `delivery.repository: is missing; give a text
delivery.state: is missing; give a text`},
	{"delivery from any repository", `delivery: {repository: "acme/*"}`, `delivery.repository: "acme/*" is no repository of GitHub; give it as owner/name, without wildcards`},
	{"delivery from a URL", `delivery: {repository: "https://github.com/acme/bots"}`, `delivery.repository: "https://github.com/acme/bots" is no repository of GitHub; give it as owner/name, without wildcards`},
	{"state by name", `delivery: {state: acme-state}`, `delivery.state: "acme-state" is no bucket's ARN; give one such as arn:aws:s3:::acme-state, without a path`},
	{"state with a path", `delivery: {state: "arn:aws:s3:::acme-state/*"}`, `delivery.state: "arn:aws:s3:::acme-state/*" is no bucket's ARN; give one such as arn:aws:s3:::acme-state, without a path`},
	{"key by alias", `delivery: {key: alias/acme}`, `delivery.key: "alias/acme" is no KMS key's ARN; give one such as arn:aws:kms:us-east-1:123456789012:key/…, which aws kms describe-key shows for an alias`},
	{"tag of delivery", `tags: {botyard-stack: mine}`, `tags.botyard-stack: is the tag by which delivery's roles know what is the stack's; choose another key`},
	{"budget without a ceiling", `budget: {allowAbove: 10}`, `budget.monthlyUSD: is missing; give a number without quotes`},
	{"budget", `budget: {monthlyUSD: -1}`, `budget.monthlyUSD: -1 is no ceiling; give US dollars a month, such as 80, or remove the budget`},
	{"pass below the ceiling", `budget: {monthlyUSD: 80, allowAbove: 79.5}`, `budget.allowAbove: 79.5 is not above monthlyUSD; give US dollars a month that are, or remove it`},
	{"memory of an unknown class", `database: {instanceClass: db.x2g.large}`, `database.memoryGiB: is missing: the memory of db.x2g.large is not known here; give the GiB that AWS's table of instance classes shows`},
	{"memory of a known class", `database: {memoryGiB: 2}`, `database.memoryGiB: the memory of db.t4g.micro is known; remove it`},
	{"service named as an alarm's subject", `services: {edge: {image: bot, cpu: 256, memory: 256, health: {command: [x]}}}`, `services.edge: is the name of another part of the stack, whose alarms are named so; choose another name`},

	// Models.
	{"model without a description", `models: {greetings: {}}`, `models.greetings.description: is missing; give a text`},
	{"model with an empty description", `models: {greetings: {description: ""}}`, `models.greetings.description: is empty; say what the file is: somebody has to upload it`},
	{"model's name", `models: {My_Model: {description: x}}`, `models.My_Model: is no name that AWS accepts; use lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters`},
	{"unknown model", `{models: {greetings: {description: x}}, services: {bot: {models: {MODEL: {name: greeting}}}}}`, `services.bot.models.MODEL.name: there is no model "greeting"; did you mean "greetings"?`},
	{"model of nothing", `services: {bot: {models: {MODEL: {name: greetings}}}}`, `services.bot.models.MODEL.name: there is no model "greetings"; declare it`},
	{"model's version", `{models: {greetings: {description: x}}, services: {bot: {models: {MODEL: {name: greetings, version: "a b"}}}}}`, `services.bot.models.MODEL.version: "a b" is no version of an object in S3; give an id that make models shows, or latest for the newest at each update`},
	{"model's version before versions", `{models: {greetings: {description: x}}, services: {bot: {models: {MODEL: {name: greetings, version: "null"}}}}}`, `services.bot.models.MODEL.version: "null" is no version of an object in S3; give an id that make models shows, or latest for the newest at each update`},
	{"model's variable", `{models: {greetings: {description: x}}, services: {bot: {models: {1A: {name: greetings}, PORT: {name: greetings}, LEVEL: {name: greetings}, TOKEN: {name: greetings}}}}}`, `services.bot.models.1A: is no name of an environment variable; use letters, digits and _, not beginning with a digit
services.bot.models.LEVEL: is under environment too; keep one of them
services.bot.models.PORT: is set by the program itself; set port.container instead
services.bot.models.TOKEN: is under secrets too; keep one of them`},
	{"volume over the models", `{models: {greetings: {description: x}}, services: {bot: {models: {MODEL: {name: greetings}}, volumes: [{name: data, path: /models/data}]}}}`, `services.bot.volumes[0].path: "/models/data" is where the service's models are; give another folder`},
	{"volume of the models", `services: {bot: {volumes: [{name: botyard-models, path: /data}]}}`, `services.bot.volumes[0].name: "botyard-models" is the program's own; choose another name`},
	{"model without a warden", `{models: {greetings: {description: x}}, images: {plain: {parent: base, context: images/base}}, services: {api: {image: plain, models: {MODEL: {name: greetings}}}}}`, `services.api.models: are fetched by the warden, which the image "plain" does not start with; add "warden" to botyard:images.plain.uses, and make ENTRYPOINT ["/warden"] the last one of images/base/Dockerfile`},

	// Images.
	{"base image without digest", `baseImages: {python: "python:3.11"}`, `baseImages.python: "python:3.11" is not pinned by a digest, so that it can mean another image tomorrow; append the @sha256:… that docker buildx imagetools inspect shows for it`},
	{"base image of a registry without digest, emulated", `{registry: {address: "localhost:4566"}, baseImages: {python: "docker.io/library/python:3.11"}}`, `baseImages.python: "docker.io/library/python:3.11" is not pinned by a digest, so that it can mean another image tomorrow; append the @sha256:… that docker buildx imagetools inspect shows for it`},
	{"base image is no reference", `baseImages: {python: "Python 3"}`, `baseImages.python: "Python 3" is no image reference; give one such as docker.io/library/python:3.11-slim@sha256:…`},
	{"base image with a short digest", `baseImages: {python: "python@sha256:aa"}`, `baseImages.python: "python@sha256:aa" is no image reference; give one such as docker.io/library/python:3.11-slim@sha256:…`},
	{"unknown platform", `images: {base: {platform: linux/arm}, bot: {platform: linux/arm}, init: {platform: linux/arm}}`, `images.base.platform: is linux/arm, but the hosts (t3.small) run linux/amd64; remove it, or choose other hosts
images.base.platform: there is no platform "linux/arm"; use linux/amd64 or linux/arm64
images.bot.platform: is linux/arm, but the hosts (t3.small) run linux/amd64; remove it, or choose other hosts
images.bot.platform: is linux/arm, but the used layer "warden" is linux/amd64; give both the same platform
images.bot.platform: there is no platform "linux/arm"; use linux/amd64 or linux/arm64
images.init.platform: is linux/arm, but the hosts (t3.small) run linux/amd64; remove it, or choose other hosts
images.init.platform: there is no platform "linux/arm"; use linux/amd64 or linux/arm64`},
	{"model that is no file", `images: {bot: {model: model/a.json}, init: {model: /model/}}`, `images.bot.model: "model/a.json" is no path of a file in the image; give it in full, such as /model/intents.json
images.init.model: "/model/" is no path of a file in the image; give it in full, such as /model/intents.json`},
	{"platform of other hosts", `{hosts: {instanceType: t4g.small}, images: {bot: {platform: linux/amd64}, init: {platform: linux/amd64}}}`, `images.base.platform: is linux/amd64, but the hosts (t4g.small) run linux/arm64; remove it, or choose other hosts
images.bot.platform: is linux/amd64, but the hosts (t4g.small) run linux/arm64; remove it, or choose other hosts
images.bot.platform: is linux/amd64, but the used layer "warden" is linux/arm64; give both the same platform
images.init.platform: is linux/amd64, but the hosts (t4g.small) run linux/arm64; remove it, or choose other hosts`},
	{"platform of the parent", `{hosts: null, images: {base: {platform: linux/arm64}}}`, `images.base.platform: is linux/arm64, but the hosts (t3.small) run linux/amd64; remove it, or choose other hosts
images.bot.platform: is linux/amd64, but the parent "base" is linux/arm64; give both the same platform
images.init.platform: is linux/amd64, but the parent "base" is linux/arm64; give both the same platform`},
	{"build arg of the program", `images: {bot: {args: {PARENT: x}}}`, `images.bot.args.PARENT: is set by the program itself; choose another name`},
	{"build arg name", `images: {bot: {args: {1A: x}}}`, `images.bot.args.1A: is no name of a build arg; use letters, digits and _, not beginning with a digit`},
	{"secret in a build arg", `images: {bot: {args: {KEY: AKIA` + `QYLPMN5HHHFPZAM2}}}`, `images.bot.args.KEY: looks like an AWS access key, and build args stay readable in the image; fetch it at run time, as a secret of the service`},
	{"registry address with scheme", `registry: {address: "http://localhost:4566"}`, `registry.address: "http://localhost:4566" is no host; give host:port without a scheme or path, such as localhost:4566`},
	{"registry address port", `registry: {address: "localhost:70000"}`, `registry.address: "localhost:70000" is no host; give host:port without a scheme or path, such as localhost:4566`},
	{"parallel builds", `builds: {parallel: 0}`, `builds.parallel: 0 is out of range; give 1 to 100 images at once`},
	{"retain", `registry: {retain: 0}`, `registry.retain: 0 is out of range; give 1 to 1000 images`},

	// Network and edge.
	{"no CIDR", `network: {cidr: ten}`, `network.cidr: "ten" is no IPv4 network; give one such as 10.20.0.0/16`},
	{"IPv6", `network: {cidr: "fd00::/16"}`, `network.cidr: "fd00::/16" is no IPv4 network; give one such as 10.20.0.0/16`},
	{"CIDR with host bits", `network: {cidr: 10.1.2.3/16}`, `network.cidr: "10.1.2.3/16" has bits set behind the network's; write "10.1.0.0/16"`},
	{"public CIDR", `network: {cidr: 8.8.0.0/16}`, `network.cidr: "8.8.0.0/16" is not private; use a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16`},
	{"CIDR too wide", `network: {cidr: 10.0.0.0/15}`, `network.cidr: "10.0.0.0/15" has a wrong size; give /16 to /24`},
	{"CIDR too narrow", `network: {cidr: 10.0.0.0/25}`, `network.cidr: "10.0.0.0/25" has a wrong size; give /16 to /24`},
	{"CIDR of Docker", `network: {cidr: 172.17.4.0/24}`, `network.cidr: "172.17.4.0/24" is the network of Docker on every host; use another, such as 10.20.0.0/16`},
	{"domain alone", `edge: {zone: null}`, `edge.zone: is missing; give a text`},
	{"domain is an address", `edge: {domain: "https://bots.example.org"}`, `edge.domain: "https://bots.example.org" is no domain name; give one such as bots.example.org, in lower case, without https:// and without a dot at the end`},
	{"domain outside of the zone", `edge: {domain: notexample.org}`, `edge.domain: "notexample.org" is not in the zone "example.org"; give a name that ends in the zone's, or the zone that it is in`},
	{"edge without a public service", `services: {api: {public: null}}`, `edge: there is no public service; set public on a service, or remove edge`},

	// Hosts and sizes.
	{"kind", `hosts: {kind: lambda}`, `hosts.kind: there is no kind of hosts "lambda"; use ec2 or fargate`},
	{"instance type", `hosts: {instanceType: t3.smal}`, `hosts.instanceType: the instance type "t3.smal" is not known here; use a size of c6a, c6g, c6i, c7a, c7g, c7i, c8g, m5, m5a, m6a, m6g, m6i, m7a, m7g, m7i, m7i-flex, m8g, r6a, r6g, r6i, r7g, r7i, r8g, t3, t3a, t4g, such as t3.small (others: infra/config/instances.go)`},
	{"tier of failover", `hosts: {failover: cold}`, `hosts.failover: there is no tier of failover "cold"; use standby, stopped or none`},
	{"stopped instance on Fargate", fargate + `hosts: {kind: fargate, failover: stopped}`, `hosts.failover: Fargate has no instance that could be stopped; use standby or none`},
	{"lease too short", `services: {bot: {leaseSeconds: 4}}`, `services.bot.leaseSeconds: 4 is out of range; give 5 to 300 seconds`},
	{"lease without a singleton", `services: {api: {leaseSeconds: 15}}`, `services.api.leaseSeconds: only a singleton has a lease; set singleton: true, or remove it`},
	{"starts", `services: {api: {startsPerDay: 0}}`, `services.api.startsPerDay: 0 is out of range; give 1 to 100 starts`},
	{"count", `hosts: {count: 0}`, `hosts.count: 0 is out of range; give 1 to 100 hosts`},
	{"maxCount", `hosts: {count: 3}`, `hosts.maxCount: 2 is out of range; give count (3) to 100 hosts`},
	{"disk", `hosts: {diskGiB: 8}`, `hosts.diskGiB: 8 is out of range; give 30 to 16384 GiB`},
	{"keys of hosts on Fargate", fargate + `hosts: {kind: fargate, instanceType: t3.small}`, `hosts.instanceType: Fargate has no hosts to choose; remove it (null removes what an extended stack sets)`},
	{"CPU too small", `services: {bot: {cpu: 64}}`, `services.bot.cpu: 64 is out of range; give 128 to 196608 CPU units (1024 = one vCPU)`},
	{"CPU of a larger host", `{hosts: {maxCount: 9}, services: {bot: {cpu: 4096}}}`, `services.bot.cpu: 4096 CPU units do not fit on a t3.small, which has 2048; give less, or choose a larger hosts.instanceType`},
	{"memory too small", `services: {bot: {memory: 5}}`, `services.bot.memory: 5 is out of range; give at least 6 MiB`},
	{"memory of a larger host", `{hosts: {maxCount: 9}, services: {bot: {memory: 2048}}}`, `services.bot.memory: 2048 MiB do not fit on a t3.small, where about 1945 are free for tasks; give less, or choose a larger hosts.instanceType`},
	{"fleet too large", `{hosts: {maxCount: 1}, services: {api: {memory: 1000}}}`, `hosts.maxCount: the services need 1448 MiB and a rollout 1000 more, but 1 × t3.small has 1945; give more or larger hosts, or make the services smaller`},
	{"Fargate CPU", fargate + `services: {bot: {cpu: 128}}`, `services.bot.cpu: Fargate does not offer 128 CPU units; use one of 256, 512, 1024, 2048, 4096, 8192, 16384`},
	{"Fargate memory", fargate + `services: {bot: {cpu: 512, memory: 512}}`, `services.bot.memory: Fargate does not offer 512 MiB with 512 CPU units; give 1024 to 4096 MiB in steps of 1024`},
	{"Fargate memory, smallest", fargate + `services: {bot: {memory: 1536}}`, `services.bot.memory: Fargate does not offer 1536 MiB with 256 CPU units; give 512, 1024 or 2048 MiB`},
	{"Fargate host port", fargate + `services: {bot: {port: {host: 80}}}`, `services.bot.port.host: is 80, but a Fargate task has an address of its own and no host; remove it`},

	// Services.
	{"singleton with replicas", `services: {bot: {replicas: 2}}`, `services.bot.port.host: 5005 is there once a host (1 of them), but the service has 2 replicas; let Docker choose (0), or set hosts.count higher
services.bot.replicas: a singleton cannot have 2; remove replicas or singleton`},
	{"no replicas", `services: {api: {replicas: 0}}`, `services.api.replicas: 0 is out of range; give 1 to 100 replicas`},
	{"replicas on a fixed port", `services: {api: {replicas: 2, port: {host: 8000}}}`, `services.api.port.host: 8000 is there once a host (1 of them), but the service has 2 replicas; let Docker choose (0), or set hosts.count higher`},
	{"fixed port without room for a rollout", `{hosts: {maxCount: 1}, services: {api: {port: {host: 8000}}}}`, `services.api.port.host: a rollout starts a new task before it stops the old one, and no host has 8000 free for it; let Docker choose (0), set hosts.maxCount higher, or make the service a singleton`},
	{"two on one port", `services: {api: {port: {host: 5005}}}`, `services.bot.port.host: 5005 is the host port of service "api" too; give another, or 0 to let Docker choose`},
	{"container port", `services: {api: {port: {container: 65536}}}`, `services.api.port.container: 65536 is out of range; give 1 to 65535`},
	{"container port 0", `services: {api: {port: {container: 0}}}`, `services.api.port.container: 0 is out of range; give 1 to 65535`},
	{"negative host port", `services: {bot: {port: {host: -1}}}`, `services.bot.port.host: -1 is out of range; give 1 to 32767, or 0 to let Docker choose`},
	{"host port of the agent", `services: {bot: {port: {host: 51678}}}`, `services.bot.port.host: 51678 is taken by SSH, Docker or the ECS agent; give another, or 0 to let Docker choose`},
	{"ephemeral host port", `services: {bot: {port: {host: 32768}}}`, `services.bot.port.host: 32768 is among the ports that Docker gives away; give 1 to 32767, or 0 to let Docker choose`},
	{"public without port", `services: {api: {port: null}}`, `services.api.public: the load balancer has no port to forward to; set port.container`},
	{"public path", `services: {api: {public: {path: api}}}`, `services.api.public.path: "api" is no path pattern; give one such as /* or /api/*, at most 128 characters`},
	{"health path", `services: {api: {public: {healthPath: /*}}}`, `services.api.public.healthPath: "/*" is no path; give one such as /healthz, without wildcards`},
	{"two on one path", `services: {bot: {public: {path: /*}}}`, `services.bot.public.path: "/*" is the path of service "api" too; give each public service its own`},
	{"empty before", `services: {api: {before: []}}`, `services.api.before: names no program; give a list such as ["python", "-m", "bot"]`},
	{"empty command", `services: {api: {command: [""]}}`, `services.api.command: names no program; give a list such as ["python", "-m", "bot"]`},
	{"log days", `services: {bot: {logDays: 10}}`, `services.bot.logDays: CloudWatch does not offer 10 days; use one of 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653`},
	{"environment name", `services: {bot: {environment: {"A B": x}}}`, `services.bot.environment.A B: is no name of an environment variable; use letters, digits and _, not beginning with a digit`},
	{"environment of make dev", `services: {bot: {environment: {WARDEN_WATCH: /app}}}`, `services.bot.environment.WARDEN_WATCH: is set by the program itself; run make dev, which watches a source on this machine alone`},
	{"environment of the program", `services: {bot: {environment: {DATABASE_URL: x}}}`, `services.bot.environment.DATABASE_URL: is set by the program itself; set database instead`},
	{"AWS keys as secrets", `services: {bot: {secrets: {AWS_ACCESS_KEY_ID: token}}}`, `services.bot.secrets.AWS_ACCESS_KEY_ID: is set by the program itself; let the SDK find the task's role`},
	{"environment and secret", `services: {bot: {environment: {TOKEN: x}}}`, `services.bot.environment.TOKEN: is under secrets too; keep one of them`},
	{"secret in the environment", `services: {bot: {environment: {KEY: AKIA` + `QYLPMN5HHHFPZAM2}}}`, `services.bot.environment.KEY: looks like an AWS access key, and this file and the state are readable; declare it under botyard:secrets and name it under the service's secrets`},
	{"volume path", `services: {bot: {volumes: [{name: data, path: data}]}}`, `services.bot.volumes[0].path: "data" is no folder for a volume; give an absolute path such as /data, outside of /proc, /sys, /dev and /tmp`},
	{"volume over /tmp", `services: {bot: {volumes: [{name: data, path: /tmp/x}]}}`, `services.bot.volumes[0].path: "/tmp/x" is no folder for a volume; give an absolute path such as /data, outside of /proc, /sys, /dev and /tmp`},
	{"volume over everything", `services: {bot: {volumes: [{name: data, path: /}]}}`, `services.bot.volumes[0].path: "/" is no folder for a volume; give an absolute path such as /data, outside of /proc, /sys, /dev and /tmp`},
	{"volume name", `services: {bot: {volumes: [{name: Data, path: /data}]}}`, `services.bot.volumes[0].name: "Data" is no volume name; use lower-case letters, digits and single hyphens, beginning with a letter, at most 32 characters`},
	{"volume name of the program", `services: {bot: {volumes: [{name: scratch, path: /data}]}}`, `services.bot.volumes[0].name: "scratch" is the program's own; choose another name`},
	{"volume twice", `services: {bot: {volumes: [{name: data, path: /data}, {name: data, path: /data}]}}`, `services.bot.volumes[1].name: "data" is there twice; give each volume a name of its own
services.bot.volumes[1].path: "/data" is there twice; give each volume a folder of its own`},
	{"two probes", `services: {bot: {health: {http: {path: /health}}}}`, `services.bot.health: has 2 of command, http and tcp; give one of them, such as http: {path: /health}`},
	{"http probe", `services: {api: {health: {command: null, http: {path: health, port: 70000, status: 99}}}}`, `services.api.health.http.path: "health" is no path; give one such as /health, without wildcards
services.api.health.http.port: 70000 is out of range; give 0 to 65535
services.api.health.http.status: 99 is out of range; give 100 to 599`},
	{"tcp probe", `services: {api: {health: {command: null, tcp: {port: -1}}}}`, `services.api.health.tcp.port: -1 is out of range; give 0 to 65535`},
	{"probe without a port", `services: {bot: {port: null, health: {command: null, http: {path: /}}}}`, `services.bot.health.http: has no port, and neither has the service; give botyard:services.bot.health.http.port`},
	{"health command", `services: {bot: {health: {command: []}}}`, `services.bot.health.command: names no program; give a list such as ["python", "-m", "bot"]`},
	{"health command as in a task definition", `services: {bot: {health: {command: [CMD-SHELL, "curl x"]}}}`, `services.bot.health.command: begins with CMD-SHELL, as in a task definition; give the program and its arguments alone; no shell is needed`},
	{"health bounds", `services: {bot: {health: {interval: 4, timeout: 61, retries: 0, startPeriod: 301}}}`, `services.bot.health.interval: 4 is out of range; give 5 to 300 seconds
services.bot.health.retries: 0 is out of range; give 1 to 10 retries
services.bot.health.startPeriod: 301 is out of range; give 0 to 300 seconds
services.bot.health.timeout: 61 is out of range; give 2 to 60 seconds`},

	// Databases.
	{"no database", `database: null`, `services.api.database: the stack has no database; set botyard:database, or remove it
services.bot.database: the stack has no database; set botyard:database, or remove it`},
	{"no owner", `services: {api: {database: {access: read}}}`, `services.api.database.access: nobody owns the database "points", so that its tables are never made; give one of its services (api, bot) the access owner`},
	{"two owners", `services: {bot: {database: {access: owner}}}`, `services.bot.database.access: the database "points" has 2 owners: api, bot; leave one, and give the others write or read`},
	{"access", `services: {bot: {database: {access: admin}}}`, `services.bot.database.access: there is no access "admin"; use owner, write or read`},
	{"database name", `services: {api: {database: {name: Points}}, bot: {database: null}}`, `services.api.database.name: "Points" is no database name; use lower-case letters, digits and _, beginning with a letter, at most 63 characters`},
	{"database of the system", `services: {api: {database: {name: postgres}}, bot: {database: null}}`, `services.api.database.name: "postgres" is Postgres's own; choose another name`},
	{"engine version", `database: {engineVersion: "15.4"}`, `database.engineVersion: there is no major version "15.4"; give "13" to "18", without the minor version: RDS upgrades that by itself`},
	{"instance class", `database: {instanceClass: t4g.micro}`, `database.instanceClass: "t4g.micro" is no RDS instance class; give one such as db.t4g.micro`},
	{"storage", `database: {storageGiB: 10}`, `database.storageGiB: 10 is out of range; give 20 to 65536 GiB`},
	{"backups", `database: {backupDays: 36}`, `database.backupDays: 36 is out of range; give 0 to 35 days`},
	{"approval of nothing", `approvals: {databse: db-1}`, `approvals.databse: nothing of that name needs an approval; did you mean "database"?`},
	{"approval without an id", `approvals: {database: ""}`, `approvals.database: is empty; give the physical id of what may be lost, as the refusal shows it`},
	{"protected without backups", `database: {backupDays: 0}`, `database.backupDays: 0 switches backups off; keep at least 1 day, or set protect to false`},
	{"backup window", `database: {backupWindow: "03:00-03:20"}`, `database.backupWindow: "03:00-03:20" is no daily window; give at least half an hour in UTC, such as 03:00-04:00`},
	{"backup window hour", `database: {backupWindow: "23:00-24:00"}`, `database.backupWindow: "23:00-24:00" is no daily window; give at least half an hour in UTC, such as 03:00-04:00`},
	{"maintenance window", `database: {maintenanceWindow: "Sun 04:30"}`, `database.maintenanceWindow: "Sun 04:30" is no weekly window; give half an hour to a day in UTC, such as sun:04:30-sun:05:30`},
	{"windows overlap", `database: {maintenanceWindow: "sun:03:30-sun:04:30"}`, `database.maintenanceWindow: "sun:03:30-sun:04:30" overlaps backupWindow; choose another time, since RDS refuses that`},

	// The rest.
	{"e-mail", `alerts: {email: [ops]}`, `alerts.email[0]: "ops" is no plain e-mail address; give one such as ops@example.org`},
	{"e-mail with a name", `alerts: {email: ["Ops <ops@example.org>"]}`, `alerts.email[0]: "Ops <ops@example.org>" is no plain e-mail address; give one such as ops@example.org`},
	{"e-mail twice", `alerts: {email: [a@b.c, a@b.c]}`, `alerts.email[1]: "a@b.c" is there twice; remove one of them`},
	{"ARN", `secrets: {shared: {arn: shared}}`, `secrets.shared.arn: "shared" is no ARN of a secret or parameter; give one such as arn:aws:secretsmanager:us-east-1:123456789012:secret:name-AbCdEf, with the six characters that AWS puts at its end, or arn:aws:ssm:us-east-1:123456789012:parameter/name`},
	{"ARN of a secret, cut short", `secrets: {shared: {arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shared"}}`, `secrets.shared.arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shared" is no ARN of a secret or parameter; give one such as arn:aws:secretsmanager:us-east-1:123456789012:secret:name-AbCdEf, with the six characters that AWS puts at its end, or arn:aws:ssm:us-east-1:123456789012:parameter/name`},
	{"ARN of something else", `secrets: {shared: {arn: "arn:aws:s3:us-east-1:123456789012:bucket"}}`, `secrets.shared.arn: "arn:aws:s3:us-east-1:123456789012:bucket" is no ARN of a secret or parameter; give one such as arn:aws:secretsmanager:us-east-1:123456789012:secret:name-AbCdEf, with the six characters that AWS puts at its end, or arn:aws:ssm:us-east-1:123456789012:parameter/name`},
	{"secret without description", `secrets: {token: {description: null}}`, `secrets.token.description: is missing; say what the secret is for: somebody has to set its value`},
	{"tag of AWS", `tags: {"AWS:x": y}`, `tags.AWS:x: begins with aws:, which AWS keeps for itself; choose another key`},
	{"tag characters", `tags: {"a#b": "c*d"}`, `tags.a#b: the key has characters that AWS does not accept; use letters, digits, spaces and _ . : / = + - @
tags.a#b: the value has characters that AWS does not accept; use letters, digits, spaces and _ . : / = + - @`},
	{"empty tag", `tags: {"": x}`, `tags[""]: the key has a wrong length; give 1 to 128 characters`},
	{"nothing to deploy", `{images: null, warden: null, services: null, database: null, edge: null, secrets: null}`, `images: there is no image; declare at least one layer, or extend a stack that has some
services: there is no service; declare at least one, or extend a stack that has some`},
}

// fargate makes good fit Fargate.
const fargate = `
hosts: {kind: fargate, instanceType: null, count: null, maxCount: null, diskGiB: null}
services: {api: {memory: 512}, bot: {memory: 512, port: {host: null}}}
---
`
