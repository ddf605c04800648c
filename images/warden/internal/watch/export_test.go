package watch

// OpenQuiet is Open with another time that ends a burst: on a busy machine a test's writes are further apart than an
// editor's.
var OpenQuiet = open
