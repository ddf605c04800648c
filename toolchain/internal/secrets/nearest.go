package secrets

// mistakes is how many letters may be wrong in a name that is still recognised.
const mistakes = 3

// nearest is the name that is most like the wanted one, "" if none is.
func nearest(wanted string, names []string) string {
	best, least := "", mistakes+1
	for _, name := range names {
		if d := distance(wanted, name); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is how many letters must be added, taken or exchanged to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
