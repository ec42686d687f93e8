package main

import (
	"fmt"
	"math/rand"
	"strings"
)

// chance makes templates out of what the grammar has, mostly right, now and then wrong.
type chance struct {
	*rand.Rand
	vars   []string
	depth  int
	ranges int
}

func fuzz(seed int64, count int) []vector {
	all := make([]vector, 0, count)
	for i := 0; i < count; i++ {
		c := &chance{Rand: rand.New(rand.NewSource(seed + int64(i)*7919)), vars: []string{"$"}}
		text := c.template()
		if c.Intn(12) == 0 && len(text) > 2 {
			text = c.spoiled(text)
		}
		all = append(all, run(text, c.data()))
	}
	return all
}

func (c *chance) of(words ...string) string { return words[c.Intn(len(words))] }

// spoiled has a piece of it cut, doubled or changed.
func (c *chance) spoiled(text string) string {
	signs := []rune(text)
	at := c.Intn(len(signs))
	end := min(len(signs), at+1+c.Intn(4))
	switch c.Intn(3) {
	case 0:
		return string(signs[:at]) + string(signs[end:])
	case 1:
		return string(signs[:end]) + string(signs[at:])
	default:
		return string(signs[:at]) + c.of("{{", "}}", " ", "|", "(", ")", "\"", ".", "$", ",", "-", "=", ":=", "`", "1", "\n", "é") + string(signs[at:])
	}
}

func (c *chance) data() any {
	return map[string]any{
		"a": "ascii",
		"s": c.of("", "text", "é<&>\"'x", "a b=c", "日本", "line\n\ttab", "%d %s"), "n": c.Intn(7) - 2, "f": []float64{0, 1.5, -2.25, 1e21, 100000, 1e-7, 3, 123456789.125}[c.Intn(8)],
		"b": c.Intn(2) == 0, "z": nil, "l": c.list(), "k": []any{3, 1, 2},
		"w": []any{"a", "b", "c"}, "m": map[string]any{"a": 1, "b": "x", "c-d": []any{1, 2}, "e": map[string]any{"f": "deep"}}, "o": map[string]any{},
		"ms": []any{map[string]any{"a": 1, "e": "p"}, map[string]any{"a": 2, "e": "q"}},
	}
}

func (c *chance) template() string {
	var b strings.Builder
	if c.Intn(4) == 0 {
		b.WriteString(c.open() + "define \"t\"" + c.close() + c.apart().body(2) + c.open() + "end" + c.close())
	}
	b.WriteString(c.body(3))
	return b.String()
}

func (c *chance) apart() *chance { return &chance{Rand: c.Rand, vars: []string{"$"}, depth: c.depth} }

func (c *chance) open() string  { return c.of("{{", "{{", "{{", "{{- ", "{{ ", "{{-\n") }
func (c *chance) close() string { return c.of("}}", "}}", "}}", " -}}", " }}", "\n-}}") }

func (c *chance) text() string {
	return c.of("", " ", "\n", "x", " a \n", "é", "\t-", " { ", "}", "\n\n  ", "-}}", "/* c */", "b c")
}

func (c *chance) body(most int) string {
	var b strings.Builder
	for i := c.Intn(most + 1); i >= 0; i-- {
		b.WriteString(c.text())
		b.WriteString(c.node())
	}
	b.WriteString(c.text())
	return b.String()
}

func (c *chance) inside() string {
	before := len(c.vars)
	body := c.body(1)
	c.vars = c.vars[:before]
	return body
}

func (c *chance) node() string {
	c.depth++
	defer func() { c.depth-- }()
	kind := c.Intn(20)
	if c.depth > 3 {
		kind = 0
	}
	switch kind {
	case 8, 9:
		before := len(c.vars)
		text := c.open() + "if " + c.condition() + c.close() + c.inside()
		for c.Intn(4) == 0 {
			text += c.open() + "else if " + c.condition() + c.close() + c.inside()
		}
		if c.Intn(2) == 0 {
			text += c.open() + "else" + c.close() + c.inside()
		}
		c.vars = c.vars[:before]
		return text + c.end()
	case 10, 11:
		before := len(c.vars)
		text := c.open() + "with " + c.condition() + c.close() + c.inside()
		if c.Intn(4) == 0 {
			text += c.open() + "else with " + c.condition() + c.close() + c.inside()
		}
		if c.Intn(2) == 0 {
			text += c.open() + "else" + c.close() + c.inside()
		}
		c.vars = c.vars[:before]
		return text + c.end()
	case 12, 13, 14, 15:
		before := len(c.vars)
		c.ranges++
		text := c.open() + "range " + c.loop() + c.close() + c.inside()
		c.ranges--
		if c.Intn(3) == 0 {
			text += c.open() + "else" + c.close() + c.inside()
		}
		c.vars = c.vars[:before]
		return text + c.end()
	case 16:
		return c.of("{{", "{{- ", "{{", "{{- ", "{{ ") + "/* " + c.of("c", "", "{{", "\n") + " */" + c.of("}}", " -}}")
	case 17:
		if c.ranges > 0 || c.Intn(30) == 0 {
			return c.open() + c.of("break", "continue") + c.close()
		}
		return c.open() + "template " + c.of("\"t\"", "\"u\"", "`t`") + c.of("", " .", " .m", " $") + c.close()
	case 18:
		if c.depth < 3 {
			name := fmt.Sprintf("b%d", c.Intn(3))
			return c.open() + "block \"" + name + "\" " + c.of(".", ".m", "$", "1") + c.close() + c.apart().body(1) + c.end()
		}
	case 19:
		name := c.of("$x", "$y", "$v1")
		text := c.open() + name + c.of(" := ", " := ", ":=", " = ") + c.pipe(2) + c.close()
		c.vars = append(c.vars, name)
		return text
	}
	return c.open() + c.pipe(2) + c.close()
}

func (c *chance) end() string { return c.open() + "end" + c.close() }

func (c *chance) condition() string {
	if c.Intn(4) == 0 {
		name := c.of("$x", "$y")
		text := name + " := " + c.pipe(1)
		c.vars = append(c.vars, name)
		return text
	}
	return c.pipe(2)
}

func (c *chance) loop() string {
	over := c.of(".l", ".k", ".w", ".m", ".o", ".ms", ".n", "3", "0", ".s", ".z", ".m.e", "$.k", "(slice .k 1)", "(slice .w 0 2)", "(index .m \"c-d\")", ".f", "(index .s 0)", "2.0", c.pipe(1))
	switch c.Intn(5) {
	case 0:
		c.vars = append(c.vars, "$i", "$e")
		return "$i, $e := " + over
	case 1:
		c.vars = append(c.vars, "$e")
		return "$e := " + over
	case 2:
		if c.Intn(3) == 0 {
			return c.of("$x", "$x, $y", "$e") + " = " + over
		}
	}
	return over
}

func (c *chance) pipe(most int) string {
	text := c.command(most, false)
	for c.Intn(3) == 0 {
		text += c.of(" | ", "|", " |") + c.command(most, true)
	}
	return text
}

func (c *chance) command(most int, piped bool) string {
	if !piped && c.Intn(3) == 0 {
		return c.operand(most)
	}
	sep := c.of(" ", " ", " ", "  ", "\n")
	arguments := func(count int) string {
		text := ""
		if piped && count > 0 && c.Intn(10) > 0 {
			count--
		}
		for ; count > 0; count-- {
			text += sep + c.operand(most-1)
		}
		return text
	}
	switch c.Intn(14) {
	case 0:
		return c.of("and", "or") + arguments(1+c.Intn(3))
	case 1:
		return "not" + arguments(1)
	case 2, 3:
		return c.of("eq", "ne", "lt", "le", "gt", "ge") + arguments(2)
	case 4:
		return "eq" + arguments(1+c.Intn(4))
	case 5:
		return "len" + arguments(1)
	case 6:
		return "index" + sep + c.of(".m \"a\"", ".m \"zz\"", ".k 1", ".w 5", ".s 0", ".k", ".m \"e\" \"f\"", ".ms 1 \"a\"", ".k .n", c.operand(most-1))
	case 7:
		return "slice" + sep + c.of(".k", ".w", ".a", ".l", "\"text\"", ".m", "(slice .k 0 1)", "nil") + c.of("", " 0", " 1", " 1 2", " 0 3", " 0 1 2", " 2 1", " 0 9", " (len .w)")
	case 8, 9:
		return c.of("print", "println", "html", "js", "urlquery") + arguments(c.Intn(4))
	case 10, 11, 12:
		return "printf" + sep + c.format() + arguments(c.Intn(4))
	default:
		return c.operand(most)
	}
}

func (c *chance) format() string {
	text := "\""
	for i := c.Intn(3); i >= 0; i-- {
		text += c.of("", "x", " ", "é", "%%", "[")
		text += "%" + c.of("", "", "", "-", "+", "#", "0", " ", "+0", "-0", "# ", "#+") + c.of("", "", "", "1", "5", "8", "*", "[1]", "[2]", "[9]", "[x]", "12") + c.of("", "", "", ".", ".2", ".0", ".*", ".[1]*", ".7") + c.of("v", "v", "v", "d", "d", "s", "s", "q", "x", "X", "o", "O", "b", "c", "U", "e", "E", "f", "F", "g", "G", "t", "T", "z", "w", "é", "!", "%", "")
	}
	return text + "\""
}

func (c *chance) operand(most int) string {
	if most > 0 && c.Intn(5) == 0 {
		inner := "(" + c.pipe(most-1) + ")"
		if c.Intn(4) == 0 {
			inner += c.of(".a", ".e", ".e.f")
		}
		return inner
	}
	switch c.Intn(8) {
	case 0:
		return c.of("1", "0", "-1", "42", "1.5", "0x1F", "1e3", "'a'", "'é'", "1_00", "07", "0b11", "0o17", "1e21", ".5", "2.", "-0.0", "1e-9", "0x1p4", "9223372036854775807", "18446744073709551615")
	case 1:
		return c.of(`"a"`, `""`, `"é\n"`, "`raw\\n`", `"\x41\u00e9"`, `"two"`, `"%"`, `"<b>"`, `"10"`)
	case 2:
		return c.of("true", "false", "nil", ".", "$")
	case 3:
		name := c.vars[c.Intn(len(c.vars))]
		return name + c.of("", "", "", ".a", ".s")
	case 4:
		if c.Intn(12) == 0 {
			return c.of("$nope", "nope", ".nope", "..", ".a.b", ".m.nope", "print", "call", ".z.x", "..s")
		}
	}
	return c.of(".s", ".n", ".f", ".b", ".z", ".l", ".k", ".w", ".m", ".o", ".ms", ".m.a", ".m.b", ".m.e", ".m.e.f", "$.s", "$.n")
}

func (c *chance) list() []any {
	all := []any{1, "two", 3.5, nil, true}
	count := c.Intn(6)
	return all[:count:count]
}
