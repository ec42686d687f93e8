// What Go's own text/template makes of templates: golden vectors for Knit's engine, and templates made by chance to compare it with.
//
//	go run . vectors CASES      the cases of a file, as it says at its top
//	go run . fuzz SEED COUNT    so many made by chance
//
// Both write a JSON list of {template, data, output} or {template, data, fails: "parse" or "run"}.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/template"
	"time"
)

type vector struct {
	Template string `json:"template"`
	Data     any    `json:"data"`
	Output   string `json:"output,omitempty"`
	Fails    string `json:"fails,omitempty"`
}

// stopper ends a template that writes without end.
type stopper struct{ bytes.Buffer }

func (s *stopper) Write(p []byte) (int, error) {
	if s.Len() > 1<<16 {
		return 0, fmt.Errorf("too much")
	}
	return s.Buffer.Write(p)
}

func run(text string, data any) vector {
	made := vector{Template: text, Data: data}
	parsed, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		if os.Getenv("WHY") != "" {
			fmt.Fprintln(os.Stderr, err)
		}
		made.Fails = "parse"
		return made
	}
	var out stopper
	if err := parsed.Execute(&out, data); err != nil {
		if os.Getenv("WHY") != "" {
			fmt.Fprintln(os.Stderr, err)
		}
		made.Fails = "run"
		return made
	}
	made.Output = out.String()
	return made
}

// decode reads JSON with whole numbers as int, others as float64, and lists as long as they are.
func decode(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var data any
	if err := decoder.Decode(&data); err != nil {
		panic(text + ": " + err.Error())
	}
	return plain(data)
}

func plain(value any) any {
	switch known := value.(type) {
	case json.Number:
		if whole, err := strconv.Atoi(known.String()); err == nil {
			return whole
		}
		float, _ := known.Float64()
		return float
	case []any:
		exact := make([]any, len(known))
		for i, each := range known {
			exact[i] = plain(each)
		}
		return exact
	case map[string]any:
		for key, each := range known {
			known[key] = plain(each)
		}
	}
	return value
}

// shown is the same value so that its numbers keep their kinds in JSON.
func shown(value any) any {
	switch known := value.(type) {
	case float64:
		text := strconv.FormatFloat(known, 'e', -1, 64)
		return json.Number(text)
	case []any:
		all := make([]any, len(known))
		for i, each := range known {
			all[i] = shown(each)
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for key, each := range known {
			all[key] = shown(each)
		}
		return all
	}
	return value
}

func cases(file string) []vector {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	data := "null"
	var all []vector
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "@data ") {
			data = strings.TrimPrefix(line, "@data ")
		} else if line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, run(strings.NewReplacer("¶", "\n", "→", "\t").Replace(line), decode(data)))
		}
	}
	return all
}

func main() {
	var all []vector
	switch {
	case len(os.Args) == 3 && os.Args[1] == "vectors":
		all = cases(os.Args[2])
	case len(os.Args) == 4 && os.Args[1] == "fuzz":
		seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
		count, _ := strconv.Atoi(os.Args[3])
		time.AfterFunc(5*time.Minute, func() { panic("not done in five minutes") })
		all = fuzz(seed, count)
	default:
		fmt.Fprintln(os.Stderr, "give: vectors CASES, or: fuzz SEED COUNT")
		os.Exit(2)
	}
	fmt.Println("[")
	for i, each := range all {
		each.Data = shown(each.Data)
		var line bytes.Buffer
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(each); err != nil {
			panic(err)
		}
		comma := ","
		if i == len(all)-1 {
			comma = ""
		}
		fmt.Println(strings.TrimSuffix(line.String(), "\n") + comma)
	}
	fmt.Println("]")
}
