// Command delivery does what of a delivery needs the stack's program: it builds the images as a check, takes trained models out
// of them, and writes a preview as a pull request's comment. What needs no more than a table and a network is in delivery/ci, which compiles in seconds.
package main

import "botyard/delivery/internal/command"

func main() {
	command.Main("delivery",
		command.Command{Name: "images", Short: "build every image of a stack here, and push nothing", Run: images},
		command.Command{Name: "train", Short: "build the layer that trains a model, and take the model out", Run: train},
		command.Command{Name: "comment", Short: "write a preview as a pull request's comment", Run: commentFromFiles},
		command.Command{Name: "preview-comment", Short: "preview, and write that as a pull request's comment", Run: previewComment},
	)
}
