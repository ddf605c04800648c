// Package cost estimates what a stack costs a month, before anything of it exists.
//
// Of prices a Shape, which is what of a stack costs money, by the table prices.yaml: on demand, in US dollars, for a
// month of 730 hours. What the table or the shape does not know is assumed, and each assumption is in the estimate.
// An unknown instance type, class or region is an error and never a guess.
//
// It imports nothing of Pulumi: the program, a test or a tool may ask.
package cost
