module knit.io/gotemplate/vectors

go 1.22
