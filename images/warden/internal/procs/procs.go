// Package procs finds the processes of the container by /proc, so that also those are found that left their session
// or their process group, or whose parent has ended.
package procs

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Process is one entry of /proc.
type Process struct {
	Pid, Parent int
	Ended       bool // a zombie: it runs no more, its parent has yet to notice
}

// List is every process that we can see. One that ends meanwhile may be missing.
func List() ([]Process, error) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, fmt.Errorf("cannot list the processes: %w", err)
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("cannot list the processes: %w", err)
	}
	var list []Process
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if text, err := os.ReadFile("/proc/" + name + "/stat"); err == nil {
			if p, ok := parse(pid, text); ok {
				list = append(list, p)
			}
		}
	}
	return list, nil
}

// parse reads the state and the parent, which follow the program's name in parentheses, which may hold anything.
func parse(pid int, stat []byte) (Process, bool) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return Process{}, false
	}
	parent, err := strconv.Atoi(string(fields[1]))
	state := fields[0][0]
	return Process{Pid: pid, Parent: parent, Ended: state == 'Z' || state == 'X'}, err == nil
}

// Descendants are the running processes below root, without root and without those in except. What an excepted
// process has started is not excepted.
func Descendants(root int, except ...int) ([]int, error) {
	list, err := List()
	if err != nil {
		return nil, err
	}
	children := map[int][]Process{}
	for _, p := range list {
		children[p.Parent] = append(children[p.Parent], p)
	}
	skip := map[int]bool{}
	for _, pid := range except {
		skip[pid] = true
	}
	var found []int
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		for _, p := range children[queue[0]] {
			queue = append(queue, p.Pid)
			if !p.Ended && !skip[p.Pid] {
				found = append(found, p.Pid)
			}
		}
	}
	return found, nil
}

// Signal sends a signal to each of Descendants and returns how many there were.
func Signal(sig unix.Signal, root int, except ...int) (int, error) {
	pids, err := Descendants(root, except...)
	for _, pid := range pids {
		_ = unix.Kill(pid, sig) // gone already is as good
	}
	return len(pids), err
}
