package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"botyard/infra/image"
	"botyard/tests/channel"
)

const plainServe = "one line changed in the bot, docker build, push and run, answer served"

// measureServe is a changed line until it answers, against the three docker commands that do no more than that.
func (y *yard) measureServe(rows *table) error {
	running, err := findBot()
	if err != nil {
		return err
	}
	layers, err := y.layers()
	if err != nil {
		return err
	}
	plain := &plainBot{running: running, layers: layers, tag: fmt.Sprintf("bench-%d", time.Now().UnixNano())}
	err = y.withGreeting(func(greeting string) error {
		return rows.timed(row{work: plainServe}, func() error { return y.serve(plain, greeting) })
	})
	if err = errors.Join(err, plain.remove()); err != nil {
		return err
	}
	return y.oneLineServed(rows, row{work: oneLine, against: plainServe, atMost: 1.5}, func() error { return y.make("up") })
}

// runningBot is the container of the bot, as the engine knows it.
type runningBot struct {
	Config struct {
		Env []string
	}
	HostConfig struct {
		NetworkMode string
	}
}

// findBot finds a container that runs the service bot; its environment is what the plain one gets.
func findBot() (runningBot, error) {
	ids, err := docker("ps", "--quiet")
	if err != nil {
		return runningBot{}, err
	}
	if ids == "" {
		return runningBot{}, errors.New("no container runs")
	}
	said, err := docker(append([]string{"inspect"}, strings.Fields(ids)...)...)
	if err != nil {
		return runningBot{}, err
	}
	var all []runningBot
	if err := json.Unmarshal([]byte(said), &all); err != nil {
		return runningBot{}, fmt.Errorf("docker inspect: %w", err)
	}
	for _, each := range all {
		if slices.Contains(each.Config.Env, "SERVICE=bot") {
			return each, nil
		}
	}
	return runningBot{}, errors.New("no container runs the service bot")
}

// plainBot is the bot's top layer, run beside the fleet without a warden.
type plainBot struct {
	running   runningBot
	layers    []image.Node
	tag       string
	container string
}

// serve builds, pushes and runs the bot on the layers that are there, and waits for its answer.
func (y *yard) serve(plain *plainBot, greeting string) error {
	at := slices.IndexFunc(plain.layers, func(layer image.Node) bool { return layer.Name == "bot" })
	layer, name := plain.layers[at], tagged("bot", plain.tag)
	tags := map[string]string{}
	for _, each := range plain.layers {
		tags[each.Name] = each.Tag
	}
	build := []string{"build", "--quiet", "--tag", name}
	for key, value := range references(layer, func(name string) string { return tagged(name, tags[name]) }) {
		build = append(build, "--build-arg", key+"="+value)
	}
	if _, err := docker(append(build, filepath.Join(y.dir, layer.Context))...); err != nil {
		return err
	}
	if _, err := docker("push", name); err != nil {
		return err
	}
	run := []string{"run", "--detach", "--network", plain.running.HostConfig.NetworkMode, "--entrypoint", "python"}
	for _, variable := range plain.running.Config.Env {
		run = append(run, "--env", variable)
	}
	var err error
	if plain.container, err = docker(append(run, name, "-m", "bot")...); err != nil {
		return err
	}
	address, err := docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", plain.container)
	if err != nil || address == "" {
		return errors.Join(errors.New("the plain bot has no address of its own"), err)
	}
	bot := channel.Channel{Base: "http://" + strings.Fields(address)[0] + ":" + plain.port()}
	return answers(context.Background(), bot, greeting)
}

// port is where the bot listens: PORT, or its own default.
func (p *plainBot) port() string {
	for _, variable := range p.running.Config.Env {
		if port, ok := strings.CutPrefix(variable, "PORT="); ok {
			return port
		}
	}
	return "5005"
}

func (p *plainBot) remove() error {
	if p.container == "" {
		return nil
	}
	_, err := docker("rm", "--force", "--volumes", p.container)
	return err
}
