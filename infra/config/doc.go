// Package config turns a stack's settings (Pulumi.<stack>.yaml, namespace botyard) into plain
// Go values that can be trusted.
//
// Load decodes strictly: an unknown key, at any depth, is an error, and so is a value of the
// wrong type. It then checks every value by itself (each struct's validate) and all of them
// together (the check functions), and reports everything at once, each problem with its key
// path, what is wrong and what would be right. Nothing bad falls back to a default: defaults
// stand in for keys that are absent and for nothing else.
//
// Pulumi.prod.yaml is the reference of all keys.
package config
