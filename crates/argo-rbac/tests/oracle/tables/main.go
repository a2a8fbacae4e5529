// Tables writes the Unicode data that Go's regexp consults, for `src/regex/unicode.bin`:
//
//	go run ./tables > ../../src/regex/unicode.bin
//
// The names are those that a class like \p{Greek} may have, in the spelling that remains after
// case, spaces, hyphens and underscores were ignored. All numbers are unsigned LEB128.
//
//	number of orbits, then for each orbit of simple case folding, in order of its first member:
//	    distance of its first member from the first member of the one before
//	    number of further members, then the distance of each from the one before
//	then for each class, to the end of the file:
//	    length of the names, the names, with commas between them
//	    whether ignoring case adds what the class's members fold to: 1 or 0
//	    length of the rest of the entry in bytes
//	    for each range: distance of its start from the end of the one before, distance of its end
//	    from its start
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
	"unicode"
)

// version is the Unicode version of the Go that Argo CD is built with.
const version = "15.0.0"

func main() {
	if unicode.Version != version {
		fmt.Fprintf(os.Stderr, "this Go has Unicode %s, not %s\n", unicode.Version, version)
		os.Exit(1)
	}
	var out bytes.Buffer
	writeOrbits(&out)
	names := map[string][]string{}
	var distinct []string
	for _, class := range classes() {
		folds := "\x00"
		if class.folds {
			folds = "\x01"
		}
		ranges := encode(class.table)
		entry := folds + string(binary.AppendUvarint(nil, uint64(len(ranges)))) + string(ranges)
		if names[entry] == nil {
			distinct = append(distinct, entry)
		}
		names[entry] = append(names[entry], class.name)
	}
	for _, entry := range distinct {
		list := strings.Join(names[entry], ",")
		number(&out, len(list))
		out.WriteString(list)
		out.WriteString(entry)
	}
	if _, err := os.Stdout.Write(out.Bytes()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(out *bytes.Buffer, n int) {
	out.Write(binary.AppendUvarint(nil, uint64(n)))
}

// orbit gives all runes that fold to each other, ascending.
func orbit(r rune) []rune {
	members := []rune{r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		members = append(members, f)
	}
	sort.Slice(members, func(i, j int) bool { return members[i] < members[j] })
	return members
}

// orbits are the sets of more than one rune that fold to each other.
var orbits = func() [][]rune {
	var orbits [][]rune
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if members := orbit(r); len(members) > 1 && members[0] == r {
			orbits = append(orbits, members)
		}
	}
	return orbits
}()

func writeOrbits(out *bytes.Buffer) {
	number(out, len(orbits))
	first := rune(0)
	for _, members := range orbits {
		number(out, int(members[0]-first))
		first = members[0]
		number(out, len(members)-1)
		for i := 1; i < len(members); i++ {
			number(out, int(members[i]-members[i-1]))
		}
	}
}

type class struct {
	name  string
	table *unicode.RangeTable
	folds bool
}

// canonical is the spelling under which regexp looks a name up.
func canonical(name string) string {
	name = strings.NewReplacer("_", "", "-", "", " ", "").Replace(name)
	return strings.ToUpper(name[:1]) + strings.ToLower(name[1:])
}

// classes are the names that regexp accepts, with what they stand for. Any and ASCII are not among
// them: the reader knows them. Assigned is the opposite of Cn.
func classes() []class {
	found := map[string]class{}
	add := func(name string, table, fold *unicode.RangeTable) {
		name = canonical(name)
		if _, err := regexp.Compile(`\p{` + name + `}`); err != nil {
			return
		}
		if _, known := found[name]; known {
			return
		}
		found[name] = class{name, table, folds(table, fold)}
	}
	for name, table := range unicode.Categories {
		add(name, table, unicode.FoldCategory[name])
	}
	for name, table := range unicode.Scripts {
		add(name, table, unicode.FoldScript[name])
	}
	for alias, name := range unicode.CategoryAliases {
		add(alias, unicode.Categories[name], unicode.FoldCategory[name])
	}
	var all []class
	for _, class := range found {
		all = append(all, class)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}

// folds tells whether the table of what folding adds is what the orbits add, or nothing at all.
func folds(table, fold *unicode.RangeTable) bool {
	byOrbits := true
	for _, members := range orbits {
		folded := false
		for _, member := range members {
			folded = folded || unicode.Is(table, member)
		}
		for _, member := range members {
			is := unicode.Is(table, member) || fold != nil && unicode.Is(fold, member)
			byOrbits = byOrbits && is == folded
		}
	}
	if !byOrbits && fold != nil {
		panic("folds neither by orbits nor not at all")
	}
	return byOrbits
}

func encode(table *unicode.RangeTable) []byte {
	var ranges bytes.Buffer
	end, start, last := rune(0), rune(-1), rune(-1)
	flush := func() {
		if start >= 0 {
			number(&ranges, int(start-end))
			number(&ranges, int(last-start))
			end = last
		}
	}
	each(table, func(r rune) {
		if start < 0 || r != last+1 {
			flush()
			start = r
		}
		last = r
	})
	flush()
	return ranges.Bytes()
}

// each visits the runes of a table in order.
func each(table *unicode.RangeTable, visit func(rune)) {
	for _, r := range table.R16 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			visit(c)
		}
	}
	for _, r := range table.R32 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			visit(c)
		}
	}
}
