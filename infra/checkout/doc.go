// Package checkout brings the content of git repositories to this machine, for images whose context is not a folder of the
// project: a branch, tag or commit, with its submodules and LFS files, as plain files in the user's cache folder.
//
// It runs the git command, which knows ssh, credential helpers, proxies, submodules and LFS as the person knows them. What
// comes from outside runs nothing: no hooks, no protocols but https, ssh and file, no prompts, no options from an address.
// It knows nothing of Pulumi, Docker or AWS.
package checkout
