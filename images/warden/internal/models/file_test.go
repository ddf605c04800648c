package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"botyard/warden/internal/models"
)

const sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestModelsAreRead(t *testing.T) {
	files, problems := models.Parse(`[{"variable":"MODEL","bucket":"b","key":"greetings","version":"v1","sha256":"` + sum + `","size":7,"file":"g.tar.gz"}]`)
	assert.Empty(t, problems)
	assert.Equal(t, []models.File{{Variable: "MODEL", Bucket: "b", Key: "greetings", Version: "v1", SHA256: sum, Size: 7, File: "g.tar.gz"}}, files)
	files, problems = models.Parse(`[]`)
	assert.Empty(t, problems)
	assert.Empty(t, files)
}

func TestBadModelsAreNamed(t *testing.T) {
	const form = "a JSON array of objects with variable, bucket, key, version, sha256, size and file"
	for text, is := range map[string]string{
		`{}`:                 `is "{}"`,
		``:                   `is ""`,
		`[{"url":"x"}]`:      `is "[{\"url\":\"x\"}]"`,
		`[] []`:              `is "[] []"`,
		`[{"size":"large"}]`: `is "[{\"size\":\"large\"}]"`,
	} {
		_, problems := models.Parse(text)
		assert.Equal(t, []models.Problem{{Is: is, Right: form}}, problems, text)
	}
	good := `{"variable":"MODEL","bucket":"b","key":"k","version":"v","sha256":"` + sum + `","size":7,"file":"f"}`
	for change, want := range map[string]models.Problem{
		`"b"`:           {Is: `has "" as the bucket of entry 0`, Right: "the name of the bucket"},
		`"k"`:           {Is: `has "" as the key of entry 0`, Right: "the key of the object"},
		`"v"`:           {Is: `has "" as the version of entry 0`, Right: "the id of the object's version"},
		`"MODEL"`:       {Is: `has "" as the variable of entry 0`, Right: "the name of an environment variable, once"},
		`"` + sum + `"`: {Is: `has "" as the sha256 of entry 0`, Right: "64 hexadecimal digits"},
		`"f"`:           {Is: `has "" as the file of entry 0`, Right: "a file name of letters, digits and . _ -, beginning with a letter, a digit or _"},
	} {
		_, problems := models.Parse("[" + strings.Replace(good, change, `""`, 1) + "]")
		assert.Equal(t, []models.Problem{want}, problems)
	}
	for _, name := range []string{"../f", "a/b", ".f", ".."} { // it becomes a path
		_, problems := models.Parse("[" + strings.Replace(good, `"f"`, `"`+name+`"`, 1) + "]")
		assert.Len(t, problems, 1, name)
	}
	_, problems := models.Parse("[" + strings.Replace(good, ":7,", ":0,", 1) + "," + good + "]")
	assert.Equal(t, []models.Problem{
		{Is: `has "0" as the size of entry 0`, Right: "a number of bytes"},
		{Is: `has "MODEL" as the variable of entry 1`, Right: "the name of an environment variable, once"},
	}, problems)
}
